// SPDX-License-Identifier: GPL-2.0-only
#include "sample.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/util.h"
#include "cgroup1_row.h"
#include "networks.h"

#define FILESYSTEMS_INTERVAL_NS (10 * NS_PER_SECOND)

/* Only the groups that the HTTP API needs, because each costs time. */
#define TASK_FIELDS (CONTMON_TASK_BASE | CONTMON_TASK_CRED | \
		     CONTMON_TASK_SCHED | CONTMON_TASK_CGROUP | \
		     CONTMON_TASK_MEM | CONTMON_TASK_CPU | \
		     CONTMON_TASK_FAULTS | CONTMON_TASK_IO | \
		     CONTMON_TASK_OOM_ADJ | CONTMON_TASK_OOM_SCORE)

/* Without the sums over tasks: see tally.h */
#define CONTAINER_FIELDS (CONTMON_CGROUP_BASE | CONTMON_CGROUP_MEMCG | \
			  CONTMON_CGROUP_PSI)
#define SYSTEM_FIELDS (CONTMON_SYSTEM_MEMORY | CONTMON_SYSTEM_CPU | \
		       CONTMON_SYSTEM_LOAD)

static int compare(const void *a, const void *b)
{
	const struct sample_container *x = a, *y = b;
	uint64_t x_id = x->scope->cgroup_id, y_id = y->scope->cgroup_id;

	return (x_id > y_id) - (x_id < y_id);
}

static int compare_id(const void *key, const void *element)
{
	const struct sample_container *container = element;
	uint64_t id = *(const uint64_t *)key;

	return (id > container->scope->cgroup_id) -
	       (id < container->scope->cgroup_id);
}

int32_t sample_find(const struct sample *sample, uint64_t cgroup_id)
{
	const struct sample_container *found;

	if (sample->nr_containers == 0)
		return -1;
	found = bsearch(&cgroup_id, sample->containers, sample->nr_containers,
			sizeof(*found), compare_id);
	return found ? (int32_t)(found - sample->containers) : -1;
}

/* The container that a task is in: an index, or one of the two constants */
static int32_t owner_of(const struct sample_source *source,
			const struct sample *sample,
			const struct contmon_task *task)
{
	struct scope *scope;
	int32_t index;

	if (scope_map_find_task(source->scopes, task, &scope) < 0)
		return SAMPLE_UNKNOWN;
	if (!scope)
		return SAMPLE_HOST;
	index = sample_find(sample, scope->cgroup_id);
	return index < 0 ? SAMPLE_UNKNOWN : index;
}

static struct sample_container *add_container(struct sample *sample,
					      struct scope *scope)
{
	struct sample_container *container =
		&sample->containers[sample->nr_containers++];

	container->scope = scope_ref(scope);
	container->tally.asked_pid = scope->directories.asked_pid;
	container->tally.asked_start_ns = scope->directories.asked_start_ns;
	return container;
}

/* Gathers the rows of containers' own cgroups, then containers of cgroup v1. */
static int gather_containers(struct sample_source *source,
			     struct sample *sample)
{
	const struct contmon_cgroups *cgroups = &sample->cgroups;
	size_t i, nr_v1 = scope_map_nr_v1(source->scopes);
	struct scope *scope;

	sample->containers = calloc(cgroups->nr + nr_v1 + 1,
				    sizeof(*sample->containers));
	if (!sample->containers)
		return -ENOMEM;
	for (i = 0; i < cgroups->nr; i++) {
		uint64_t id = cgroups->entries[i].cgroup_id;

		if (scope_map_find(source->scopes, id, &scope) == 0 && scope &&
		    scope->cgroup_id == id)
			add_container(sample, scope)->row = cgroups->entries[i];
	}
	for (i = 0; i < nr_v1; i++) {
		scope = scope_map_v1(source->scopes, i);
		add_container(sample, scope)->row.cgroup_id = scope->cgroup_id;
	}
	qsort(sample->containers, sample->nr_containers,
	      sizeof(*sample->containers), compare);
	return 0;
}

static int assign_tasks(const struct sample_source *source,
			struct sample *sample)
{
	size_t i;

	sample->owners = calloc(sample->tasks.nr + 1, sizeof(*sample->owners));
	if (!sample->owners)
		return -ENOMEM;
	for (i = 0; i < sample->tasks.nr; i++) {
		const struct contmon_task *task = &sample->tasks.entries[i];
		int32_t owner = owner_of(source, sample, task);

		if (owner >= 0)
			tally_add(&sample->containers[owner].tally, task);
		tally_add(&sample->tally, task);
		sample->owners[i] = owner;
	}
	return 0;
}

static void note_start(const struct sample *sample,
		       const struct sample_container *container)
{
	struct scope *scope = container->scope;
	uint64_t start_ns = container->tally.first_start_ns;
	int64_t age_ms = (int64_t)(sample->boottime_ns - start_ns) /
			 (int64_t)NS_PER_MS;

	if (scope->is_started || container->tally.processes == 0 ||
	    sample->hides_tasks)
		return;
	scope->is_started = true;
	scope->started_boottime_ns = start_ns;
	scope->started_ms = sample->t_ms - age_ms;
}

static void note_starts(const struct sample *sample)
{
	size_t i;

	for (i = 0; i < sample->nr_containers; i++)
		note_start(sample, &sample->containers[i]);
}

static void note_shortage(struct sample_source *source, int error)
{
	if (error == -EMFILE || error == -ENFILE)
		source->shortage = error;
}

static void read_container(struct sample_source *source, uint64_t boottime_ns,
			   struct sample_container *container)
{
	struct scope *scope = container->scope;
	int r;

	r = directories_follow(&scope->directories, source->device,
			       source->cgroup1, scope->id, &container->tally,
			       boottime_ns);
	note_shortage(source, r);
	r = cgroupfs_read(&scope->files, &container->row, &scope->directories,
			  &source->buffer, &container->stats);
	note_shortage(source, r);
	if (r != -ENODEV && r != -ESTALE)
		return;
	cgroupfs_close(&scope->files);
	directories_forget(&scope->directories);
}

static void read_files(struct sample_source *source, struct sample *sample)
{
	size_t i;

	source->shortage = 0;
	for (i = 0; i < sample->nr_containers; i++)
		read_container(source, sample->boottime_ns,
			       &sample->containers[i]);
}

static int read_settings(struct sample_source *source, struct sample *sample)
{
	size_t i;
	int r;

	for (i = 0; i < sample->nr_containers; i++) {
		struct sample_container *container = &sample->containers[i];
		struct scope *scope = container->scope;

		r = settings_read(&scope->settings, scope->cgroup_id,
				  &scope->directories, sample->boottime_ns);
		note_shortage(source, r);
		r = settings_copy(&scope->settings, &container->settings);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The files of limits stay open from one sample to the next. */
static int renew_limits(struct sample_source *source,
			const struct contmon_cgroups *cgroups)
{
	if (source->limits)
		return contmon_limits_update(source->limits, cgroups);
	return contmon_limits_new(cgroups_paths(source->cgroups), cgroups,
				  &source->limits);
}

static int read_limits(struct sample_source *source, struct sample *sample)
{
	struct contmon_paths *paths = cgroups_paths(source->cgroups);
	size_t i;
	int r;

	if (!paths)
		return 0;
	r = renew_limits(source, &sample->cgroups);
	for (i = 0; r == 0 && i < sample->nr_containers; i++) {
		struct sample_container *container = &sample->containers[i];

		if (!container->scope->cgroup)
			continue;
		r = limits_read(source->limits, paths,
				container->scope->cgroup_id,
				&container->limits);
	}
	note_shortage(source, r);
	return r == -ENOMEM ? r : 0;
}

/* v1's file has the kills that were counted until it was read. */
static void note_kills(const struct sample_container *container)
{
	if (!(container->stats.valid & CGROUP_STATS_OOM_KILLS))
		return;
	container->scope->sampled_boottime_ns =
		container->stats.read_boottime_ns;
	container->scope->oom_kills_since = 0;
}

/* What the sample has elsewhere of v2 */
static int add_v1(struct sample_source *source, struct sample *sample)
{
	size_t i;
	int r = 0;

	if (!source->cgroup1)
		return 0;
	for (i = 0; r != -ENOMEM && i < sample->nr_containers; i++) {
		struct sample_container *container = &sample->containers[i];

		note_kills(container);
		cgroup1_row(&container->stats, &container->settings,
			    &container->row);
		r = limits_add_v1(&container->settings,
				  &container->scope->directories,
				  &container->limits);
		note_shortage(source, r);
	}
	return r == -ENOMEM ? r : 0;
}

/* Those of v1 are found by a process, so tasks are assigned before. */
static int read_cgroups(struct sample_source *source, struct sample *sample)
{
	int r;

	read_files(source, sample);
	r = read_settings(source, sample);
	if (r == 0)
		r = read_limits(source, sample);
	return r < 0 ? r : add_v1(source, sample);
}

/*
 * Not read each time: they fill slowly, and a host with many containers has
 * many mounts.
 */
static void read_filesystems(struct sample_source *source,
			     struct sample *sample)
{
	if (sample->boottime_ns >= source->filesystems_due_ns) {
		filesystems_read(&source->filesystems);
		source->filesystems_due_ns = sample->boottime_ns +
					     FILESYSTEMS_INTERVAL_NS;
	}
	sample->filesystems = source->filesystems;
}

static void stamp(struct sample *sample)
{
	/* Rounded up, or else a tick could be dated a millisecond too early. */
	sample->t_ms = (int64_t)((clock_realtime_ns() + NS_PER_MS - 1) /
				 NS_PER_MS);
	sample->boottime_ns = clock_boottime_ns();
}

/*
 * Processes are read before cgroups: the cgroup of a process existed when the
 * process was read, so it is in the later snapshot unless it was removed.
 */
static int take_snapshots(struct sample_source *source, struct sample *sample)
{
	int r;

	r = contmon_snapshot_tasks(source->device, TASK_FIELDS, 0,
				   &sample->tasks);
	if (r < 0)
		return r;
	/* Without cgroup v2 there are no cgroups to read. */
	if (cgroups_paths(source->cgroups))
		r = contmon_snapshot_cgroups(source->device, CONTAINER_FIELDS,
					     0, &sample->cgroups);
	if (r < 0)
		return r;
	return contmon_get_system(source->device, SYSTEM_FIELDS, 0,
				  &sample->system);
}

/* Process 1 never ends, so if it is missing, procfs hides it. */
static bool hides_tasks(const struct sample_source *source,
			const struct contmon_tasks *tasks)
{
	return contmon_source(source->device) == CONTMON_SOURCE_PROCFS &&
	       (tasks->nr == 0 || tasks->entries[0].pid != 1);
}

static bool misses_emptied(const struct sample_source *source)
{
	struct contmon_get_info info;

	return contmon_get_info(source->device, &info) == 0 &&
	       (info.features & CONTMON_FEATURE_EVENTS) &&
	       !(info.features & CONTMON_FEATURE_POPULATED);
}

static int take(struct sample_source *source, struct sample *sample)
{
	int r;

	exits_read_accounts(source->exits, source->device);
	stamp(sample);
	/* Later events belong to the next sample. */
	events_read(source->events, sample->boottime_ns);
	r = take_snapshots(source, sample);
	if (r < 0)
		return r;
	sample->hides_tasks = hides_tasks(source, &sample->tasks);
	sample->hides_cgroups = !source->cgroups;
	sample->misses_emptied = misses_emptied(source);
	scope_map_sampled(source->scopes, &sample->cgroups);
	events_read_kills(source->events);
	cgroups_keep(source->cgroups, &sample->cgroups);
	r = scope_map_update(source->scopes, &sample->cgroups, &sample->tasks);
	if (r < 0)
		return r;
	runs_sampled(source->runs, &sample->cgroups, source->scopes);
	r = gather_containers(source, sample);
	if (r == 0)
		r = assign_tasks(source, sample);
	if (r < 0)
		return r;
	r = read_cgroups(source, sample);
	if (r < 0)
		return r;
	vmstat_read(&sample->vmstat);
	read_filesystems(source, sample);
	if (!events_see_exits(source->events))
		exits_lose(source->exits);
	exits_sampled(source->exits, source->device, source->scopes,
		      runs_missed(source->runs), sample);
	note_starts(sample);
	return networks_read(source, sample);
}

int sample_take(struct sample_source *source, struct sample *sample)
{
	int r;

	sample_clear(sample);
	r = take(source, sample);
	if (r < 0)
		sample_clear(sample);
	return r < 0 ? r : 0;
}

uint64_t sample_stale_ns(uint64_t interval_ms)
{
	const uint64_t three = 3 * interval_ms, least = 30000;

	return (three > least ? three : least) * NS_PER_MS;
}

void sample_clear(struct sample *sample)
{
	size_t i;

	for (i = 0; i < sample->nr_containers; i++) {
		scope_unref(sample->containers[i].scope);
		cgroup_stats_done(&sample->containers[i].stats);
		netdev_stats_done(&sample->containers[i].network);
		settings_done(&sample->containers[i].settings);
		limits_done(&sample->containers[i].limits);
	}
	netdev_stats_done(&sample->host_network);
	free(sample->containers);
	free(sample->owners);
	sample->containers = NULL;
	sample->owners = NULL;
	sample->nr_containers = 0;
	sample->tally = (struct tally){ 0 };
	sample->filesystems.nr = 0;
	sample->tasks.nr = 0;
	sample->cgroups.nr = 0;
	exit_list_clear(&sample->exits);
}

void sample_done(struct sample *sample)
{
	sample_clear(sample);
	contmon_tasks_done(&sample->tasks);
	contmon_cgroups_done(&sample->cgroups);
	exit_list_done(&sample->exits);
}
