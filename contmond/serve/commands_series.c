// SPDX-License-Identifier: GPL-2.0-only
#include "commands_series.h"

#include <math.h>

#include "answer.h"
#include "base/text.h"
#include "contmond/model/commands.h"
#include "contmond/store/command_history.h"
#include "steps.h"

#define MAX_ROWS 50000
#define MAX_STEPS 1500 /* that are chosen: more than a chart shows */
#define DEFAULT_LIMIT 5

struct point_row {
	double t;
	const char *container;
	const char *comm;
	double commands;
	double cpu_cores;
	double cpu_living_cores;
	double cpu_exited_cores;
};

#define ROW point_row
static const struct column columns[] = {
	COLUMN(t, UNIT_TIME),
	COLUMN(container, UNIT_TEXT),
	COLUMN(comm, UNIT_TEXT),
	COLUMN(commands, UNIT_COUNT),
	COLUMN(cpu_cores, UNIT_CORES),
	COLUMN(cpu_living_cores, UNIT_CORES),
	COLUMN(cpu_exited_cores, UNIT_CORES),
};
#undef ROW

static const struct table point_table = TABLE(columns);

static bool read_limit(const struct request *request, struct reply *reply,
		       size_t *ret)
{
	const char *text = request_get(request, "limit");
	uint64_t limit = DEFAULT_LIMIT;

	if (text && text_to_u64(text, 1, COMMAND_HISTORY_MAX, &limit) < 0) {
		reply_error(reply, 400, "limit: not a number from 1 to %d: %s",
			    COMMAND_HISTORY_MAX, text);
		return false;
	}
	*ret = limit;
	return true;
}

static bool read_query(const struct facts *facts,
		       const struct request *request, struct reply *reply,
		       struct command_query *query, struct steps *steps)
{
	*query = (struct command_query){
		.containers = request_get(request, "container"),
		.max_rows = MAX_ROWS,
	};
	if (!read_limit(request, reply, &query->nr_commands))
		return false;
	*steps = (struct steps){
		.containers = query->containers,
		.has_host = true,
		.max_rows = MAX_ROWS / (query->nr_commands + 1),
		.max_steps = MAX_STEPS,
		.round = command_history_round_step,
	};
	if (!steps_read(steps, facts, request, reply))
		return false;
	query->from_ms = steps->from_ms;
	query->to_ms = steps->to_ms;
	query->step_ms = steps->step_ms;
	return true;
}

/* If the request has no step, widens it until all rows fit, if they can. */
static int read_history(struct store *store, struct command_query *query,
			struct steps *steps, struct command_history *ret)
{
	int r = store_command_history(store, query, ret);

	while (r == 0 && ret->is_truncated &&
	       steps_widen(steps, ret->nr_titles, ret->nr == 0 ? 0 :
			   query->to_ms - ret->rows[0].t_ms)) {
		query->step_ms = steps->step_ms;
		command_history_done(ret);
		r = store_command_history(store, query, ret);
	}
	return r;
}

static void write_rows(const struct command_history *history,
		       struct reply *reply)
{
	size_t i;

	answer_begin(reply);
	for (i = 0; i < history->nr; i++) {
		const struct command_row *row = &history->rows[i];
		const struct point_row point = {
			.t = (double)row->t_ms,
			.container = row->container,
			.comm = row->comm ?: COMMANDS_OTHER,
			.commands = row->comm ? 1 : (double)NAN,
			.cpu_cores = row->cores,
			.cpu_living_cores = row->living_cores,
			.cpu_exited_cores = row->exited_cores,
		};

		answer_add(reply, &point_table, NULL, &point);
	}
}

static void write_meta(const struct steps *steps,
		       const struct command_history *history,
		       struct buffer *body)
{
	buffer_puts(body, "],\"meta\":{");
	steps_write(steps, history->resolution_ms, true, body);
	buffer_puts(body, history->is_known ? ",\"known\":true" :
					      ",\"known\":false");
	buffer_puts(body, history->is_truncated ? ",\"truncated\":true}}\n" :
						  ",\"truncated\":false}}\n");
}

void commands_series_handle(const struct facts *facts,
			    const struct request *request, struct reply *reply)
{
	struct command_history history;
	struct command_query query;
	struct steps steps;
	int r;

	if (!read_query(facts, request, reply, &query, &steps))
		return;
	r = read_history(facts->store, &query, &steps, &history);
	if (r < 0) {
		reply_past_error(reply, r);
		return;
	}
	if (history.is_truncated && history.nr == 0) {
		reply_error(reply, 400, "container: more than %zu in one "
			    "step; ask for fewer containers or commands",
			    steps.max_rows);
	} else {
		write_rows(&history, reply);
		write_meta(&steps, &history, &reply->body);
	}
	command_history_done(&history);
}
