/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is older than it is to be kept goes, and what the size cap has no room
 * for. Age is counted in recorded time: a clock that jumps deletes nothing.
 */
#ifndef CONTMOND_STORE_PRUNE_H
#define CONTMOND_STORE_PRUNE_H

#include "db.h"

/**
 * prune_step() - do a piece, in a transaction of its own
 * @max_bytes: the size cap
 *
 * Returns 1 when there is more to do, 0 when there is not, or what went wrong.
 */
int prune_step(struct db *db, uint64_t max_bytes);

#endif /* CONTMOND_STORE_PRUNE_H */
