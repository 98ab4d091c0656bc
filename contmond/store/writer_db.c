// SPDX-License-Identifier: GPL-2.0-only
#include "writer_db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/util.h"
#include "move.h"
#include "numbers.h"
#include "writer_status.h"

/* How long others may go on reading a file that is no longer used */
#define LEAVE_NS (30 * NS_PER_SECOND)

static int on_commit(void *userdata, sqlite3 *sqlite, const char *name,
		     int nr_pages)
{
	struct writer *writer = userdata;

	(void)sqlite;
	(void)name;
	writer->log_pages = nr_pages;
	return SQLITE_OK;
}

/*
 * Adopts the database; the previous one must be closed already.
 *
 * @reader: NULL in memory. A file has a connection of its own for readers;
 *	otherwise a transaction of the thread would fail whenever somebody
 *	reads.
 */
static void use_db(struct writer *writer, struct db *db, sqlite3 *reader)
{
	writer->db = *db;
	writer->reader = reader;
	writer->log_pages = 0;
	writer->full_sync = false;
	writer->must_tidy = true;
	writer->may_seal = true;
	writer->must_check = db->unclean;
	if (db->path)
		sqlite3_wal_hook(db->sqlite, on_commit, writer);
	pthread_mutex_lock(&writer->queue->lock);
	snprintf(writer->status.path, sizeof(writer->status.path), "%s",
		 db->path ?: "");
	writer->status.max_bytes = db->path ? writer->max_bytes : MEMORY_BYTES;
	pthread_mutex_unlock(&writer->queue->lock);
}

void writer_close(struct writer *writer)
{
	seal_done(&writer->seal);
	sqlite3_close(writer->reader);
	writer->reader = NULL;
	db_close(&writer->db);
}

/* A file that cannot be put aside is left alone, and memory is used instead. */
static int put_aside(struct writer *writer, const char *why)
{
	char *name = NULL;
	int r = db_put_aside(writer->path, &name);

	if (r < 0) {
		writer_set_why(writer, "%s: %s; it cannot be put aside: %s; "
			       "the past is kept in memory only", writer->path,
			       why, r == -ENOSPC ?
			       "there are too many already" : strerror(-r));
		return r;
	}
	log_with(LOG_ERR, (const struct log_field[]){
			 { "MESSAGE_ID", MESSAGE_ID_PUT_ASIDE },
			 { "CONTMON_PUT_ASIDE", name }, { NULL, NULL } },
		 "store: %s: %s; put aside as %s", writer->path, why, name);
	pthread_mutex_lock(&writer->queue->lock);
	snprintf(writer->status.put_aside, sizeof(writer->status.put_aside),
		 "%s", name);
	pthread_mutex_unlock(&writer->queue->lock);
	free(name);
	return 0;
}

/* Opening a file does not reveal all damage. */
static int open_sound(struct writer *writer, struct db *ret, char **ret_why)
{
	int r = db_open(writer->path, ret, ret_why);

	if (r < 0 || !writer->is_damaged)
		return r;
	r = db_check(ret->sqlite);
	if (r < 0) {
		db_close(ret);
		*ret_why = strdup(r == -EBADMSG ? "it is damaged" :
						  strerror(-r));
	}
	return r;
}

/* A database without a connection for readers cannot be used. */
static int open_reader(struct db *db, sqlite3 **ret)
{
	int r = db_open_reader(db, ret);

	if (r < 0)
		db_close(db);
	return r;
}

/* A file that cannot be read, or not by this version, is put aside. */
static int open_file(struct writer *writer, struct db *ret,
		     sqlite3 **ret_reader)
{
	_cleanup_free_ char *why = NULL;
	int r = open_sound(writer, ret, &why);

	if (r == -EBADMSG || r == -EPROTO) {
		r = put_aside(writer, why ?: strerror(-r));
		if (r < 0)
			return r;
		free(why);
		why = NULL;
		r = db_open(writer->path, ret, &why);
	}
	if (r == 0)
		r = open_reader(ret, ret_reader);
	if (r < 0)
		writer_set_why(writer,
			       "%s: %s; the past is kept in memory only",
			       writer->path, why ?: strerror(-r));
	else
		writer->is_damaged = false;
	return r;
}

static int open_memory(struct writer *writer)
{
	_cleanup_free_ char *why = NULL;
	struct db db;
	int r = db_open(NULL, &db, &why);

	if (r == 0)
		use_db(writer, &db, NULL);
	return r;
}

/* Opens the file, or else memory. */
static int open_any(struct writer *writer)
{
	sqlite3 *reader = NULL;
	struct db db;

	writer->last_open_ns = clock_monotonic_ns();
	if (!writer->path || open_file(writer, &db, &reader) < 0)
		return open_memory(writer);
	use_db(writer, &db, reader);
	return 0;
}

/* Opens the file, and nothing else. */
static int open_only(struct writer *writer, char **ret_why)
{
	sqlite3 *reader = NULL;
	struct db db;
	int r = db_open(writer->path, &db, ret_why);

	if (r == 0)
		r = open_reader(&db, &reader);
	if (r == 0)
		use_db(writer, &db, reader);
	return r;
}

int writer_open(struct writer *writer, char **ret_why)
{
	return ret_why ? open_only(writer, ret_why) : open_any(writer);
}

static void restart(struct writer *writer)
{
	pthread_mutex_lock(&writer->queue->lock);
	writer->restart = true;
	pthread_mutex_unlock(&writer->queue->lock);
}

static void try_now(struct writer *writer)
{
	pthread_mutex_lock(&writer->queue->lock);
	writer->try_now = true;
	pthread_mutex_unlock(&writer->queue->lock);
}

/*
 * Targets and streams have seen the numbers of @old, so new rows follow them.
 */
static void keep_numbers(struct db *db, const struct db *old)
{
	int64_t event = old->last_event - old->events;
	int64_t decision = old->last_decision - old->decisions;

	if (db->last_event == 0 &&
	    numbers_go_on(db->sqlite, "event", event) == 0)
		db->last_event = event;
	if (db->last_decision == 0 &&
	    numbers_go_on(db->sqlite, "audit", decision) == 0)
		db->last_decision = decision;
}

void writer_replace(struct writer *writer, const char *why)
{
	const struct db old = writer->db;
	_cleanup_free_ char *text = strdup(why);
	bool in_file = writer->db.path;
	int r = 0;

	/* First, so that ticks from now on are for the new database */
	restart(writer);
	pthread_mutex_lock(&writer->read_lock);
	writer_close(writer);
	writer->last_open_ns = clock_monotonic_ns();
	if (in_file) {
		r = put_aside(writer, text ?: "it is damaged");
		writer->is_damaged = r < 0;
	}
	r = r < 0 ? open_memory(writer) : open_any(writer);
	if (r < 0)
		log_err("store: out of memory");
	else
		keep_numbers(&writer->db, &old);
	pthread_mutex_unlock(&writer->read_lock);
}

int writer_recover(struct writer *writer)
{
	int r;

	pthread_mutex_lock(&writer->read_lock);
	r = open_memory(writer);
	pthread_mutex_unlock(&writer->read_lock);
	if (r == 0)
		try_now(writer);
	return r;
}

bool writer_open_again(struct writer *writer)
{
	sqlite3 *reader = NULL;
	struct db db;
	int r;

	writer->last_open_ns = clock_monotonic_ns();
	r = open_file(writer, &db, &reader);
	if (r < 0)
		return false;
	pthread_mutex_lock(&writer->read_lock);
	r = move_all(&writer->db, &db);
	if (r < 0) {
		/*
		 * The next attempt will check it, and put it aside if it is
		 * damaged.
		 */
		writer->is_damaged = r == -EBADMSG;
		writer_set_why(writer, "%s: %s; the past is kept in memory "
			       "only", writer->path, writer->is_damaged ?
			       "it is damaged" : strerror(-r));
		sqlite3_close(reader);
		db_close(&db);
	} else {
		writer_close(writer);
		use_db(writer, &db, reader);
		writer_set_why(writer, "%s", "");
	}
	pthread_mutex_unlock(&writer->read_lock);
	return true;
}

/* Waits for readers of a file that was renamed; entries wait in the queue. */
static bool may_wait(struct writer *writer)
{
	uint64_t now_ns = clock_monotonic_ns();
	bool closed;

	pthread_mutex_lock(&writer->queue->lock);
	closed = writer->queue->closed;
	pthread_mutex_unlock(&writer->queue->lock);
	if (writer->leave_ns == 0)
		writer->leave_ns = now_ns;
	return !closed && now_ns - writer->leave_ns < LEAVE_NS;
}

/*
 * Incomplete data goes to memory first, because two databases of one name must
 * not be open at once: they would share the index of their logs.
 */
static int leave_file(struct writer *writer)
{
	bool has_name = db_has_name(&writer->db);
	bool has_log = has_name && db_has_log(&writer->db);
	_cleanup_free_ char *why = NULL;
	struct db memory;
	int r;

	if (!has_log && !db_copy_log(&writer->db) && may_wait(writer))
		return -EBUSY;
	r = db_open(NULL, &memory, &why);
	if (r < 0)
		return r;
	writer->leave_ns = 0;
	if (move_open(&writer->db, &memory) < 0)
		restart(writer);
	if (!has_name)
		db_empty_log(&writer->db);
	writer_close(writer);
	use_db(writer, &memory, NULL);
	return 0;
}

int writer_leave(struct writer *writer)
{
	int r;

	pthread_mutex_lock(&writer->read_lock);
	r = leave_file(writer);
	pthread_mutex_unlock(&writer->read_lock);
	if (r < 0)
		return r;
	log_err("store: %s, or its log, was removed or replaced while it was "
		"in use; what it had is not copied to another one",
		writer->path);
	pthread_mutex_lock(&writer->queue->lock);
	writer->status.removed++;
	pthread_mutex_unlock(&writer->queue->lock);
	try_now(writer);
	return 0;
}
