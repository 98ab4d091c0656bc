/* SPDX-License-Identifier: GPL-2.0-only */
/* The store's containers, events, decisions and processes. */
#ifndef CONTMOND_STORE_PAST_H
#define CONTMOND_STORE_PAST_H

#include "store.h"

/**
 * struct past_container - a container; texts are NULL when unknown
 * @user_id: whose it is; 0: root's, or not known
 * @first_ms, @last_ms: when it was first and last seen
 * @ended_ms: NAN while it runs
 * @final: of a container that ended
 */
struct past_container {
	const char *cgroup;
	const char *id;
	const char *title;
	const char *runtime;
	const char *pod;
	const char *image;
	const char *command;
	const char *labels;
	int64_t user_id;
	double pid;
	double created_ms;
	double first_ms;
	double last_ms;
	double ended_ms;
	struct store_final final;
};

/**
 * struct past_query - what to look for
 * @from_ms, @to_ms: time range
 * @containers: titles, ids or short ids, separated by commas; NULL for all.
 *	Of events, "host" is those outside of all containers
 * @after_seq: only events and decisions after this number; 0 for all
 * @oldest_first: order of events and decisions; else the newest first
 * @kinds: of events, separated by commas; NULL for all
 * @ended_only: only containers that ended in that time
 * @max_rows: row limit; the first in the order of the answer
 */
struct past_query {
	int64_t from_ms;
	int64_t to_ms;
	const char *containers;
	int64_t after_seq;
	bool oldest_first;
	const char *kinds;
	bool ended_only;
	bool with_pids;
	size_t max_rows;
};

/* Gets one row, which is valid during the call; an error ends the query. */
typedef int past_row_fn(const void *row, void *userdata);

/* Calls @fn for each row that @query selects. */
typedef int past_fetch_fn(struct store *store, const struct past_query *query,
			  past_row_fn *fn, void *userdata);

/**
 * store_containers() - rows of struct past_container
 *
 * First those that are running, then the others, the newest end first.
 */
past_fetch_fn store_containers;

/**
 * store_events() - rows of struct store_event
 * store_decisions() - rows of struct store_decision
 *
 * A reader can continue where it stopped with @after_seq and @oldest_first.
 * A container has its newest title, even in events from before it was renamed.
 */
past_fetch_fn store_events;
past_fetch_fn store_decisions;

/**
 * struct past_follow - a reader that gets each event once
 * @query: its @after_seq is that of the last one it has; -1: the newest
 * @moved: by how much numbers have grown that were read before, because the
 *	store has moved to a file with events of its own; -1 at first
 * @newest: number of the newest event, 0 when there was none
 */
struct past_follow {
	struct past_query query;
	int64_t moved;
	int64_t newest;
};

/**
 * store_place() - find where a reader is by now
 *
 * What the file had before the store moved to it is not new. A number above the
 * newest is of a database that was put aside.
 */
int store_place(struct store *store, struct past_follow *follow);

/** store_next_events() - the same, and store_events() at that moment */
int store_next_events(struct store *store, struct past_follow *follow,
		      past_row_fn *fn, void *userdata);

/**
 * struct past_process - one of the busiest processes at a moment
 * @container: title of its container, "host" outside of all containers
 * @cpu_cores: during the moment
 */
struct past_process {
	const char *container;
	int64_t pid;
	int64_t start_ms;
	const char *comm;
	double cpu_cores;
	double rss_bytes;
};

typedef int past_process_fn(const struct past_process *process,
			    void *userdata);

/**
 * struct past_moment - the moment that was found
 * @width_ms: width of its tier's buckets, 0 for a tick
 */
struct past_moment {
	int64_t t_ms;
	int64_t width_ms;
};

/**
 * store_processes() - the busiest processes of each container at a moment
 *
 * From the finest tier that still has it. Returns -ENOENT when nothing was
 * recorded at that time.
 */
int store_processes(struct store *store, int64_t t_ms, const char *containers,
		    past_process_fn *fn, void *userdata,
		    struct past_moment *ret);

/**
 * store_range() - the first and the last moment that are written
 *
 * Returns -ENOENT when there is none.
 */
int store_range(struct store *store, int64_t *ret_first_ms,
		int64_t *ret_last_ms);

/**
 * store_next() - the first moment of any tier that is not before @t_ms
 *
 * Returns -ENOENT when there is none.
 */
int store_next(struct store *store, int64_t t_ms, int64_t *ret);

/**
 * store_last_start() - when contmond was started last, not after @t_ms
 *
 * Returns -ENOENT when that is not known.
 */
int store_last_start(struct store *store, int64_t t_ms, int64_t *ret);

/** store_cursor() - cursor of a target; -ENOENT when it has none yet */
int store_cursor(struct store *store, const char *target, int64_t *ret);

#endif /* CONTMOND_STORE_PAST_H */
