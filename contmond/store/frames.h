/* SPDX-License-Identifier: GPL-2.0-only */
/* The frames of one span, from the database, one after the other. */
#ifndef CONTMOND_STORE_FRAMES_H
#define CONTMOND_STORE_FRAMES_H

#include <sqlite3.h>

#include "busiest.h"
#include "entry.h"
#include "frame.h"
#include "pack.h"

/**
 * struct frames - begin with frames_begin()
 * @end_seq: of the tick after the moment's last
 * @reader: its moment is what was read last
 * @damaged: frames that were skipped, for they could not be read
 * @waiting: entries that come after those of the database; borrowed
 * @span: number of the span in them
 * @next_moment: what the database had no frame of
 */
struct frames {
	sqlite3_stmt *statement;
	struct packer *packer;
	struct frame_reader reader;
	uint64_t end_seq;
	const void *processes;
	size_t nr_process_bytes;
	uint64_t damaged;
	struct entry *const *waiting;
	size_t nr_waiting;
	int64_t span;
	int64_t next_moment;
	int64_t seqs;
};

/**
 * frames_begin() - @from: the first moment that matters; reading begins at the
 * key frame before it
 * @wanted: as for frame_reader_init()
 */
int frames_begin(struct frames *frames, sqlite3 *sqlite, int64_t span,
		 int64_t from, const struct layout *layout, bool raw,
		 const bool *wanted, struct packer *packer);

/** frames_wait() - go on with the frames of the queue */
void frames_wait(struct frames *frames, struct entry *const *waiting,
		 size_t nr_waiting, int64_t span, int64_t seqs);

/** frames_next() - 1: a moment was read; 0: there is none any more */
int frames_next(struct frames *frames);

/** frames_busiest() - add the processes of the moment that was read last */
int frames_busiest(struct frames *frames, struct busiest *ret);

void frames_done(struct frames *frames);

#endif /* CONTMOND_STORE_FRAMES_H */
