// SPDX-License-Identifier: GPL-2.0-only
#include "store.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "internal.h"
#include "resume.h"
#include "tier.h"

/* Entries that wait for the disk: some minutes of many containers */
#define MAX_WAITING_BYTES (4UL << 20)
/* The frames of a span take at most this part of the size cap. */
#define SPANS_IN_CAP 32

void store_final_init(struct store_final *final)
{
	double *numbers = (double *)final;
	size_t i;

	for (i = 0; i < STORE_FINAL_NR; i++)
		numbers[i] = NAN;
}

/* Opening */

struct store *store_new(size_t max_waiting_bytes, const char *boot_id)
{
	struct store *store = calloc(1, sizeof(*store));

	if (!store)
		return NULL;
	store->nr_cpus = NAN;
	queue_init(&store->queue, max_waiting_bytes);
	lives_init(&store->lives, &store->queue, boot_id);
	store->layout = layout_new();
	store->unpacker = packer_new(EFFORT_LOW);
	if (store->layout && store->unpacker &&
	    ingest_init(&store->ingest, store->layout, &store->queue,
			&store->lives) == 0)
		return store;
	store_close(store);
	return NULL;
}

static int begin_writing(struct store *store,
			 const struct store_options *options)
{
	int r;

	store->has_writer = true;
	r = writer_init(&store->writer, options, &store->queue);
	if (r < 0)
		return r;
	r = resume(&store->writer.db, &store->ingest);
	if (r < 0) {
		/*
		 * The writer's thread reports the error; the rows start over.
		 */
		log_warn("store: what was recorded before cannot be continued"
			 ": %s", strerror(-r));
		ingest_restart(&store->ingest);
		store->writer.must_check = true;
	}
	store->has_ticks = store->ingest.next_seq > 1;
	return writer_start(&store->writer);
}

int store_open(const struct store_options *options, struct store **ret)
{
	struct store *store = store_new(MAX_WAITING_BYTES, options->boot_id);
	int r;

	if (!store)
		return -ENOMEM;
	store->queue.waits = options->max_bytes == STORE_KEEP_ALL;
	r = begin_writing(store, options);
	if (r < 0) {
		store_close(store);
		return r;
	}
	*ret = store;
	return 0;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	if (store->has_writer)
		writer_stop(&store->writer);
	ingest_done(&store->ingest);
	lives_done(&store->lives);
	queue_done(&store->queue);
	packer_free(store->unpacker);
	layout_free(store->layout);
	free(store->read_path);
	free(store);
}

/* Adding */

/* The database may be a new one, without containers and spans. */
static void follow_writer(struct store *store)
{
	bool restart;

	pthread_mutex_lock(&store->queue.lock);
	restart = store->writer.restart;
	store->writer.restart = false;
	/* Frames are larger than the chunks made of them, so keep few. */
	store->ingest.max_span_bytes = store->writer.status.max_bytes /
				       SPANS_IN_CAP;
	pthread_mutex_unlock(&store->queue.lock);
	if (!restart)
		return;
	lives_rewrite(&store->lives);
	ingest_restart(&store->ingest);
}

int store_tick(struct store *store, const struct store_tick *tick)
{
	int r;

	queue_begin_tick(&store->queue);
	follow_writer(store);
	r = ingest_tick(&store->ingest, tick);
	queue_end_tick(&store->queue);
	pthread_mutex_lock(&store->queue.lock);
	store->nr_cpus = tick->system->nr_cpus;
	store->has_ticks = true;
	pthread_mutex_unlock(&store->queue.lock);
	writer_wake(&store->writer);
	return r;
}

int store_begin(struct store *store, const struct store_container *who,
		int64_t t_ms)
{
	int r = lives_begin(&store->lives, who, t_ms);

	writer_wake(&store->writer);
	return r;
}

void store_rename(struct store *store, const struct store_container *who)
{
	lives_rename(&store->lives, who);
	writer_wake(&store->writer);
}

bool store_is_roots(struct store *store, uint64_t cgroup_id)
{
	return lives_is_roots(&store->lives, cgroup_id);
}

int store_end(struct store *store, const struct store_container *who,
	      const struct store_final *final)
{
	int r = lives_end(&store->lives, who, final);

	writer_wake(&store->writer);
	return r;
}

static int add(struct store *store, struct entry *entry)
{
	if (!entry || entry->failed) {
		entry_free(entry);
		return -ENOMEM;
	}
	queue_add(&store->queue, entry);
	writer_wake(&store->writer);
	return 0;
}

static void add_container(struct store *store, struct entry *entry,
			  uint64_t cgroup_id)
{
	uint32_t c = cgroup_id ? lives_number(&store->lives, cgroup_id) : 0;

	if (c)
		entry_add(entry, VALUE_CONTAINER, c);
	else
		entry_add_null(entry);
}

static bool is_of_policy(const struct store_event *event)
{
	static const char begin[] = "policy_";

	return strncmp(event->kind, begin, strlen(begin)) == 0;
}

static int64_t user_of_event(struct store *store,
			     const struct store_event *event)
{
	if (event->is_of_user)
		return QUEUE_OUTSIDE;
	if (is_of_policy(event))
		return event->user;
	return event->cgroup_id ? lives_user(&store->lives, event->cgroup_id) :
				  0;
}

int store_event(struct store *store, const struct store_event *event)
{
	struct entry *entry = entry_new(ADD_EVENT);
	int64_t user = user_of_event(store, event);

	entry_of_user(entry, user);
	entry_add(entry, VALUE_INTEGER, (int64_t)event->t_ms);
	entry_add_text(entry, event->kind);
	add_container(store, entry, event->cgroup_id);
	entry_add_text(entry, event->container);
	if (event->pid > 0)
		entry_add(entry, VALUE_INTEGER, (int64_t)event->pid);
	else
		entry_add_null(entry);
	entry_add_text(entry, event->comm);
	entry_add_text(entry, event->detail);
	entry_add(entry, VALUE_INTEGER, user);
	return add(store, entry);
}

void store_watch_events(struct store *store, store_events_fn *fn,
			void *userdata)
{
	struct writer *writer = &store->writer;

	pthread_mutex_lock(&writer->events_lock);
	writer->events_fn = fn;
	writer->events_userdata = userdata;
	pthread_mutex_unlock(&writer->events_lock);
}

int store_decision(struct store *store, const struct store_decision *decision)
{
	struct entry *entry = entry_new(ADD_AUDIT);

	entry_of_user(entry, decision->user);
	entry_add(entry, VALUE_INTEGER, (int64_t)decision->t_ms);
	entry_add_text(entry, decision->decision);
	entry_add_text(entry, decision->state);
	entry_add_text(entry, decision->action);
	entry_add(entry, VALUE_INTEGER, decision->dry_run != 0);
	add_container(store, entry, decision->cgroup_id);
	entry_add_text(entry, decision->container_id);
	entry_add_text(entry, decision->container);
	entry_add_text(entry, decision->rule);
	entry_add_text(entry, decision->rule_hash);
	entry_add_text(entry, decision->reason);
	entry_add_text(entry, decision->detail);
	entry_add(entry, VALUE_INTEGER, decision->user);
	return add(store, entry);
}

int store_add_cursor(struct store *store, const char *key,
		     enum value_kind number, int64_t seq)
{
	struct entry *entry = entry_new(SET_CURSOR);

	entry_add_text(entry, key);
	entry_add(entry, number, seq);
	entry_add(entry, VALUE_INTEGER,
		  (int64_t)(clock_realtime_ns() / NS_PER_MS));
	return add(store, entry);
}

int store_set_cursor(struct store *store, const char *target, int64_t seq)
{
	return store_add_cursor(store, target, VALUE_SEQ, seq);
}

/* Status */

int64_t store_history_seconds(void)
{
	return tiers[NR_TIERS - 1].keep_ms / 1000;
}

bool store_is_empty(struct store *store)
{
	bool empty;

	pthread_mutex_lock(&store->queue.lock);
	empty = !store->has_ticks;
	pthread_mutex_unlock(&store->queue.lock);
	return empty;
}

void store_get_status(struct store *store, struct store_status *ret)
{
	pthread_mutex_lock(&store->queue.lock);
	*ret = store->writer.status;
	ret->waiting = store->queue.nr;
	ret->waiting_bytes = store->queue.bytes;
	ret->lost = store->queue.lost;
	ret->lost_of_users = store->queue.lost_of_users;
	pthread_mutex_unlock(&store->queue.lock);
}

double store_nr_cpus(struct store *store)
{
	double nr_cpus;

	pthread_mutex_lock(&store->queue.lock);
	nr_cpus = store->nr_cpus;
	pthread_mutex_unlock(&store->queue.lock);
	return nr_cpus;
}

void store_try_again(struct store *store)
{
	pthread_mutex_lock(&store->queue.lock);
	store->writer.try_now = true;
	pthread_mutex_unlock(&store->queue.lock);
	writer_wake(&store->writer);
}

void store_sync(struct store *store)
{
	struct queue *queue = &store->queue;

	writer_wake(&store->writer);
	pthread_mutex_lock(&queue->lock);
	while (!store->writer.idle ||
	       (queue->nr > 0 && !store->writer.status.why[0]))
		queue_wait(queue, 100);
	pthread_mutex_unlock(&queue->lock);
}

/* Reading */

int view_begin(struct store *store, struct view *ret)
{
	struct view view = { .store = store };
	int r;

	pthread_mutex_lock(&store->writer.read_lock);
	r = reader_renew(store);
	view.sqlite = store->writer.reader ?: store->writer.db.sqlite;
	view.base = store->writer.db.base;
	view.spans = store->writer.db.spans;
	view.seqs = store->writer.db.seqs;
	view.events = store->writer.db.events;
	view.decisions = store->writer.db.decisions;
	/*
	 * An entry that is written in between is seen twice, with the same
	 * number.
	 */
	if (r == 0)
		r = queue_frames(&store->queue, &view.waiting,
				 &view.nr_waiting);
	if (r == 0)
		r = db_exec(view.sqlite, "BEGIN");
	if (r < 0) {
		pthread_mutex_unlock(&store->writer.read_lock);
		queue_unref(&store->queue, view.waiting, view.nr_waiting);
		free(view.waiting);
		return r;
	}
	*ret = view;
	return 0;
}

/*
 * What was read is not read again: by the next time, the writer has changed the
 * file, so its pages are not those in the cache any more.
 */
static void forget_view(struct store *store)
{
	packer_rest(store->unpacker);
	if (store->writer.reader)
		sqlite3_db_release_memory(store->writer.reader);
}

void view_end(struct view *view, int r)
{
	struct store *store = view->store;

	db_exec(view->sqlite, "ROLLBACK");
	forget_view(store);
	pthread_mutex_unlock(&store->writer.read_lock);
	queue_unref(&store->queue, view->waiting, view->nr_waiting);
	free(view->waiting);
	if (r < 0 && r != -ENOMEM)
		writer_damaged(&store->writer, r);
}
