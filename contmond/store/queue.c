// SPDX-License-Identifier: GPL-2.0-only
#include "queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "tier.h"

/* Arbitrary: how long to wait before looking again */
#define WAIT_MS 100

void queue_init(struct queue *queue, size_t max_bytes)
{
	pthread_condattr_t attributes;

	*queue = (struct queue){ .max_bytes = max_bytes };
	queue->last = &queue->first;
	pthread_mutex_init(&queue->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&queue->changed, &attributes);
	pthread_condattr_destroy(&attributes);
}

static void unref(struct entry *entry)
{
	if (--entry->references == 0)
		entry_free(entry);
}

/* Shares */

static struct queue_share *find_share(struct queue *queue, int64_t user)
{
	size_t i;

	for (i = 0; i < queue->nr_shares; i++) {
		if (queue->shares[i].user == user)
			return &queue->shares[i];
	}
	return NULL;
}

/* Returns NULL if there is no memory. */
static struct queue_share *make_share(struct queue *queue, int64_t user)
{
	struct queue_share *share = find_share(queue, user), *grown;

	if (share)
		return share;
	grown = reallocarray(queue->shares, queue->nr_shares + 1,
			     sizeof(*grown));
	if (!grown)
		return NULL;
	queue->shares = grown;
	share = &grown[queue->nr_shares++];
	*share = (struct queue_share){ .user = user };
	return share;
}

/* Which user has the most, if @nr_bytes are added for @user? */
static int64_t largest_user(const struct queue *queue, int64_t user,
			    size_t nr_bytes)
{
	int64_t largest = user;
	size_t i, most = 0;

	for (i = 0; i < queue->nr_shares; i++) {
		const struct queue_share *share = &queue->shares[i];
		size_t bytes = share->bytes +
			       (share->user == user ? nr_bytes : 0);

		if (share->bytes > 0 && bytes > most) {
			largest = share->user;
			most = bytes;
		}
	}
	return largest;
}

/* Counts an entry. Returns -ENOMEM if that is not possible. */
static int account(struct queue *queue, const struct entry *entry)
{
	struct queue_share *share;

	if (entry->user) {
		share = make_share(queue, entry->user);
		if (!share)
			return -ENOMEM;
		share->bytes += entry->bytes;
		queue->users_bytes += entry->bytes;
	}
	queue->nr++;
	queue->bytes += entry->bytes;
	return 0;
}

static void discount(struct queue *queue, const struct entry *entry)
{
	struct queue_share *share = find_share(queue, entry->user);

	if (share) {
		share->bytes -= entry->bytes;
		queue->users_bytes -= entry->bytes;
	}
	queue->nr--;
	queue->bytes -= entry->bytes;
}

/* Entries */

/* Removes the entry at @place from the queue. */
static void take_out(struct queue *queue, struct entry **place)
{
	struct entry *entry = *place;

	*place = entry->next;
	if (!entry->next)
		queue->last = place;
	entry->next = NULL;
	discount(queue, entry);
	unref(entry);
}

static void lose_one(struct queue *queue, struct entry **place)
{
	queue->lost++;
	queue->lost_of_users += (*place)->user != 0;
	take_out(queue, place);
}

/* Drops the frames that depend on a lost one: all up to the next key frame. */
static void lose_rest(struct queue *queue, struct entry **place,
		      unsigned int tier)
{
	while (*place) {
		if ((*place)->statement != ADD_FRAME ||
		    (*place)->tier != tier)
			place = &(*place)->next;
		else if ((*place)->is_key)
			return;
		else
			lose_one(queue, place);
	}
	queue->needs_key |= 1U << tier;
}

/*
 * Drops rows of containers, which would be taken for those of another minute.
 */
static void lose_rest_of_minute(struct queue *queue, struct entry **place)
{
	while (*place) {
		if ((*place)->statement == ADD_HOST_MINUTE)
			return;
		if ((*place)->statement == ADD_CONTAINER_MINUTE)
			lose_one(queue, place);
		else
			place = &(*place)->next;
	}
	queue->needs_minute = true;
}

static void lose(struct queue *queue, struct entry **place)
{
	enum statement statement = (*place)->statement;
	unsigned int tier = (*place)->tier;

	lose_one(queue, place);
	if (statement == ADD_FRAME)
		lose_rest(queue, place, tier);
	else if (statement == ADD_HOST_MINUTE)
		lose_rest_of_minute(queue, place);
}

void queue_done(struct queue *queue)
{
	while (queue->first)
		take_out(queue, &queue->first);
	free(queue->shares);
	pthread_cond_destroy(&queue->changed);
	pthread_mutex_destroy(&queue->lock);
}

/* Do both set the same value, identified by their first parameter? */
static bool is_same(const struct entry *old, const struct entry *entry)
{
	const struct value *a = &old->values[0], *b = &entry->values[0];

	if (old->statement != entry->statement || a->kind != b->kind)
		return false;
	return a->kind != VALUE_TEXT ? a->integer == b->integer :
	       a->length == b->length &&
	       memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* Only the newest value waits, however often it changes. */
static void replace(struct queue *queue, const struct entry *entry)
{
	struct entry **place = &queue->first;

	if (entry->statement != CHANGE_CONTAINER &&
	    entry->statement != SEE_CONTAINER &&
	    entry->statement != SET_CURSOR)
		return;
	while (*place) {
		if (is_same(*place, entry))
			take_out(queue, place);
		else
			place = &(*place)->next;
	}
}

/* Room */

/* What is lost first. A number is useless without its container or span. */
enum rank { TICKS, NUMBERS, REST, CONTAINERS, SPANS, NR_RANKS };

static enum rank rank_of(const struct entry *entry)
{
	switch (entry->statement) {
	case ADD_FRAME:
		return entry->tier == RAW ? TICKS : NUMBERS;
	case ADD_HOST_MINUTE:
	case ADD_CONTAINER_MINUTE:
		return NUMBERS;
	case ADD_CONTAINER:
	case RESUME_CONTAINER:
	case END_CONTAINER:
	case ADD_DEVICE:
		return CONTAINERS;
	case ADD_SPAN:
		return SPANS;
	default:
		return REST;
	}
}

static void make_room(struct queue *queue, size_t nr_bytes)
{
	struct entry **place;
	enum rank rank;

	for (rank = TICKS; rank < NR_RANKS; rank++) {
		place = &queue->first;
		while (queue->bytes + nr_bytes > queue->max_bytes && *place) {
			if (rank_of(*place) <= rank)
				lose(queue, place);
			else
				place = &(*place)->next;
		}
	}
}

/*
 * Rows of containers last: without them all of a container's numbers would be
 * lost, and without its end it would seem to run until contmond is restarted.
 */
static struct entry **oldest_of(struct queue *queue, int64_t user)
{
	struct entry **place, **container = NULL;

	for (place = &queue->first; *place; place = &(*place)->next) {
		if ((*place)->user != user)
			continue;
		if (rank_of(*place) < CONTAINERS)
			return place;
		if (!container)
			container = place;
	}
	return container;
}

/* Makes room within the users' part */
static void make_room_of_users(struct queue *queue, const struct entry *entry)
{
	const size_t max_bytes = queue->max_bytes / QUEUE_USERS_PART;
	struct entry **oldest;

	while (entry->user && queue->users_bytes + entry->bytes > max_bytes) {
		oldest = oldest_of(queue, largest_user(queue, entry->user,
						       entry->bytes));
		if (!oldest)
			return;
		lose(queue, oldest);
	}
}

/* Does not wait for a writer that is failing */
static void wait_for_room(struct queue *queue, size_t nr_bytes)
{
	while (queue->bytes + nr_bytes > queue->max_bytes && queue->first &&
	       !queue->failing) {
		pthread_cond_broadcast(&queue->changed);
		queue_wait(queue, WAIT_MS);
	}
}

/* Returns an error if the entry is not in the queue. */
static int add(struct queue *queue, struct entry *entry)
{
	int r = !entry || entry->failed ? -ENOMEM : 0;

	if (r < 0)
		return r;
	if (queue->waits) {
		wait_for_room(queue, entry->bytes);
	} else {
		replace(queue, entry);
		make_room_of_users(queue, entry);
	}
	make_room(queue, entry->bytes);
	if (entry->statement == ADD_CONTAINER_MINUTE && queue->needs_minute)
		return -ENODATA;
	r = account(queue, entry);
	if (r < 0)
		return r;
	if (entry->statement == ADD_HOST_MINUTE)
		queue->needs_minute = false;
	entry->tick = queue->in_tick ? queue->nr_ticks : 0;
	*queue->last = entry;
	queue->last = &entry->next;
	return 0;
}

void queue_add(struct queue *queue, struct entry *entry)
{
	pthread_mutex_lock(&queue->lock);
	if (add(queue, entry) < 0) {
		entry_free(entry);
		queue->lost++;
	}
	pthread_mutex_unlock(&queue->lock);
}

void queue_begin_tick(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->nr_ticks++;
	queue->in_tick = !queue->waits;
	pthread_mutex_unlock(&queue->lock);
}

void queue_end_tick(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->in_tick = false;
	pthread_mutex_unlock(&queue->lock);
}

static bool is_complete(const struct queue *queue, const struct entry *entry)
{
	return !queue->in_tick || entry->tick != queue->nr_ticks;
}

bool queue_is_ready(const struct queue *queue)
{
	return queue->first && is_complete(queue, queue->first);
}

/* At most @max, but whole ticks */
static size_t nr_to_get(const struct queue *queue, size_t max)
{
	const struct entry *entry;
	uint64_t tick = 0;
	size_t nr = 0;

	for (entry = queue->first; entry && is_complete(queue, entry);
	     entry = entry->next) {
		if (nr >= max && (entry->tick == 0 || entry->tick != tick))
			break;
		tick = entry->tick;
		nr++;
	}
	return nr;
}

int queue_get(struct queue *queue, size_t max, struct entry ***ret,
	      size_t *ret_nr)
{
	struct entry **entries, *entry;
	size_t i, nr;

	pthread_mutex_lock(&queue->lock);
	nr = nr_to_get(queue, max);
	entries = calloc(nr + 1, sizeof(*entries));
	if (!entries) {
		pthread_mutex_unlock(&queue->lock);
		return -ENOMEM;
	}
	for (i = 0, entry = queue->first; i < nr; i++, entry = entry->next) {
		entry->references++;
		entries[i] = entry;
	}
	pthread_mutex_unlock(&queue->lock);
	*ret = entries;
	*ret_nr = nr;
	return 0;
}

void queue_remove(struct queue *queue, struct entry **entries, size_t nr)
{
	size_t i;

	pthread_mutex_lock(&queue->lock);
	/*
	 * Some may have been dropped since, so they need not be the first
	 * entries.
	 */
	for (i = 0; i < nr; i++) {
		if (queue->first == entries[i])
			take_out(queue, &queue->first);
	}
	pthread_cond_broadcast(&queue->changed);
	pthread_mutex_unlock(&queue->lock);
}

void queue_drop(struct queue *queue, const struct entry *entry)
{
	struct entry **place = &queue->first;

	pthread_mutex_lock(&queue->lock);
	while (*place && *place != entry)
		place = &(*place)->next;
	if (*place)
		lose(queue, place);
	pthread_mutex_unlock(&queue->lock);
}

bool queue_needs_key(struct queue *queue, unsigned int tier)
{
	bool needed;

	pthread_mutex_lock(&queue->lock);
	needed = queue->needs_key >> tier & 1;
	queue->needs_key &= ~(1U << tier);
	pthread_mutex_unlock(&queue->lock);
	return needed;
}

void queue_unref(struct queue *queue, struct entry **entries, size_t nr)
{
	size_t i;

	pthread_mutex_lock(&queue->lock);
	for (i = 0; i < nr; i++)
		unref(entries[i]);
	pthread_mutex_unlock(&queue->lock);
}

int queue_frames(struct queue *queue, struct entry ***ret, size_t *ret_nr)
{
	struct entry **frames, *entry;
	size_t nr = 0;

	pthread_mutex_lock(&queue->lock);
	frames = calloc(queue->nr + 1, sizeof(*frames));
	for (entry = queue->first; entry && frames; entry = entry->next) {
		if (entry->statement != ADD_FRAME &&
		    entry->statement != ADD_SPAN)
			continue;
		entry->references++;
		frames[nr++] = entry;
	}
	pthread_mutex_unlock(&queue->lock);
	if (!frames)
		return -ENOMEM;
	*ret = frames;
	*ret_nr = nr;
	return 0;
}

void queue_wait(struct queue *queue, unsigned int ms)
{
	uint64_t ns = clock_monotonic_ns() + ms * NS_PER_MS;
	struct timespec until = {
		.tv_sec = (time_t)(ns / NS_PER_SECOND),
		.tv_nsec = (long)(ns % NS_PER_SECOND),
	};

	pthread_cond_timedwait(&queue->changed, &queue->lock, &until);
}
