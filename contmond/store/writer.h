/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The thread that writes: one commit for all entries of a tick and, between
 * commits, the maintenance of the database in pieces.
 */
#ifndef CONTMOND_STORE_WRITER_H
#define CONTMOND_STORE_WRITER_H

#include <pthread.h>

#include "db.h"
#include "pack.h"
#include "queue.h"
#include "seal.h"
#include "store.h"

/* A database was put aside; documented in contmond(8) */
#define MESSAGE_ID_PUT_ASIDE "71d49bf6fac24272a8f6c97f09c74ab2"

/* Memory has room only for the most recent past. */
#define MEMORY_BYTES (6UL << 20)

/**
 * struct writer - initialise with writer_init()
 * @path: path of the database; NULL for memory
 * @only_file: a database that cannot be used is neither put aside nor replaced
 *	by memory
 * @is_damaged: the file seems damaged, and was not put aside yet
 * @db: the writing connection; used only by the thread once that runs, except
 *	in memory, where readers share it
 * @read_lock: held by readers while they read, and while @db or @reader change;
 *	in memory also by the thread while it writes
 * @reader: the connection of readers; NULL in memory
 * @status: under the queue's lock
 * @may_seal: something was written that may complete a span
 * @restart: the database is a new one; the thread of the ticks must start over
 *	and clear this; under the queue's lock
 * @try_now: open the file if it is not open; under the queue's lock
 * @leave_ns: since when the file should be left for memory; 0 if it should not
 * @woken: there may be work; under the queue's lock
 * @idle: there is no work left; under the queue's lock
 * @events_fn: see store_watch_events(); under @events_lock
 * @has_events: events were written since @events_fn was called
 */
struct writer {
	struct queue *queue;
	char *path;
	bool only_file;
	bool is_damaged;
	uint64_t max_bytes;
	struct db db;
	pthread_mutex_t read_lock;
	sqlite3 *reader;
	struct packer *packer;
	struct seal seal;
	struct store_status status;
	bool restart;
	bool woken;
	bool idle;
	bool try_now;
	bool must_check;
	bool may_seal;
	bool must_tidy;
	int log_pages;
	uint64_t last_full_ns;
	uint64_t last_tidy_ns;
	uint64_t last_open_ns;
	uint64_t retry_ns;
	uint64_t leave_ns;
	uint64_t logged_lost;
	uint64_t next_log_ns;
	bool full_sync;
	pthread_mutex_t events_lock;
	store_events_fn *events_fn;
	void *events_userdata;
	bool has_events;
	pthread_t thread;
	bool has_thread;
};

/**
 * writer_init() - open the database, or use memory instead
 *
 * If the options allow no memory, returns the errors of db_open().
 */
int writer_init(struct writer *writer, const struct store_options *options,
		struct queue *queue);

/** writer_start() - start the thread */
int writer_start(struct writer *writer);

/** writer_wake() - entries were added */
void writer_wake(struct writer *writer);

/** writer_stop() - write all entries, end the thread, and close the database */
void writer_stop(struct writer *writer);

/** writer_wants() - test and clear a flag, under the queue's lock */
bool writer_wants(struct writer *writer, bool *flag);

/** writer_damaged() - a reader has found data that cannot be read */
void writer_damaged(struct writer *writer, int error);

#endif /* CONTMOND_STORE_WRITER_H */
