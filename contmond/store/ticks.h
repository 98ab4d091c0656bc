/* SPDX-License-Identifier: GPL-2.0-only */
/* Every tick, in the order in which they were recorded, for forwarding. */
#ifndef CONTMOND_STORE_TICKS_H
#define CONTMOND_STORE_TICKS_H

#include "store.h"

/**
 * struct tick_owner - the container that numbers belong to; unknown strings are
 * NULL
 * @title: the newest one
 * @labels: a JSON object
 */
struct tick_owner {
	const char *cgroup;
	const char *id;
	const char *title;
	const char *runtime;
	const char *pod;
	const char *image;
	const char *labels;
};

/**
 * struct tick_row - the numbers of one container, or of the host
 * @owner: NULL for the host
 * @values: of the columns of the query; NAN is unknown
 */
struct tick_row {
	const struct tick_owner *owner;
	const double *values;
};

/**
 * struct tick - a tick as it is stored
 * @seq: its number, as in store_set_cursor(); ascending, with gaps where ticks
 *	were lost
 * @stored_seq: its number in the database; the same unless the database was
 *	opened late (STORE.md)
 * @rows: the host, then the containers
 */
struct tick {
	int64_t seq;
	int64_t stored_seq;
	int64_t t_ms;
	const struct tick_row *rows;
	size_t nr;
};

/* Returns 0 to get the next tick, 1 for no more, or an error. */
typedef int tick_fn(const struct tick *tick, void *userdata);

/**
 * struct ticks_query - which ticks and numbers
 * @containers, @host: columns of container_table and of system_table; those
 *	that are not stored are unknown
 * @first_seq: the first wanted tick
 */
struct ticks_query {
	const struct column *const *containers;
	size_t nr_containers;
	const struct column *const *host;
	size_t nr_host;
	int64_t first_seq;
};

/**
 * store_ticks() - read ticks
 *
 * Reads only ticks that have been written and keep their numbers even if
 * contmond is killed. Returns after some of them, so that others can read the
 * store: call it until it returns none.
 */
int store_ticks(struct store *store, const struct ticks_query *query,
		tick_fn *fn, void *userdata);

/**
 * store_ticks_range() - the range of tick numbers
 * @ret_first: the oldest; equal to @ret_end if there is none
 * @ret_end: number of the next tick to be written
 */
int store_ticks_range(struct store *store, int64_t *ret_first,
		      int64_t *ret_end);

#endif /* CONTMOND_STORE_TICKS_H */
