// SPDX-License-Identifier: GPL-2.0-only
#include "commands_past.h"

#include <math.h>

#include "contmond/store/past.h"
#include "moment_rows.h"

struct command_row {
	const char *container;
	const char *comm;
	double cpu_cores;
	double cpu_percent;
	double cpu_living_cores;
	double cpu_exited_cores;
};

#define ROW command_row
static const struct column columns[] = {
	COLUMN(container, UNIT_TEXT),
	COLUMN(comm, UNIT_TEXT),
	COLUMN(cpu_cores, UNIT_CORES),
	COLUMN(cpu_percent, UNIT_PERCENT),
	COLUMN(cpu_living_cores, UNIT_CORES),
	COLUMN(cpu_exited_cores, UNIT_CORES),
};
#undef ROW

static const struct table command_table = TABLE(columns);

static int add(const struct past_command *command, void *userdata)
{
	double cores = command->living_cores + command->exited_cores;
	const struct command_row row = {
		.container = command->container,
		.comm = command->comm,
		.cpu_cores = cores,
		.cpu_percent = 100 * cores / command->nr_cpus,
		.cpu_living_cores = command->living_cores,
		.cpu_exited_cores = command->exited_cores,
	};

	return moment_rows_add(userdata, &row);
}

static double known_cores(const struct command_row *row)
{
	return past_known_cores(row->cpu_living_cores, row->cpu_exited_cores);
}

/* Busiest first; those that are only known in part come last. */
static int compare(const void *a, const void *b)
{
	const struct command_row *x = a, *y = b;

	return past_order(x->cpu_cores, y->cpu_cores) ?:
	       past_order(known_cores(x), known_cores(y));
}

void commands_past_handle(const struct facts *facts,
			  const struct request *request, struct reply *reply)
{
	struct moment_rows rows = { &command_table, sizeof(struct command_row),
				    compare, true, NULL, 0 };
	struct past_moment moment;
	int64_t at_ms;
	int r;

	if (!moment_rows_read_at(request, reply, &at_ms))
		return;
	r = store_commands(facts->store, at_ms,
			   request_get(request, "container"), add, &rows,
			   &moment);
	moment_rows_answer(&rows, r, &moment, reply);
}
