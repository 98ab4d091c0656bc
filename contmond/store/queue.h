/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entries on their way to the thread that writes them. While the disk cannot be
 * written they are kept, up to a limit, and readers find them here.
 *
 * When there is no room, entries are dropped in this order. First ticks, which
 * the coarser tiers sum up anyway. Then other numbers: a frame together with
 * those that depend on it, a minute of the host together with those of its
 * containers. Then the rest, such as events and decisions, which are recorded
 * nowhere else. Last the rows that all later numbers refer to: containers with
 * their ends and devices, and spans.
 *
 * What users other than root can cause without limit must cost nobody else
 * anything: together they get a part of the room, and the user who fills most
 * of it loses the oldest entries.
 */
#ifndef CONTMOND_STORE_QUEUE_H
#define CONTMOND_STORE_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "entry.h"

/* Users other than root together get one QUEUE_USERS_PART-th of the room. */
#define QUEUE_USERS_PART 4

/*
 * Events about processes of users outside of containers count as those of a
 * single user, because a user may have thousands of ids. No user has this id.
 */
#define QUEUE_OUTSIDE UINT32_MAX

/** struct queue_share - the size of all entries about containers of a user */
struct queue_share {
	int64_t user;
	size_t bytes;
};

/**
 * struct queue - initialise with queue_init()
 * @lock: protects everything here, and the references of entries
 * @changed: signalled when entries were added or removed, and at the end
 * @shares: of users other than root; @users_bytes is their sum
 * @lost: number of entries that were dropped for lack of room
 * @lost_of_users: those about containers of users other than root
 * @needs_key: one bit for each tier, see queue_needs_key()
 * @needs_minute: the newest minute of the host was lost, so those of containers
 *	are dropped until the next one
 * @closed: the writer must write the rest and end
 * @waits: queue_add() waits for room instead of dropping entries, unless
 *	@failing is set
 * @failing: the writer cannot write now
 * @nr_ticks: ticks that were added; @in_tick: the last is not complete yet
 */
struct queue {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct entry *first;
	struct entry **last;
	size_t nr;
	size_t bytes;
	size_t max_bytes;
	struct queue_share *shares;
	size_t nr_shares;
	size_t users_bytes;
	uint64_t lost;
	uint64_t lost_of_users;
	unsigned int needs_key;
	bool needs_minute;
	bool closed;
	bool waits;
	bool failing;
	uint64_t nr_ticks;
	bool in_tick;
};

void queue_init(struct queue *queue, size_t max_bytes);
void queue_done(struct queue *queue);

/**
 * queue_add() - takes ownership; a NULL or failed entry counts as lost
 *
 * An entry that sets a value replaces a waiting one that sets the same value.
 */
void queue_add(struct queue *queue, struct entry *entry);

/**
 * queue_begin_tick() - what is added until queue_end_tick() is one tick
 *
 * It is written in one transaction, so that nothing cuts it in half. Where
 * adding waits for room, as in an import, it may be written in parts.
 */
void queue_begin_tick(struct queue *queue);
void queue_end_tick(struct queue *queue);

/**
 * queue_get() - get the oldest entries, with references; free the array
 * @max: no more than so many, except for the rest of a tick
 *
 * They stay in the queue. Returns -ENOMEM.
 */
int queue_get(struct queue *queue, size_t max, struct entry ***ret,
	      size_t *ret_nr);

/** queue_is_ready() - are there any to get? Lock held */
bool queue_is_ready(const struct queue *queue);

/** queue_remove() - entries of queue_get() have been written */
void queue_remove(struct queue *queue, struct entry **entries, size_t nr);

/** queue_drop() - an entry of queue_get() can never be written, and is lost */
void queue_drop(struct queue *queue, const struct entry *entry);

/**
 * queue_needs_key() - must the next frame of a tier be a key frame?
 *
 * True if the frames before it were lost. Clears this condition.
 */
bool queue_needs_key(struct queue *queue, unsigned int tier);

/** queue_unref() - drop the references of queue_get() or queue_frames() */
void queue_unref(struct queue *queue, struct entry **entries, size_t nr);

/**
 * queue_frames() - get references to all waiting spans and frames
 * @ret: array, to be freed
 *
 * Returns -ENOMEM.
 */
int queue_frames(struct queue *queue, struct entry ***ret, size_t *ret_nr);

/** queue_wait() - wait for a change, at most @ms; called with the lock held */
void queue_wait(struct queue *queue, unsigned int ms);

#endif /* CONTMOND_STORE_QUEUE_H */
