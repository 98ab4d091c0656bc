/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the frames of one span from the database, in order. */
#ifndef CONTMOND_STORE_FRAMES_H
#define CONTMOND_STORE_FRAMES_H

#include <sqlite3.h>

#include "busy.h"
#include "entry.h"
#include "frame.h"
#include "pack.h"

/**
 * struct frames - initialise with frames_begin()
 * @end_seq: number of the tick after the last one of the moment
 * @reader: has the moment that was read last
 * @processes: what was busy in it, packed, until the next one is read; NULL if
 *	that is unknown
 * @damaged: number of frames that could not be read and were skipped; excludes
 *	those that are useless because earlier ones are lost
 * @waiting: entries in the queue, which follow those of the database; borrowed
 * @span: number of the span in @waiting
 * @next_moment: the one that should follow the newest that was found
 * @has_gap: it was missing, and there was no key frame since
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
	bool has_gap;
	int64_t seqs;
};

/**
 * frames_begin() - start at the last key frame that is not after @from
 * @from: the first moment that is needed
 * @wanted: as for frame_reader_init()
 */
int frames_begin(struct frames *frames, sqlite3 *sqlite, int64_t span,
		 int64_t from, const struct layout *layout, bool raw,
		 const bool *wanted, struct packer *packer);

/** frames_wait() - continue with the frames in the queue */
void frames_wait(struct frames *frames, struct entry *const *waiting,
		 size_t nr_waiting, int64_t span, int64_t seqs);

/** frames_next() - read a moment. Returns 1, or 0 when there is none left */
int frames_next(struct frames *frames);

/**
 * frames_busy() - add what was busy in the moment that was read last
 *
 * After an error, or without any, commands are unknown.
 */
int frames_busy(struct frames *frames, struct busy *ret);

/** frames_unpack_busy() - the same, from a copy of @processes; may be empty */
int frames_unpack_busy(struct packer *packer, const void *processes,
		       size_t nr_bytes, struct busy *ret);

/**
 * frames_commands() - append the commands of @wanted in the moment that was
 * read last
 *
 * After an error, or without any, commands are unknown.
 */
int frames_commands(struct frames *frames, const struct c_range *wanted,
		    struct busy_commands *ret);

void frames_done(struct frames *frames);

#endif /* CONTMOND_STORE_FRAMES_H */
