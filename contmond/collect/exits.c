// SPDX-License-Identifier: GPL-2.0-only
#include "exits.h"

#include <stdlib.h>
#include <string.h>

#include "exit_accounts.h"
#include "sample.h"

/**
 * struct known - a process, and what it had used in a sample
 * @has_ended: its exit was reported
 * @is_gone: the newest sample does not have it; its exit will be reported
 *	before the next one
 */
struct known {
	uint64_t start_boottime_ns;
	uint64_t runtime_ns;
	int32_t pid;
	bool has_ended;
	bool is_gone;
};

/** struct known_list - in ascending order of pid and start */
struct known_list {
	struct known *all;
	size_t nr;
	size_t allocated;
};

/**
 * @pending: reported since the last sample
 * @is_lost: some are missing, and may be of any container
 * @has_dropped: so are some, but the accounts tell whose they may be
 * @misses_runs: the driver dropped events of cgroups, too
 * @known: processes of the last sample; @spare: memory for the next one
 * @has_known: there was such a sample
 * @runs_missed: as of the last sample
 * @accounts: before the events up to a sample were read
 * @later: after the processes of the sample were read, if some were dropped
 */
struct exits {
	struct exit_list pending;
	bool is_lost;
	bool has_dropped;
	bool misses_runs;
	struct known_list known, spare;
	bool has_known;
	uint64_t runs_missed;
	struct contmon_cgroups accounts, later;
};

struct exits *exits_new(void)
{
	return calloc(1, sizeof(struct exits));
}

void exits_free(struct exits *exits)
{
	if (!exits)
		return;
	exit_list_done(&exits->pending);
	free(exits->known.all);
	free(exits->spare.all);
	contmon_cgroups_done(&exits->accounts);
	contmon_cgroups_done(&exits->later);
	free(exits);
}

/* Events */

void exits_happened(struct exits *exits, const struct contmon_event *event,
		    const struct run *run)
{
	struct exit exit = {
		.start_boottime_ns = event->start_boottime_ns,
		.cgroup_id = run ? run->scope->cgroup_id : event->cgroup_id,
		.runtime_ns = event->runtime_ns,
		.pid = event->pid,
		.is_in_run = run,
	};

	if (!exits)
		return;
	memcpy(exit.comm, event->comm, sizeof(exit.comm));
	exits->is_lost |= exit_list_add(&exits->pending, &exit) < 0;
}

void exits_drop(struct exits *exits)
{
	if (exits)
		exits->has_dropped = true;
}

void exits_miss_runs(struct exits *exits)
{
	if (exits)
		exits->misses_runs = true;
}

void exits_lose(struct exits *exits)
{
	if (exits)
		exits->is_lost = true;
}

static void read_accounts(struct contmon *device, struct contmon_cgroups *ret)
{
	if (contmon_snapshot_cgroups(device, CONTMON_CGROUP_EXITED, 0,
				     ret) < 0)
		ret->nr = 0;
}

void exits_read_accounts(struct exits *exits, struct contmon *device)
{
	if (exits)
		read_accounts(device, &exits->accounts);
}

/* Processes of the last sample */

static int compare(int32_t pid, uint64_t start_ns, const struct known *known)
{
	if (pid != known->pid)
		return pid < known->pid ? -1 : 1;
	return (start_ns > known->start_boottime_ns) -
	       (start_ns < known->start_boottime_ns);
}

static int compare_exit(const void *key, const void *element)
{
	const struct exit *exit = key;

	return compare(exit->pid, exit->start_boottime_ns, element);
}

static struct known *find_known(const struct exits *exits,
				const struct exit *exit)
{
	const struct known_list *known = &exits->known;

	return known->nr == 0 ? NULL :
	       bsearch(exit, known->all, known->nr, sizeof(*known->all),
		       compare_exit);
}

static int compare_pid(const void *key, const void *element)
{
	int32_t pid = *(const int32_t *)key;
	const struct contmon_task *task = element;

	return (pid > task->pid) - (pid < task->pid);
}

static bool is_sampled(const struct contmon_tasks *tasks,
		       const struct exit *exit)
{
	const struct contmon_task *task = tasks->nr == 0 ? NULL :
		bsearch(&exit->pid, tasks->entries, tasks->nr, sizeof(*task),
			compare_pid);

	return task && task->start_boottime_ns == exit->start_boottime_ns;
}

static int make_room(struct known_list *list, size_t nr)
{
	struct known *all;

	if (nr <= list->allocated)
		return 0;
	all = reallocarray(list->all, nr, sizeof(*all));
	if (!all)
		return -1;
	list->all = all;
	list->allocated = nr;
	return 0;
}

/*
 * A process may end after the events were read, and be gone before the sample
 * reaches it. Then no sample has it, and its exit is reported for the next one,
 * which must know what it had used before.
 */
static void keep(struct known_list *list, const struct known *known)
{
	if (known->has_ended || known->is_gone)
		return;
	list->all[list->nr] = *known;
	list->all[list->nr++].is_gone = true;
}

static void remember(struct exits *exits, const struct contmon_tasks *tasks)
{
	struct known_list old = exits->known, *new = &exits->spare;
	size_t i, j = 0;

	exits->has_known = make_room(new, old.nr + tasks->nr) == 0;
	if (!exits->has_known)
		return;
	new->nr = 0;
	for (i = 0; i < tasks->nr; i++) {
		const struct contmon_task *task = &tasks->entries[i];
		int order = -1;

		while (j < old.nr &&
		       (order = compare(task->pid, task->start_boottime_ns,
					&old.all[j])) > 0)
			keep(new, &old.all[j++]);
		if (j < old.nr && order == 0)
			j++;
		new->all[new->nr++] = (struct known){
			.pid = task->pid,
			.start_boottime_ns = task->start_boottime_ns,
			.runtime_ns = task->runtime_ns,
		};
	}
	while (j < old.nr)
		keep(new, &old.all[j++]);
	exits->known = *new;
	exits->spare = old;
}

/* Samples */

/*
 * If a cgroup is in no sample, is gone, and was that of a container, a run is
 * known. Otherwise it was the host's.
 */
static int32_t owner_of(const struct exit *exit, const struct scope_map *scopes,
			const struct sample *sample, bool *is_guess)
{
	int32_t owner = sample_find(sample, exit->cgroup_id);
	struct scope *scope;

	*is_guess = false;
	if (owner >= 0)
		return owner;
	if (exit->is_in_run)
		return SAMPLE_UNKNOWN;
	if (scope_map_find(scopes, exit->cgroup_id, &scope) < 0) {
		*is_guess = true;
		return SAMPLE_HOST;
	}
	if (!scope)
		return SAMPLE_HOST;
	owner = sample_find(sample, scope->cgroup_id);
	return owner < 0 ? SAMPLE_UNKNOWN : owner;
}

static void measure(struct exits *exits, const struct contmon_tasks *tasks,
		    struct exit *exit)
{
	struct known *known = find_known(exits, exit);
	uint64_t before_ns = known ? known->runtime_ns : 0;

	if (known)
		known->has_ended = true;
	if (is_sampled(tasks, exit) || exit->runtime_ns < before_ns)
		exit->gained_ns = 0;
	else
		exit->gained_ns = exit->runtime_ns - before_ns;
}

/*
 * A process of a container without a run looks like one of the host. A
 * container that was in the last sample has a run, and an account.
 */
static void lose_rest(struct sample *sample)
{
	size_t i;

	sample->exits.is_host_known = false;
	for (i = 0; i < sample->nr_containers; i++) {
		struct sample_container *container = &sample->containers[i];

		if (!container->scope->ended.is_known)
			container->lacks_exits = true;
	}
}

static void lose_group(struct sample *sample, const struct exit_group *group)
{
	int32_t owner = sample_find(sample, group->cgroup_id);

	if (group->cgroup_id == EXIT_GROUP_REST)
		lose_rest(sample);
	else if (owner >= 0)
		sample->containers[owner].lacks_exits = true;
}

/*
 * A process of a container that is only in cgroup v1 is in a cgroup of the
 * host.
 */
static void settle(struct exits *exits, const struct scope_map *scopes,
		   uint64_t runs_missed, struct sample *sample)
{
	struct exit_list *list = &sample->exits;
	bool is_guess, may_be_missed = exits->misses_runs ||
				       runs_missed != exits->runs_missed;
	size_t i;

	list->is_known = exits->has_known && !exits->is_lost;
	list->is_host_known = list->is_known && !exits->has_dropped &&
			      scope_map_nr_v1(scopes) == 0;
	for (i = 0; i < list->nr; i++) {
		struct exit *exit = &list->all[i];

		measure(exits, &sample->tasks, exit);
		exit->owner = owner_of(exit, scopes, sample, &is_guess);
		if (is_guess && (may_be_missed || exit->cgroup_id == 0))
			list->is_host_known = false;
	}
	for (i = 0; i < list->nr_groups; i++)
		if (list->groups[i].is_lost)
			lose_group(sample, &list->groups[i]);
	exits->runs_missed = runs_missed;
}

void exits_sampled(struct exits *exits, struct contmon *device,
		   const struct scope_map *scopes, uint64_t runs_missed,
		   struct sample *sample)
{
	struct exit_list *list = &sample->exits;
	struct exit_list empty = *list;

	if (!exits)
		return;
	*list = exits->pending;
	settle(exits, scopes, runs_missed, sample);
	if (exits->has_dropped)
		read_accounts(device, &exits->later);
	exit_accounts_compare(&exits->accounts,
			      exits->has_dropped ? &exits->later : NULL,
			      scopes, sample);
	remember(exits, &sample->tasks);
	exit_list_clear(&empty);
	exits->pending = empty;
	exits->is_lost = exits->has_dropped = exits->misses_runs = false;
}
