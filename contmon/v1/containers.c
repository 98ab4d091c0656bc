// SPDX-License-Identifier: GPL-2.0-only
#include "containers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/util.h"
#include "contmond/collect/cgroup1_row.h"
#include "contmond/collect/cgroupfs.h"
#include "contmond/collect/limits.h"

/* A process of a container that is only in cgroup v1 */
struct member {
	const struct cgroup *owner;
	const struct contmon_task *task;
};

/* Members of a group that is off are zero, so adding them is harmless. */
static void add_sums(struct contmon_cgroup *sums,
		     const struct contmon_task *task)
{
	sums->rss_anon_sum_bytes += task->rss_anon_bytes;
	sums->rss_file_sum_bytes += task->rss_file_bytes;
	sums->rss_shmem_sum_bytes += task->rss_shmem_bytes;
	sums->swap_sum_bytes += task->swap_bytes;
	sums->pgtables_sum_bytes += task->pgtables_bytes;
	sums->utime_sum_ns += task->utime_ns;
	sums->stime_sum_ns += task->stime_ns;
	sums->runtime_sum_ns += task->runtime_ns;
	sums->read_chars_sum += task->read_chars;
	sums->write_chars_sum += task->write_chars;
	sums->read_syscalls_sum += task->read_syscalls;
	sums->write_syscalls_sum += task->write_syscalls;
	sums->read_bytes_sum += task->read_bytes;
	sums->write_bytes_sum += task->write_bytes;
	sums->cancelled_write_bytes_sum += task->cancelled_write_bytes;
	if (!(task->valid & CONTMON_TASK_IO))
		sums->valid &= ~(uint64_t)CONTMON_CGROUP_PART_IO;
}

static void take_tally(const struct tally *tally, struct contmon_cgroup *sums)
{
	sums->nr_tasks = (uint32_t)tally->processes;
	sums->nr_threads = (uint32_t)tally->threads;
	sums->nr_running = (uint32_t)tally->running;
	sums->nr_sleeping = (uint32_t)tally->sleeping;
	sums->nr_uninterruptible = (uint32_t)tally->uninterruptible;
	sums->nr_stopped = (uint32_t)tally->stopped;
	sums->nr_zombie = (uint32_t)tally->zombie;
	sums->nr_idle = (uint32_t)tally->idle;
	sums->vsz_sum_bytes = tally->vsz_bytes;
	sums->minor_faults_sum = tally->minor_faults;
	sums->major_faults_sum = tally->major_faults;
}

/* The array has room. */
static void add_row(struct cli_containers *containers,
		    const struct member *members, size_t nr, uint64_t sums)
{
	struct cli_container *row = &containers->v[containers->nr++];
	const struct cgroup *owner = members[0].owner;
	struct tally tally = { 0 };
	size_t i;

	*row = (struct cli_container){
		.row = { .id = owner->id, .cgroup = owner },
		.sums.valid = sums,
	};
	for (i = 0; i < nr; i++) {
		add_sums(&row->sums, members[i].task);
		tally_add(&tally, members[i].task);
	}
	take_tally(&tally, &row->sums);
}

/* With hidepid, other processes of the same containers may be hidden. */
static uint64_t known_sums(const struct contmon_tasks *tasks)
{
	return tasks->nr > 0 && tasks->entries[0].pid == 1 ?
	       CONTMON_CGROUP_PART_COUNTS | CONTMON_CGROUP_PART_IO : 0;
}

static int compare_members(const void *a, const void *b)
{
	uint64_t x = ((const struct member *)a)->owner->id;
	uint64_t y = ((const struct member *)b)->owner->id;

	return (x > y) - (x < y);
}

/* Returns the number of members, by container. */
static size_t find_members(struct cgroups *cgroups,
			   const struct contmon_tasks *tasks,
			   struct member *members)
{
	size_t i, nr = 0;

	for (i = 0; i < tasks->nr; i++) {
		const struct contmon_task *task = &tasks->entries[i];
		const struct cgroup *owner = cgroups_of_task(cgroups, task);

		if (*owner->identity.id && !owner->path)
			members[nr++] = (struct member){ owner, task };
	}
	qsort(members, nr, sizeof(*members), compare_members);
	return nr;
}

/* Finds the first member of the next container. */
static size_t next_container(const struct member *members, size_t nr, size_t i)
{
	uint64_t id = members[i].owner->id;

	while (i < nr && members[i].owner->id == id)
		i++;
	return i;
}

static int add_rows(struct cli_containers *containers,
		    const struct member *members, size_t nr, uint64_t sums)
{
	struct cli_container *v;
	size_t i, next, nr_rows = 0;

	for (i = 0; i < nr; i = next_container(members, nr, i))
		nr_rows++;
	if (nr_rows == 0)
		return 0;
	v = reallocarray(containers->v, containers->nr + nr_rows, sizeof(*v));
	if (!v)
		return -ENOMEM;
	containers->v = v;
	for (i = 0; i < nr; i = next) {
		next = next_container(members, nr, i);
		add_row(containers, &members[i], next - i, sums);
	}
	return 0;
}

int cli_containers_add_v1(struct cli_containers *containers,
			  struct cgroups *cgroups,
			  const struct contmon_tasks *tasks)
{
	struct member *members = calloc(tasks->nr + 1, sizeof(*members));
	size_t nr;
	int r;

	if (!members)
		return -ENOMEM;
	nr = find_members(cgroups, tasks, members);
	r = add_rows(containers, members, nr, known_sums(tasks));
	free(members);
	return r;
}

/* Takes the paths of @limits, and leaves what needs no memory. */
static int take_limits(struct cli_containers *containers,
		       struct cli_container *row, struct limits *limits)
{
	char **texts = reallocarray(containers->texts,
				    containers->nr_texts + 2, sizeof(*texts));

	if (!texts)
		return -ENOMEM;
	containers->texts = texts;
	row->limits = limits->now;
	if (limits->memory_owner)
		row->memory_limit_owner = limits->memory_owner;
	if (limits->cpu_owner)
		row->cpu_limit_owner = limits->cpu_owner;
	texts[containers->nr_texts++] = limits->memory_owner;
	texts[containers->nr_texts++] = limits->cpu_owner;
	limits->memory_owner = limits->cpu_owner = NULL;
	return 0;
}

/* v2 has it without a controller. */
static void add_usage(const struct cgroup_stats *stats,
		      struct cli_container *row)
{
	if (!(stats->valid & CGROUP_STATS_CPU) ||
	    row->sums.valid & CONTMON_CGROUP_CPU)
		return;
	row->sums.cpu_usage_ns = stats->cpu_usec * 1000;
	row->sums.valid |= CONTMON_CGROUP_CPU;
	row->taken_boottime_ns = stats->read_boottime_ns;
}

/* What cannot be read stays unknown. */
static void read_files(struct cli_v1 *v1, struct cli_v1_files *files,
		       struct cli_container *row)
{
	struct cgroup_stats stats;
	int r = cgroupfs_read(&files->files, &row->sums, &files->directories,
			      &v1->buffer, &stats);

	if (r == -ESTALE)
		cli_v1_start_again(files);
	else
		settings_read(&files->settings, row->row.id,
			      &files->directories, clock_boottime_ns());
	cgroup1_row(&stats, &files->settings, &row->sums);
	add_usage(&stats, row);
	cgroup_stats_done(&stats);
}

static int read_row(struct cli_containers *containers,
		    struct cli_container *row, struct contmon *c,
		    struct cli_v1 *v1, const struct tally *tally)
{
	struct cli_v1_files *files = cli_v1_files(v1, row->row.id);
	struct limits limits = { .now = row->limits };
	int r;

	if (!files)
		return -ENOMEM;
	directories_follow(&files->directories, c, v1->mounts,
			   row->row.cgroup->identity.id, tally,
			   clock_boottime_ns());
	read_files(v1, files, row);
	limits_add_v1(&files->settings, &files->directories, &limits);
	r = take_limits(containers, row, &limits);
	limits_done(&limits);
	return r;
}

/* A row's container, and where the row is */
struct place {
	const struct cgroup *cgroup;
	size_t row;
};

/*
 * By container: processes may also be in cgroups below the one that has the
 * row. Those that are only in cgroup v1 come first.
 */
static int compare_containers(const struct cgroup *x, const struct cgroup *y)
{
	size_t x_length = x->identity.path_length;
	size_t y_length = y->identity.path_length;

	if (!x->path != !y->path)
		return x->path ? 1 : -1;
	if (!x->path)
		return (x->id > y->id) - (x->id < y->id);
	if (x_length != y_length)
		return x_length > y_length ? 1 : -1;
	return memcmp(x->path, y->path, x_length);
}

static int compare_places(const void *a, const void *b)
{
	return compare_containers(((const struct place *)a)->cgroup,
				  ((const struct place *)b)->cgroup);
}

static struct place *sort_places(const struct cli_containers *containers)
{
	struct place *places = calloc(containers->nr + 1, sizeof(*places));
	size_t i;

	if (!places)
		return NULL;
	for (i = 0; i < containers->nr; i++)
		places[i] = (struct place){ containers->v[i].row.cgroup, i };
	qsort(places, containers->nr, sizeof(*places), compare_places);
	return places;
}

static void tally_tasks(const struct place *places, size_t nr,
			struct cgroups *cgroups,
			const struct contmon_tasks *tasks,
			struct tally *tallies)
{
	const struct place *place;
	struct place key = { 0 };
	size_t i;

	for (i = 0; i < tasks->nr; i++) {
		key.cgroup = cgroups_of_task(cgroups, &tasks->entries[i]);
		place = *key.cgroup->identity.id ?
			bsearch(&key, places, nr, sizeof(key),
				compare_places) : NULL;
		if (place)
			tally_add(&tallies[place->row], &tasks->entries[i]);
	}
}

/* For each row the processes of its container; NULL without memory */
static struct tally *tally_rows(const struct cli_containers *containers,
				struct cgroups *cgroups,
				const struct contmon_tasks *tasks)
{
	struct tally *tallies = calloc(containers->nr + 1, sizeof(*tallies));
	struct place *places = sort_places(containers);

	if (tallies && places) {
		tally_tasks(places, containers->nr, cgroups, tasks, tallies);
	} else {
		free(tallies);
		tallies = NULL;
	}
	free(places);
	return tallies;
}

int cli_containers_read_v1(struct cli_containers *containers,
			   struct contmon *c, struct cgroups *cgroups,
			   const struct contmon_tasks *tasks,
			   struct cli_v1 *v1)
{
	struct tally *tallies;
	size_t i;
	int r = cli_v1_begin(v1);

	/* Without mounts nothing is added. */
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	tallies = tally_rows(containers, cgroups, tasks);
	r = tallies ? 0 : -ENOMEM;
	for (i = 0; i < containers->nr && r == 0; i++)
		r = read_row(containers, &containers->v[i], c, v1,
			     &tallies[i]);
	free(tallies);
	cli_v1_end(v1);
	return r;
}
