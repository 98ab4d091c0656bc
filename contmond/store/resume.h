/* SPDX-License-Identifier: GPL-2.0-only */
/* Continues where an earlier run of contmond stopped or was killed. */
#ifndef CONTMOND_STORE_RESUME_H
#define CONTMOND_STORE_RESUME_H

#include "db.h"
#include "ingest.h"

/*
 * SQL: when a container without an end was last seen. This is the newest tick
 * of these spans, because last_ms is up to a minute late, or in the future if
 * the clock was set back.
 */
#define RESUME_SEEN_MS(spans)						\
	"max(first_ms, coalesce((SELECT t_ms FROM frame WHERE span = "	\
	"(SELECT max(id) FROM span WHERE tier = 0 AND " spans ") "	\
	"ORDER BY moment DESC LIMIT 1), last_ms))"

/**
 * resume() - restore the state from the database, before the first tick
 *
 * Numbers and spans continue, the containers of this boot keep their numbers,
 * and the ticks of incomplete buckets are added again.
 */
int resume(struct db *db, struct ingest *ingest);

#endif /* CONTMOND_STORE_RESUME_H */
