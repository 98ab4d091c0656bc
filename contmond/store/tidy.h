/* SPDX-License-Identifier: GPL-2.0-only */
/* What keeps the database sound and small, a piece at a time. */
#ifndef CONTMOND_STORE_TIDY_H
#define CONTMOND_STORE_TIDY_H

#include "writer.h"

/**
 * tidy_step() - check, copy the log, seal or prune, whatever comes first
 *
 * Returns 1 when it did something, 0 when there is nothing to do, or what
 * went wrong.
 */
int tidy_step(struct writer *writer);

#endif /* CONTMOND_STORE_TIDY_H */
