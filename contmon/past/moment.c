// SPDX-License-Identifier: GPL-2.0-only
#include "contmond/store/past.h"
#include "moment.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Processes */

static int add_process(const struct past_process *from, void *userdata)
{
	struct cli_moment *moment = userdata;
	struct cli_past_process *all = reallocarray(moment->processes,
		moment->nr_processes + 1, sizeof(*all)), *added;

	if (!all)
		return -ENOMEM;
	moment->processes = all;
	added = &all[moment->nr_processes++];
	*added = (struct cli_past_process){
		.container = strdup(from->container),
		.comm = strdup(from->comm),
		.pid = from->pid,
		.start_ms = from->start_ms,
		.cpu_cores = from->cpu_cores,
		.rss_bytes = from->rss_bytes,
	};
	return added->container && added->comm ? 0 : -ENOMEM;
}

static int compare_processes(const void *a, const void *b)
{
	const struct cli_past_process *x = a, *y = b;

	return past_order(x->cpu_cores, y->cpu_cores) ?:
	       past_order(x->rss_bytes, y->rss_bytes) ?:
	       (x->pid > y->pid) - (x->pid < y->pid);
}

static void sort_processes(struct cli_moment *moment)
{
	size_t i;

	if (moment->nr_processes > 0)
		qsort(moment->processes, moment->nr_processes,
		      sizeof(*moment->processes), compare_processes);
	for (i = 0; i < moment->nr_processes; i++)
		moment->processes[i].row.id = i;
}

/* Commands */

static int add_command(const struct past_command *from, void *userdata)
{
	struct cli_moment *moment = userdata;
	struct cli_past_command *all = reallocarray(moment->commands,
		moment->nr_commands + 1, sizeof(*all)), *added;

	if (!all)
		return -ENOMEM;
	moment->commands = all;
	added = &all[moment->nr_commands++];
	*added = (struct cli_past_command){
		.container = strdup(from->container),
		.comm = strdup(from->comm),
		.living_cores = from->living_cores,
		.exited_cores = from->exited_cores,
	};
	return added->container && added->comm ? 0 : -ENOMEM;
}

static double known_cores(const struct cli_past_command *command)
{
	return past_known_cores(command->living_cores, command->exited_cores);
}

/* Those that are only known in part come last. */
static int compare_commands(const void *a, const void *b)
{
	const struct cli_past_command *x = a, *y = b;

	return past_order(x->living_cores + x->exited_cores,
			  y->living_cores + y->exited_cores) ?:
	       past_order(known_cores(x), known_cores(y));
}

static void sort_commands(struct cli_moment *moment)
{
	size_t i;

	if (moment->nr_commands > 0)
		qsort(moment->commands, moment->nr_commands,
		      sizeof(*moment->commands), compare_commands);
	for (i = 0; i < moment->nr_commands; i++)
		moment->commands[i].row.id = i;
}

static void forget_commands(struct cli_moment *moment)
{
	size_t i;

	for (i = 0; i < moment->nr_commands; i++) {
		free(moment->commands[i].container);
		free(moment->commands[i].comm);
	}
	free(moment->commands);
	moment->commands = NULL;
	moment->nr_commands = 0;
}

static int read_commands(struct store *store, const char *containers,
			 struct cli_moment *moment)
{
	struct past_moment found = { 0 };
	int r = store_commands(store, moment->t_ms, containers, add_command,
			       moment, &found);

	if (r < 0 && r != -ENOENT)
		return r;
	/* Where they are damaged, those of a coarser tier are found. */
	moment->commands_known = found.commands_known &&
				 found.t_ms == moment->t_ms &&
				 found.width_ms == moment->width_ms;
	if (moment->commands_known)
		sort_commands(moment);
	else
		forget_commands(moment);
	return 0;
}

/* The host */

static int read_host(struct store *store, const struct cli_past_range *range,
		     struct system_row *ret)
{
	const struct column *metrics[HISTORY_MAX_METRICS];
	struct history_query query = {
		.columns = metrics,
		.nr_columns = cli_past_metrics(&system_table, metrics),
		.is_system = true,
		.from_ms = range->from_ms,
		.to_ms = range->to_ms,
		.step_ms = range->step_ms,
		.max_rows = 1,
	};
	struct history history;
	size_t i;
	int r;

	for (i = 0; i < system_table.nr_columns; i++)
		*(double *)((char *)ret + system_table.columns[i].offset) =
			NAN;
	r = store_history(store, &query, &history);
	if (r < 0)
		return r;
	for (i = 0; history.nr > 0 && i < query.nr_columns; i++)
		*(double *)((char *)ret + metrics[i]->offset) =
			history.values[i];
	history_done(&history);
	return 0;
}

/* All of it */

int cli_moment_read(struct store *store, int64_t t_ms, const char *containers,
		    struct cli_moment *ret)
{
	struct cli_moment moment = { 0 };
	struct past_moment found;
	struct cli_past_range range = { .containers = containers,
					.max_rows = SIZE_MAX };
	int r = store_processes(store, t_ms, containers, add_process, &moment,
				&found);

	if (r == 0) {
		moment.t_ms = range.from_ms = range.to_ms = found.t_ms;
		moment.width_ms = found.width_ms;
		/* Exactly this sample, or this bucket */
		range.step_ms = found.width_ms ?: 1;
		sort_processes(&moment);
		r = read_commands(store, containers, &moment);
	}
	if (r == 0)
		r = cli_past_read(store, &range, &moment.containers);
	if (r == 0)
		r = read_host(store, &range, &moment.host);
	if (r < 0)
		cli_moment_done(&moment);
	else
		*ret = moment;
	return r;
}

void cli_moment_done(struct cli_moment *moment)
{
	size_t i;

	for (i = 0; i < moment->nr_processes; i++) {
		free(moment->processes[i].container);
		free(moment->processes[i].comm);
	}
	free(moment->processes);
	forget_commands(moment);
	cli_past_rows_done(&moment->containers);
	*moment = (struct cli_moment){ 0 };
}

const char *cli_moment_width(const struct cli_moment *moment,
			     char text[CLI_TEXT_MAX])
{
	int64_t seconds = moment->width_ms / 1000;

	if (seconds == 0)
		return "one sample";
	if (seconds < 60)
		snprintf(text, CLI_TEXT_MAX, "%d s", (int)seconds);
	else if (seconds < 3600)
		snprintf(text, CLI_TEXT_MAX, "%d min", (int)(seconds / 60));
	else
		snprintf(text, CLI_TEXT_MAX, "%d h", (int)(seconds / 3600));
	return text;
}
