/* SPDX-License-Identifier: GPL-2.0-only */
/* Containers, events, decisions, processes and commands of the store */
#ifndef CONTMOND_STORE_PAST_H
#define CONTMOND_STORE_PAST_H

#include "store.h"

/**
 * struct past_container - a container; texts are NULL when unknown
 * @user_id: whose it is; 0: root's, or not known
 * @first_ms, @last_ms: when it was first and last seen
 * @ended_ms: NAN while it runs
 * @final: if it has ended
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
 * @containers: titles, ids or short ids, comma-separated; NULL for all. For
 *	events, "host" means those outside of all containers
 * @after_seq: only events and decisions after this number; 0 for all
 * @oldest_first: order of events and decisions; otherwise newest first
 * @kinds: of events, comma-separated; NULL for all
 * @ended_only: only containers that ended in the time range
 * @max_rows: row limit; the first rows of the answer are kept
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

/* Gets one row, valid during the call; an error ends the query. */
typedef int past_row_fn(const void *row, void *userdata);

/* Calls @fn for each row that @query selects. */
typedef int past_fetch_fn(struct store *store, const struct past_query *query,
			  past_row_fn *fn, void *userdata);

/**
 * store_containers() - rows of struct past_container
 *
 * Running containers first, then the others, those that ended last first.
 */
past_fetch_fn store_containers;

/**
 * store_events() - rows of struct store_event
 * store_decisions() - rows of struct store_decision
 *
 * A reader can continue where it stopped with @after_seq and @oldest_first.
 * Events show a container's newest title, even those from before it was
 * renamed.
 */
past_fetch_fn store_events;
past_fetch_fn store_decisions;

/**
 * store_least_offset() - the least that has been added to boot times of this
 * boot to get the wall time, since a boot time
 *
 * Returns -ENOENT if there was no tick in this boot.
 */
int store_least_offset(struct store *store, int64_t since_boottime_ms,
		       int64_t *ret_ms);

/**
 * struct past_follow - the state of a reader that gets each event once
 * @query: its @after_seq is the last event it has got; -1 to start after the
 *	newest
 * @moved: offset by which the numbers of events have grown because the store
 *	has moved to a file that already had events; -1 at first
 * @newest: number of the newest event; 0 if there was none
 */
struct past_follow {
	struct past_query query;
	int64_t moved;
	int64_t newest;
};

/**
 * store_place() - update a reader's position
 *
 * Events that were in the file before the store moved to it are not new. A
 * number above the newest comes from a database that was put aside.
 */
int store_place(struct store *store, struct past_follow *follow);

/** store_next_events() - store_place() and store_events() in one view */
int store_next_events(struct store *store, struct past_follow *follow,
		      past_row_fn *fn, void *userdata);

/**
 * struct past_process - one of the busiest processes at a moment
 * @container: title of its container, "host" outside of all containers
 * @cpu_cores: during the moment; NAN if it covers no time, as the first tick of
 *	a run, or if that of any tick is or may be unknown
 * @rss_bytes: NAN if unknown
 */
struct past_process {
	const char *container;
	int64_t pid;
	int64_t start_ms;
	const char *comm;
	double cpu_cores;
	double rss_bytes;
};

/** past_order() - of two numbers: the larger first, one that is unknown last */
int past_order(double x, double y);

typedef int past_process_fn(const struct past_process *process,
			    void *userdata);

/**
 * struct past_moment - the moment that was found
 * @width_ms: bucket width of its tier; 0 for a tick
 * @commands_known: by store_commands(): all that used the most CPU are told.
 *	Otherwise none is, because it is not known of all of the moment
 */
struct past_moment {
	int64_t t_ms;
	int64_t width_ms;
	bool commands_known;
};

/**
 * store_processes() - the busiest processes of each container at a moment
 *
 * Uses the finest tier that still has it. Returns -ENOENT if nothing was
 * recorded at that time.
 */
int store_processes(struct store *store, int64_t t_ms, const char *containers,
		    past_process_fn *fn, void *userdata,
		    struct past_moment *ret);

/**
 * struct past_command - one of the commands that used the most CPU at a moment
 * @container: as in struct past_process
 * @nr_cpus: of the host, now; NAN before the first tick
 * @living_cores: of processes that were alive, during the moment; NAN if that
 *	of one of them is unknown in any tick
 * @exited_cores: of processes that ended; NAN if that is unknown of any tick
 */
struct past_command {
	const char *container;
	const char *comm;
	double nr_cpus;
	double living_cores;
	double exited_cores;
};

/** past_known_cores() - their sum, as far as it is known */
double past_known_cores(double living_cores, double exited_cores);

typedef int past_command_fn(const struct past_command *command,
			    void *userdata);

/** store_commands() - like store_processes(), but commands */
int store_commands(struct store *store, int64_t t_ms, const char *containers,
		   past_command_fn *fn, void *userdata,
		   struct past_moment *ret);

/**
 * store_range() - the first and the last moment that were written
 *
 * Returns -ENOENT if there is none.
 */
int store_range(struct store *store, int64_t *ret_first_ms,
		int64_t *ret_last_ms);

/**
 * store_next() - the first moment of any tier that is not before @t_ms
 *
 * Returns -ENOENT if there is none.
 */
int store_next(struct store *store, int64_t t_ms, int64_t *ret);

/**
 * store_last_start() - the last start of contmond that is not after @t_ms
 *
 * Returns -ENOENT if it is unknown.
 */
int store_last_start(struct store *store, int64_t t_ms, int64_t *ret);

/** store_cursor() - the cursor of a target; -ENOENT if it has none yet */
int store_cursor(struct store *store, const char *target, int64_t *ret);

#endif /* CONTMOND_STORE_PAST_H */
