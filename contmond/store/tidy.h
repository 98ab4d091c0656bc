/* SPDX-License-Identifier: GPL-2.0-only */
/* Keeps the database intact and small, in pieces. */
#ifndef CONTMOND_STORE_TIDY_H
#define CONTMOND_STORE_TIDY_H

#include "writer.h"

/**
 * tidy_step() - check, copy the log, seal or prune: the first that is due
 *
 * Returns 1 when it did something, 0 when there is nothing to do, or an error.
 */
int tidy_step(struct writer *writer);

#endif /* CONTMOND_STORE_TIDY_H */
