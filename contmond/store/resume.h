/* SPDX-License-Identifier: GPL-2.0-only */
/* Go on where an earlier run of contmond stopped, or was killed. */
#ifndef CONTMOND_STORE_RESUME_H
#define CONTMOND_STORE_RESUME_H

#include "db.h"
#include "ingest.h"

/**
 * resume() - before the first tick: learn what is in the database
 *
 * Numbers go on, the containers of this boot keep theirs, spans are continued,
 * and the ticks whose bucket was not complete are added up again.
 */
int resume(struct db *db, struct ingest *ingest);

#endif /* CONTMOND_STORE_RESUME_H */
