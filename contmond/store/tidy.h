/* SPDX-License-Identifier: GPL-2.0-only */
/* Keeps the database intact and small, a piece at a time */
#ifndef CONTMOND_STORE_TIDY_H
#define CONTMOND_STORE_TIDY_H

#include "writer.h"

/**
 * tidy_step() - check, copy the log, seal or prune: whichever is due first
 *
 * Returns 1 if it did something, 0 if there is nothing to do, or an error.
 */
int tidy_step(struct writer *writer);

#endif /* CONTMOND_STORE_TIDY_H */
