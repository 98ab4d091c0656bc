// SPDX-License-Identifier: GPL-2.0-only
#include "commands.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "base/utf8.h"
#include "base/util.h"
#include "contmond/model/commands.h"
#include "contmond/model/title.h"
#include "range.h"

struct command_row {
	double t;
	const char *container;
	const char *container_id;
	const char *comm;
	double commands;
	double cpu_cores;
	double cpu_percent;
	double cpu_living_cores;
	double cpu_exited_cores;
	double processes;
	double processes_exited;
};

#define ROW command_row
static const struct column columns[] = {
	COLUMN(t, UNIT_TIME),
	COLUMN(container, UNIT_TEXT),
	COLUMN(container_id, UNIT_TEXT),
	COLUMN(comm, UNIT_TEXT),
	COLUMN(commands, UNIT_COUNT),
	COLUMN(cpu_cores, UNIT_CORES),
	COLUMN(cpu_percent, UNIT_PERCENT),
	COLUMN(cpu_living_cores, UNIT_CORES),
	COLUMN(cpu_exited_cores, UNIT_CORES),
	COLUMN(processes, UNIT_COUNT),
	COLUMN(processes_exited, UNIT_COUNT),
};
#undef ROW

static const struct table command_table = TABLE(columns);

static bool is_wanted(const struct model *model, const struct words *list,
		      const struct command *command)
{
	const char *title, *id;

	model_owner(model, command->owner, &title, &id);
	return title_in_list(list, title, id);
}

/* Busiest first, unknown last; equal ones stay in the order of containers */
static int compare(const void *a, const void *b)
{
	const struct command *x = *(const struct command *const *)a;
	const struct command *y = *(const struct command *const *)b;
	double x_cores = command_cores(x), y_cores = command_cores(y);

	if (isnan(x_cores) != isnan(y_cores))
		return isnan(x_cores) ? 1 : -1;
	if (x_cores < y_cores)
		return 1;
	if (x_cores > y_cores)
		return -1;
	return (x > y) - (x < y);
}

static void emit(const struct model *model, const struct command *command,
		 struct reply *reply)
{
	char comm[3 * EXIT_COMM_BYTES + 1] = COMMANDS_OTHER;
	struct command_row row = {
		.t = (double)model->sample->t_ms,
		.comm = comm,
		.commands = (double)command->nr_commands,
		.cpu_cores = command_cores(command),
		.cpu_living_cores = command->living_cores,
		.cpu_exited_cores = command->exited_cores,
		.processes = command->processes,
		.processes_exited = command->processes_exited,
	};

	if (command->nr_commands == 1)
		utf8_copy(comm, sizeof(comm), command->comm,
			  strnlen(command->comm, sizeof(command->comm)));
	row.cpu_percent = 100 * row.cpu_cores / model->system.nr_cpus;
	model_owner(model, command->owner, &row.container, &row.container_id);
	answer_add(reply, &command_table, NULL, &row);
}

static void answer(const struct model *model, const struct commands *commands,
		   const struct words *list, uint64_t limit,
		   struct reply *reply)
{
	_cleanup_free_ const struct command **chosen = NULL;
	size_t i, nr = 0;

	chosen = calloc(commands->nr + 1, sizeof(*chosen));
	if (!chosen) {
		reply_error(reply, 503, "out of memory");
		return;
	}
	for (i = 0; i < commands->nr; i++)
		if (is_wanted(model, list, &commands->all[i]))
			chosen[nr++] = &commands->all[i];
	qsort(chosen, nr, sizeof(*chosen), compare);
	answer_begin(reply);
	for (i = 0; i < nr && i < limit; i++)
		emit(model, chosen[i], reply);
	answer_end(reply, nr > limit);
}

void commands_handle(const struct facts *facts, const struct request *request,
		     struct reply *reply)
{
	_cleanup_words_ struct words list = { 0 };
	struct commands commands;
	uint64_t limit;

	if (!range_read_limit(request, reply, &limit))
		return;
	if (words_init(&list, request_get(request, "container")) < 0 ||
	    commands_make(facts->model, &commands) < 0) {
		reply_error(reply, 503, "out of memory");
		return;
	}
	answer(facts->model, &commands, &list, limit, reply);
	free(commands.all);
}
