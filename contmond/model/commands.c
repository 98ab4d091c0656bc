// SPDX-License-Identifier: GPL-2.0-only
#include "commands.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_SECOND 1e9

static_assert(sizeof(COMMANDS_OTHER) > EXIT_COMM_BYTES + 1, "like no process");

double command_cores(const struct command *command)
{
	return command->living_cores + command->exited_cores;
}

/* Processes */

/* Ends in a container that is only in cgroup v1 look like those of the host. */
bool commands_see_exits(const struct model *model, int32_t owner)
{
	const struct exit_list *exits = &model->sample->exits;

	if (owner == SAMPLE_UNKNOWN || model->interval_ns == 0)
		return false;
	if (owner == SAMPLE_HOST)
		return exits->is_host_known;
	return exits->is_known &&
	       !model->sample->containers[owner].lacks_exits &&
	       model->sample->containers[owner].scope->cgroup;
}

static struct command of_process(const struct model *model, size_t i)
{
	const struct sample *sample = model->sample;
	const struct contmon_task *task = &sample->tasks.entries[i];
	struct command command = {
		.owner = sample->owners[i],
		.nr_commands = 1,
		.processes = sample->hides_tasks ? (double)NAN : 1,
		.living_cores = sample->hides_tasks ? (double)NAN :
			model->process_cores[i],
	};

	memcpy(command.comm, task->comm, sizeof(command.comm));
	if (!commands_see_exits(model, command.owner))
		command.processes_exited = command.exited_cores = NAN;
	return command;
}

static struct command of_exit(const struct model *model,
			      const struct exit *exit)
{
	struct command command = {
		.owner = exit->owner,
		.nr_commands = 1,
		.processes_exited = 1,
		.exited_cores = (double)exit->gained_ns /
				(double)model->interval_ns,
	};

	memcpy(command.comm, exit->comm, sizeof(command.comm));
	return command;
}

static size_t gather(const struct model *model, struct command *all)
{
	const struct sample *sample = model->sample;
	size_t i, nr = 0;

	for (i = 0; i < sample->tasks.nr; i++)
		all[nr++] = of_process(model, i);
	for (i = 0; i < sample->exits.nr; i++)
		if (commands_see_exits(model, sample->exits.all[i].owner))
			all[nr++] = of_exit(model, &sample->exits.all[i]);
	return nr;
}

/* Returns NULL if there is no memory. */
static struct command *gather_all(const struct model *model, size_t *ret_nr)
{
	const struct sample *sample = model->sample;
	struct command *all = calloc(sample->tasks.nr + sample->exits.nr + 1,
				     sizeof(*all));

	if (all)
		*ret_nr = gather(model, all);
	return all;
}

/* Commands */

static int compare_owners(const struct command *x, const struct command *y)
{
	return (x->owner > y->owner) - (x->owner < y->owner);
}

static int by_name(const void *a, const void *b)
{
	const struct command *x = a, *y = b;

	return compare_owners(x, y) ?:
	       strncmp(x->comm, y->comm, sizeof(x->comm));
}

static void add(struct command *sum, const struct command *other)
{
	sum->processes += other->processes;
	sum->processes_exited += other->processes_exited;
	sum->living_cores += other->living_cores;
	sum->exited_cores += other->exited_cores;
}

/* Merges commands with the same name into one. Returns how many are left. */
static size_t merge_names(struct command *all, size_t nr)
{
	size_t i, kept = 0;

	for (i = 0; i < nr; i++) {
		if (kept > 0 && by_name(&all[kept - 1], &all[i]) == 0)
			add(&all[kept - 1], &all[i]);
		else
			all[kept++] = all[i];
	}
	return kept;
}

/* Without the driver only living processes are known. */
static double rank(const struct command *command)
{
	double cores = command_cores(command);

	return isnan(cores) ? command->living_cores : cores;
}

static int by_cores(const void *a, const void *b)
{
	const struct command *x = a, *y = b;
	double x_rank = rank(x), y_rank = rank(y);
	int owners = compare_owners(x, y);

	if (owners)
		return owners;
	if (isnan(x_rank) != isnan(y_rank))
		return isnan(x_rank) ? 1 : -1;
	if (x_rank != y_rank && !isnan(x_rank))
		return x_rank < y_rank ? 1 : -1;
	return by_name(x, y);
}

/* Adds up all but the busiest of each owner, if there are several. */
static size_t merge_rest(struct command *all, size_t nr)
{
	size_t i, rank_of_owner = 0, kept = 0;

	for (i = 0; i < nr; i++) {
		if (i > 0 && all[i].owner != all[i - 1].owner)
			rank_of_owner = 0;
		if (++rank_of_owner <= COMMANDS_MAX + 1) {
			all[kept++] = all[i];
			continue;
		}
		add(&all[kept - 1], &all[i]);
		all[kept - 1].nr_commands++;
	}
	return kept;
}

static size_t merge_and_sort(struct command *all, size_t nr)
{
	qsort(all, nr, sizeof(*all), by_name);
	nr = merge_names(all, nr);
	qsort(all, nr, sizeof(*all), by_cores);
	return nr;
}

int commands_make(const struct model *model, struct commands *ret)
{
	size_t nr;
	struct command *all = gather_all(model, &nr);

	if (!all)
		return -ENOMEM;
	ret->nr = merge_rest(all, merge_and_sort(all, nr));
	ret->all = all;
	return 0;
}

/* One that is unknown may be busy. */
static size_t drop_idle(struct command *all, size_t nr)
{
	size_t i, kept = 0;

	for (i = 0; i < nr; i++) {
		if (isnan(rank(&all[i])) || rank(&all[i]) > 0)
			all[kept++] = all[i];
	}
	return kept;
}

int commands_make_busy(const struct model *model, struct commands *ret)
{
	size_t nr;
	struct command *all = gather_all(model, &nr);

	if (!all)
		return -ENOMEM;
	ret->nr = merge_and_sort(all, drop_idle(all, nr));
	ret->all = all;
	return 0;
}
