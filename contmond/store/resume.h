/* SPDX-License-Identifier: GPL-2.0-only */
/* Continues where an earlier run of contmond stopped or was killed. */
#ifndef CONTMOND_STORE_RESUME_H
#define CONTMOND_STORE_RESUME_H

#include "db.h"
#include "ingest.h"

/**
 * resume() - read the state from the database, before the first tick
 *
 * Numbers and spans continue, the containers of this boot keep their numbers,
 * and the ticks of incomplete buckets are added again.
 */
int resume(struct db *db, struct ingest *ingest);

#endif /* CONTMOND_STORE_RESUME_H */
