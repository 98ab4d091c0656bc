// SPDX-License-Identifier: GPL-2.0-only
#include "writer.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/util.h"
#include "tidy.h"
#include "tier.h"
#include "writer_db.h"
#include "writer_status.h"

#define MAX_ENTRIES 512
/* Data that a power failure may lose */
#define FULL_SYNC_NS (10 * NS_PER_SECOND)
#define OPEN_NS (30 * NS_PER_SECOND)
#define RETRY_NS NS_PER_SECOND
#define IDLE_MS 1000

int writer_init(struct writer *writer, const struct store_options *options,
		struct queue *queue)
{
	*writer = (struct writer){
		.queue = queue,
		.max_bytes = options->max_bytes ?: STORE_MAX_BYTES,
		.only_file = options->ret_why,
		.db.lock_fd = -1,
	};
	pthread_mutex_init(&writer->read_lock, NULL);
	pthread_mutex_init(&writer->events_lock, NULL);
	writer->packer = packer_new(EFFORT_HIGH);
	if (options->path)
		writer->path = strdup(options->path);
	if (!writer->packer || (options->path && !writer->path))
		return -ENOMEM;
	return writer_open(writer, options->ret_why);
}

/* Writing */

/* In memory, readers share the writer's connection. */
static void lock_db(struct writer *writer)
{
	if (!writer->db.path)
		pthread_mutex_lock(&writer->read_lock);
}

static void unlock_db(struct writer *writer, bool in_memory)
{
	if (in_memory)
		pthread_mutex_unlock(&writer->read_lock);
}

static void choose_sync(struct writer *writer)
{
	bool full = clock_monotonic_ns() - writer->last_full_ns >= FULL_SYNC_NS;

	if (full == writer->full_sync)
		return;
	db_exec(writer->db.sqlite, full ? "PRAGMA synchronous = FULL" :
					  "PRAGMA synchronous = NORMAL");
	writer->full_sync = full;
}

/* @ret_failed: index of the entry that was refused; @nr if none was */
static int write_entries(struct writer *writer, struct entry **entries,
			 size_t nr, size_t *ret_failed)
{
	uint64_t begin_ns = clock_monotonic_ns();
	size_t i;
	int r;

	*ret_failed = nr;
	choose_sync(writer);
	r = db_exec(writer->db.sqlite, "BEGIN IMMEDIATE");
	if (r < 0)
		return r;
	for (i = 0; i < nr && r == 0; i++) {
		r = db_write(&writer->db, entries[i]);
		if (r < 0)
			*ret_failed = i;
		writer->may_seal |= entries[i]->statement == ADD_SPAN ||
			(entries[i]->statement == ADD_FRAME &&
			 entries[i]->tier > RAW);
		writer->has_events |= entries[i]->statement == ADD_EVENT;
	}
	if (r == 0)
		r = db_exec(writer->db.sqlite, "COMMIT");
	if (r < 0) {
		sqlite3_exec(writer->db.sqlite, "ROLLBACK", NULL, NULL, NULL);
		return r;
	}
	if (writer->full_sync)
		writer->last_full_ns = clock_monotonic_ns();
	writer_note_commit(writer, begin_ns);
	return 0;
}

static void drop(struct writer *writer, struct entry *entry)
{
	log_err("store: a row was refused: %s",
		sqlite3_errmsg(writer->db.sqlite));
	queue_drop(writer->queue, entry);
}

static void fail(struct writer *writer, int r)
{
	if (r == -EBADMSG && !writer->only_file) {
		/* SQLite reports no error if one of our own checks fails. */
		writer_replace(writer, sqlite3_errcode(writer->db.sqlite) ==
				       SQLITE_CORRUPT ?
				       sqlite3_errmsg(writer->db.sqlite) :
				       "it is damaged");
		return;
	}
	writer->retry_ns = clock_monotonic_ns() + RETRY_NS;
	writer_set_why(writer, "%s cannot be written: %s",
		       writer->db.path ?: "memory", strerror(-r));
}

/* Called without the lock of readers, because the function may wait for one. */
static void tell_of_events(struct writer *writer)
{
	if (!writer->has_events)
		return;
	writer->has_events = false;
	pthread_mutex_lock(&writer->events_lock);
	if (writer->events_fn)
		writer->events_fn(writer->events_userdata);
	pthread_mutex_unlock(&writer->events_lock);
}

/* Returns whether there may be more entries to write. */
static bool write_some(struct writer *writer)
{
	_cleanup_free_ struct entry **entries = NULL;
	bool in_memory = !writer->db.path;
	size_t failed, nr = 0;
	int r = queue_get(writer->queue, MAX_ENTRIES, &entries, &nr);

	if (r < 0)
		fail(writer, r);
	if (nr == 0)
		return false;
	lock_db(writer);
	r = write_entries(writer, entries, nr, &failed);
	unlock_db(writer, in_memory);
	if (r == -EEXIST && failed < nr) {
		drop(writer, entries[failed]);	/* the others are tried again */
	} else if (r < 0) {
		fail(writer, r);
	} else {
		queue_remove(writer->queue, entries, nr);
		/* In memory, the reason says why the file cannot be used. */
		if (writer->db.path || !writer->path)
			writer_set_why(writer, "%s", "");
		tell_of_events(writer);
	}
	queue_unref(writer->queue, entries, nr);
	return r == 0 || r == -EEXIST;
}

/*
 * Called before each write, because what is written to a file without a name is
 * lost.
 */
static bool has_file(struct writer *writer)
{
	int r;

	if (writer->db.sqlite && !db_has_moved(&writer->db)) {
		writer->leave_ns = 0;
		return true;
	}
	if (!writer->only_file) {
		r = writer->db.sqlite ? writer_leave(writer) :
					writer_recover(writer);
		if (r < 0)
			fail(writer, r);
		return r == 0;
	}
	writer->retry_ns = clock_monotonic_ns() + RETRY_NS;
	writer_set_why(writer, "%s was removed or replaced while it was "
		       "written", writer->path);
	return false;
}

bool writer_wants(struct writer *writer, bool *flag)
{
	bool wanted;

	pthread_mutex_lock(&writer->queue->lock);
	wanted = *flag;
	*flag = false;
	pthread_mutex_unlock(&writer->queue->lock);
	return wanted;
}

static bool tidy_some(struct writer *writer)
{
	bool in_memory = !writer->db.path;
	int r;

	if (in_memory && writer->path &&
	    (writer_wants(writer, &writer->try_now) ||
	     clock_monotonic_ns() - writer->last_open_ns >= OPEN_NS))
		return writer_open_again(writer);
	lock_db(writer);
	r = tidy_step(writer);
	unlock_db(writer, in_memory);
	if (r < 0 && r != -EBUSY)
		fail(writer, r);
	return r > 0;
}

/* The thread */

/* @more: do not wait. Returns false if the thread must end. */
static bool wait_for_work(struct writer *writer, bool more)
{
	struct queue *queue = writer->queue;
	bool failing = clock_monotonic_ns() < writer->retry_ns;
	bool go_on;

	pthread_mutex_lock(&queue->lock);
	if (!writer->woken && !more) {
		writer->idle = true;
		pthread_cond_broadcast(&queue->changed);
		if (!queue->closed && (!queue_is_ready(queue) || failing))
			queue_wait(queue, IDLE_MS);
		writer->idle = false;
	}
	writer->woken = false;
	go_on = !queue->closed;
	pthread_mutex_unlock(&queue->lock);
	return go_on;
}

static void *run(void *userdata)
{
	struct writer *writer = userdata;
	bool more = true, go_on = true;

	while (go_on) {
		if (!more)
			writer_update_status(writer);
		go_on = wait_for_work(writer, more);
		more = false;
		if (go_on && clock_monotonic_ns() < writer->retry_ns)
			continue;
		if (!has_file(writer))
			continue;
		more = write_some(writer);
		more = tidy_some(writer) || more;
		if (!go_on) {
			while (write_some(writer))
				;
		}
	}
	writer_log_unwritten(writer);
	return NULL;
}

int writer_start(struct writer *writer)
{
	sigset_t all, before;
	int r;

	/* Signals are handled by another thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&writer->thread, NULL, run, writer);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	writer->has_thread = r == 0;
	return -r;
}

void writer_wake(struct writer *writer)
{
	pthread_mutex_lock(&writer->queue->lock);
	writer->woken = true;
	writer->idle = false;
	pthread_cond_broadcast(&writer->queue->changed);
	pthread_mutex_unlock(&writer->queue->lock);
}

void writer_stop(struct writer *writer)
{
	if (writer->has_thread) {
		pthread_mutex_lock(&writer->queue->lock);
		writer->queue->closed = true;
		pthread_cond_broadcast(&writer->queue->changed);
		pthread_mutex_unlock(&writer->queue->lock);
		pthread_join(writer->thread, NULL);
	}
	writer_close(writer);
	packer_free(writer->packer);
	pthread_mutex_destroy(&writer->read_lock);
	pthread_mutex_destroy(&writer->events_lock);
	free(writer->path);
}

void writer_damaged(struct writer *writer, int error)
{
	pthread_mutex_lock(&writer->queue->lock);
	writer->status.damaged++;
	if (error == -EBADMSG)
		writer->must_check = writer->woken = true;
	pthread_mutex_unlock(&writer->queue->lock);
}
