/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of a store, for the files that read it */
#ifndef CONTMOND_STORE_INTERNAL_H
#define CONTMOND_STORE_INTERNAL_H

#include <sys/stat.h>

#include "ingest.h"
#include "lives.h"
#include "pack.h"
#include "past.h"
#include "queue.h"
#include "store.h"
#include "writer.h"

/**
 * struct store - see store.h
 * @unpacker: used by readers, under the writer's read_lock
 * @nr_cpus: of the newest tick; under the queue's lock
 * @has_ticks: this run or an earlier one has recorded any; under the queue's
 *	lock
 * @read_path, @read_file: path and status of the file when a reader opened it
 */
struct store {
	struct layout *layout;
	struct queue queue;
	struct lives lives;
	struct ingest ingest;
	struct writer writer;
	struct packer *unpacker;
	double nr_cpus;
	bool has_ticks;
	bool has_writer;
	char *read_path;
	struct stat read_file;
};

/**
 * store_new() - a store without a database, to be freed with store_close()
 *
 * Returns NULL if there is no memory.
 */
struct store *store_new(size_t max_waiting_bytes, const char *boot_id);

/**
 * struct view - the data that a reader sees: the database as of one moment, and
 * the frames that wait to be written
 * @base, @spans, @seqs: added to the numbers of waiting frames
 * @events, @decisions: as in struct db
 */
struct view {
	struct store *store;
	sqlite3 *sqlite;
	struct entry **waiting;
	size_t nr_waiting;
	int64_t base;
	int64_t spans;
	int64_t seqs;
	int64_t events;
	int64_t decisions;
};

/**
 * reader_renew() - reopen a reader's file if it was replaced, or if it was not
 * being written before but is now; called with the lock held
 */
int reader_renew(struct store *store);

/** store_nr_cpus() - number of CPUs in the newest tick; NAN before the first */
double store_nr_cpus(struct store *store);

/** view_begin() - others wait until view_end() */
int view_begin(struct store *store, struct view *ret);

/** view_end() - @r: result of reading, to record damage */
void view_end(struct view *view, int r);

/** store_add_cursor() - add a row of the table cursor, or replace it */
int store_add_cursor(struct store *store, const char *key,
		     enum value_kind number, int64_t seq);

/** view_cursor() - read a cursor; -ENOENT if there is none */
int view_cursor(const struct view *view, const char *key, int64_t *ret);

/**
 * view_events() - like store_events(), but in this view
 * view_decisions() - like store_decisions(), but in this view
 */
int view_events(const struct view *view, const struct past_query *query,
		past_row_fn *fn, void *userdata);
int view_decisions(const struct view *view, const struct past_query *query,
		   past_row_fn *fn, void *userdata);

#endif /* CONTMOND_STORE_INTERNAL_H */
