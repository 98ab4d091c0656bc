/* SPDX-License-Identifier: GPL-2.0-only */
/* Seals the busiest processes and commands of a span. */
#ifndef CONTMOND_STORE_SEAL_BUSY_H
#define CONTMOND_STORE_SEAL_BUSY_H

#include "seal.h"

/** seal_busy() - a piece of seal_step(); returns 0 or an error */
int seal_busy(struct seal *seal, struct db *db, struct packer *packer);

#endif /* CONTMOND_STORE_SEAL_BUSY_H */
