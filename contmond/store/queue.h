/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entries between those who add them and the thread that writes them. While
 * the disk cannot be written they wait, up to a limit, and are read from here.
 */
#ifndef CONTMOND_STORE_QUEUE_H
#define CONTMOND_STORE_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "entry.h"

/**
 * struct queue - begin with queue_init()
 * @lock: for everything here and for the references of entries
 * @changed: signalled when entries came or went, and at the end
 * @lost: entries that were dropped, for there was no room
 * @closed: the writer is to write what is left and end
 */
struct queue {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct entry *first;
	struct entry **last;
	size_t nr;
	size_t bytes;
	size_t max_bytes;
	uint64_t lost;
	bool closed;
};

void queue_init(struct queue *queue, size_t max_bytes);
void queue_done(struct queue *queue);

/** queue_add() - takes the entry; a NULL or failed one counts as lost */
void queue_add(struct queue *queue, struct entry *entry);

/**
 * queue_get() - the oldest entries, at most @max, referenced, still queued
 *
 * Returns how many.
 */
size_t queue_get(struct queue *queue, struct entry **ret, size_t max);

/** queue_remove() - those that queue_get() gave were written */
void queue_remove(struct queue *queue, struct entry **entries, size_t nr);

/** queue_drop() - one of those can never be written: it is lost */
void queue_drop(struct queue *queue, const struct entry *entry);

/** queue_unref() - give back the references of queue_get() or queue_frames() */
void queue_unref(struct queue *queue, struct entry **entries, size_t nr);

/**
 * queue_frames() - all waiting spans and frames, referenced; free the array
 *
 * Returns -ENOMEM.
 */
int queue_frames(struct queue *queue, struct entry ***ret, size_t *ret_nr);

/** queue_wait() - until something changes or @ms have passed; locked */
void queue_wait(struct queue *queue, unsigned int ms);

#endif /* CONTMOND_STORE_QUEUE_H */
