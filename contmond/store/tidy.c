// SPDX-License-Identifier: GPL-2.0-only
#include "tidy.h"

#include <malloc.h>

#include "base/clock.h"
#include "prune.h"

#define TIDY_NS (60 * NS_PER_SECOND)
/*
 * At this many pages the write-ahead log is copied to the database; at the
 * second, the copy waits for readers.
 */
#define LOG_PAGES 512
#define MAX_LOG_PAGES 3072

static int copy_log(struct writer *writer)
{
	int mode = writer->log_pages >= MAX_LOG_PAGES ?
		   SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
	int r = sqlite3_wal_checkpoint_v2(writer->db.sqlite, NULL, mode, NULL,
					  NULL);

	writer->log_pages = 0;
	return r == SQLITE_OK || r == SQLITE_BUSY ? 0 :
	       db_errno(writer->db.sqlite);
}

static bool is_due(uint64_t *last_ns, uint64_t interval_ns)
{
	uint64_t now = clock_monotonic_ns();

	if (now - *last_ns < interval_ns)
		return false;
	*last_ns = now;
	return true;
}

/* Returns 1 if it did something, 0 if there is nothing to do. */
int tidy_step(struct writer *writer)
{
	int r;

	if (writer_wants(writer, &writer->must_check))
		return db_check(writer->db.sqlite) ?: 1;
	if (writer->log_pages >= LOG_PAGES)
		return copy_log(writer) ?: 1;
	if (writer->may_seal) {
		r = seal_step(&writer->seal, &writer->db, writer->packer);
		writer->may_seal = r > 0;
		/*
		 * The frames are no longer needed, and neither is the packer's
		 * memory.
		 */
		if (r > 0 && !writer->seal.span) {
			writer->must_tidy = true;
			packer_rest(writer->packer);
			malloc_trim(0);
		}
		if (r != 0)
			return r;
	}
	if (is_due(&writer->last_tidy_ns, TIDY_NS)) {
		writer->must_tidy = true;
		/* Also returns what other threads have freed */
		malloc_trim(0);
	}
	if (!writer->must_tidy)
		return 0;
	r = prune_step(&writer->db, writer->db.path ? writer->max_bytes :
						      MEMORY_BYTES);
	writer->must_tidy = r > 0;
	return r;
}
