/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of a store, for its readers */
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
 * @nr_cpus: of the newest tick, under the queue's lock
 * @has_ticks: of this run or an earlier one, under the queue's lock
 * @read_path, @read_file: the file of a reader, as it was when it was opened
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
 * struct view - the data of a reader: the database as of one moment, and the
 * frames that are waiting to be written
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
 * reader_renew() - open the file of a reader again, if nobody wrote it before,
 * or if it was replaced by another; locked
 */
int reader_renew(struct store *store);

/** store_nr_cpus() - CPUs in the newest tick, NAN before the first */
double store_nr_cpus(struct store *store);

/** view_begin() - end it soon, because others wait */
int view_begin(struct store *store, struct view *ret);

/** view_end() - @r: the result of reading; damage is recorded */
void view_end(struct view *view, int r);

/** store_add_cursor() - add a row of the table cursor, or replace it */
int store_add_cursor(struct store *store, const char *key,
		     enum value_kind number, int64_t seq);

/** view_cursor() - of the database; -ENOENT when there is none */
int view_cursor(const struct view *view, const char *key, int64_t *ret);

/**
 * view_events() - like store_events(), but in this view
 * view_decisions() - like store_decisions(), likewise
 */
int view_events(const struct view *view, const struct past_query *query,
		past_row_fn *fn, void *userdata);
int view_decisions(const struct view *view, const struct past_query *query,
		   past_row_fn *fn, void *userdata);

#endif /* CONTMOND_STORE_INTERNAL_H */
