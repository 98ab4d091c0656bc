/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Deletes data that is older than the time to keep or exceeds the size limit.
 * Age is counted in recorded time, so a clock that jumps deletes nothing.
 */
#ifndef CONTMOND_STORE_PRUNE_H
#define CONTMOND_STORE_PRUNE_H

#include "db.h"

/**
 * prune_step() - delete a piece, in a transaction of its own
 * @max_bytes: the size cap
 *
 * Returns 1 when there is more to do, 0 when there is not, or an error.
 */
int prune_step(struct db *db, uint64_t max_bytes);

#endif /* CONTMOND_STORE_PRUNE_H */
