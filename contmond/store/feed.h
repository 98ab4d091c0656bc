/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events, or decisions, in the order in which they were recorded, for
 * forwarding.
 */
#ifndef CONTMOND_STORE_FEED_H
#define CONTMOND_STORE_FEED_H

#include "store.h"

enum feed {
	FEED_EVENTS,
	FEED_DECISIONS,
};

/**
 * struct feed_row - an event or a decision, depending on its feed
 * @seq: its number, as in store_set_feed_cursor(); ascending
 *
 * The event or decision has its own number, that of the database, which /api/v1
 * shows. The two are equal unless the database was opened late or was replaced
 * (STORE.md).
 */
struct feed_row {
	int64_t seq;
	const struct store_event *event;
	const struct store_decision *decision;
};

/* An error ends the query. */
typedef int feed_fn(const struct feed_row *row, void *userdata);

/**
 * store_feed() - read at most @max_rows from @first_seq on, oldest first
 *
 * Returns only what has been written and keeps its number even if contmond is
 * killed.
 */
int store_feed(struct store *store, enum feed feed, int64_t first_seq,
	       size_t max_rows, feed_fn *fn, void *userdata);

/**
 * store_feed_range() - the range of numbers in a feed
 * @ret_first: the oldest; equal to @ret_end if there is none
 * @ret_end: number of the next one to be written
 */
int store_feed_range(struct store *store, enum feed feed, int64_t *ret_first,
		     int64_t *ret_end);

/**
 * store_set_feed_cursor() - all before @seq were delivered to @target
 * store_feed_cursor() - read the cursor; -ENOENT if there is none yet
 *
 * A target has one cursor for each feed, and one for ticks.
 */
int store_set_feed_cursor(struct store *store, enum feed feed,
			  const char *target, int64_t seq);
int store_feed_cursor(struct store *store, enum feed feed, const char *target,
		      int64_t *ret);

#endif /* CONTMOND_STORE_FEED_H */
