/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Deletes data that is too old or exceeds the size limit. Age is measured in
 * recorded time, so a jump of the clock deletes nothing.
 */
#ifndef CONTMOND_STORE_PRUNE_H
#define CONTMOND_STORE_PRUNE_H

#include "db.h"

/**
 * prune_step() - delete a piece, in a transaction of its own
 * @max_bytes: the size limit
 *
 * Returns 1 if there is more to do, 0 if not, or an error.
 */
int prune_step(struct db *db, uint64_t max_bytes);

#endif /* CONTMOND_STORE_PRUNE_H */
