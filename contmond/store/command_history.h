/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands that used the most CPU, over time */
#ifndef CONTMOND_STORE_COMMAND_HISTORY_H
#define CONTMOND_STORE_COMMAND_HISTORY_H

#include "store.h"

/* Limit for commands of a container */
#define COMMAND_HISTORY_MAX 50

/**
 * struct command_query - what to look for
 * @containers: titles, ids or short ids, comma-separated, or "host" for what is
 *	outside of all containers; NULL for all of these
 * @from_ms: first moment
 * @to_ms: last moment
 * @step_ms: width of a step, above 0
 * @nr_commands: of each container, at most COMMAND_HISTORY_MAX
 * @max_rows: row limit, as if each container had @nr_commands and a rest; the
 *	oldest steps are left out, even the only one
 */
struct command_query {
	const char *containers;
	int64_t from_ms;
	int64_t to_ms;
	int64_t step_ms;
	size_t nr_commands;
	size_t max_rows;
};

/**
 * struct command_row - what a command used in a step
 * @container, @comm: belong to the answer; @comm is NULL for the rest
 * @cores: NAN if one of the next two is unknown; of the rest, the CPU of the
 *	container that is not in another row, NAN if any of that is unknown
 * @living_cores, @exited_cores: as in struct past_command, during the time that
 *	the ticks of the step cover; NAN for the rest
 */
struct command_row {
	int64_t t_ms;
	const char *container;
	const char *comm;
	double cores;
	double living_cores;
	double exited_cores;
};

/**
 * struct command_history - rows by time, container, and CPU used in the range
 * @resolution_ms: of the coarsest tier that was needed; 0 for ticks
 * @is_truncated: rows were left out: all of them if @nr is 0
 * @is_known: of each step it is known which commands used CPU
 * @nr_titles: containers in the range, with the host
 * @texts: of the rows
 */
struct command_history {
	struct command_row *rows;
	size_t nr;
	int64_t resolution_ms;
	bool is_truncated;
	bool is_known;
	size_t nr_titles;
	char **texts;
	size_t nr_texts;
};

/**
 * store_command_history() - answer a query; free with command_history_done()
 *
 * Steps are as in store_history(). Each has a row for each of the commands of a
 * container that used the most CPU in the range, and one for the rest, if the
 * container was present in it. Returns -ENOMEM or an error of the database.
 */
int store_command_history(struct store *store,
			  const struct command_query *query,
			  struct command_history *ret);

void command_history_done(struct command_history *history);

/**
 * command_history_round_step() - round a step width up to that of a tier
 *
 * Of one moment of a tier more is known than of several moments of a finer
 * one, each of which has only its own busiest commands.
 */
int64_t command_history_round_step(int64_t width_ms);

#endif /* CONTMOND_STORE_COMMAND_HISTORY_H */
