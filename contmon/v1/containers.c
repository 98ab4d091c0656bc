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

/* Rows of cgroup v1 begin at @first; each has a tally of its processes. */
struct v1 {
	struct cli_containers *containers;
	size_t first;
	struct tally *tallies;
	uint64_t sums;		/* bits of the sums that can be known */
};

/* Processes may also be in cgroups below the one that has the row. */
static bool is_in(const struct cgroup *owner, const struct cgroup *cgroup)
{
	size_t length = owner->identity.path_length;

	if (!owner->path || !cgroup->path)
		return owner->id == cgroup->id;
	return cgroup->identity.path_length == length &&
	       memcmp(cgroup->path, owner->path, length) == 0;
}

/* The index of the row of a process' container; without one, their number */
static size_t find_row(const struct cli_containers *containers, size_t first,
		       const struct cgroup *owner)
{
	size_t i = first;

	while (i < containers->nr &&
	       !is_in(owner, containers->v[i].row.cgroup))
		i++;
	return i;
}

static int add_row(struct v1 *v1, const struct cgroup *owner)
{
	struct cli_containers *containers = v1->containers;
	size_t nr = containers->nr - v1->first;
	struct cli_container *v = reallocarray(containers->v,
					       containers->nr + 1, sizeof(*v));
	struct tally *tallies;

	if (!v)
		return -ENOMEM;
	containers->v = v;
	tallies = reallocarray(v1->tallies, nr + 1, sizeof(*tallies));
	if (!tallies)
		return -ENOMEM;
	v1->tallies = tallies;
	tallies[nr] = (struct tally){ 0 };
	v[containers->nr++] = (struct cli_container){
		.row = { .id = owner->id, .cgroup = owner },
		.sums.valid = v1->sums,
	};
	return 0;
}

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

static int add_task(struct v1 *v1, const struct cgroup *owner,
		    const struct contmon_task *task)
{
	struct cli_containers *containers = v1->containers;
	size_t i = find_row(containers, v1->first, owner);
	int r = 0;

	if (i == containers->nr)
		r = add_row(v1, owner);
	if (r < 0)
		return r;
	add_sums(&containers->v[i].sums, task);
	tally_add(&v1->tallies[i - v1->first], task);
	return 0;
}

/* With hidepid, other processes of the same containers may be hidden. */
static uint64_t known_sums(const struct contmon_tasks *tasks)
{
	return tasks->nr > 0 && tasks->entries[0].pid == 1 ?
	       CONTMON_CGROUP_PART_COUNTS | CONTMON_CGROUP_PART_IO : 0;
}

static int find_rows(struct v1 *v1, struct cgroups *cgroups,
		     const struct contmon_tasks *tasks)
{
	size_t i;
	int r = 0;

	v1->sums = known_sums(tasks);
	for (i = 0; i < tasks->nr && r == 0; i++) {
		const struct cgroup *owner =
			cgroups_of_task(cgroups, &tasks->entries[i]);

		if (*owner->identity.id && !owner->path)
			r = add_task(v1, owner, &tasks->entries[i]);
	}
	return r;
}

int cli_containers_add_v1(struct cli_containers *containers,
			  struct cgroups *cgroups,
			  const struct contmon_tasks *tasks)
{
	struct v1 v1 = { .containers = containers, .first = containers->nr };
	size_t i;
	int r = find_rows(&v1, cgroups, tasks);

	for (i = v1.first; i < containers->nr && r == 0; i++)
		take_tally(&v1.tallies[i - v1.first], &containers->v[i].sums);
	free(v1.tallies);
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

static int read_numbers(struct cli_containers *containers,
			struct cli_container *row,
			const struct directories *directories)
{
	struct limits limits = { .now = row->limits };
	struct cgroupfs_buffer buffer = { 0 };
	struct cgroup_stats stats;
	struct settings settings;
	struct cgroupfs files;
	int r;

	cgroupfs_init(&files);
	settings_init(&settings);
	/* What cannot be read stays unknown. */
	cgroupfs_read(&files, &row->sums, directories, &buffer, &stats);
	settings_read(&settings, row->row.id, directories,
		      clock_boottime_ns());
	cgroup1_row(&stats, &settings, &row->sums);
	add_usage(&stats, row);
	limits_add_v1(&settings, directories, &limits);
	r = take_limits(containers, row, &limits);
	limits_done(&limits);
	settings_done(&settings);
	cgroup_stats_done(&stats);
	cgroupfs_close(&files);
	cgroupfs_buffer_done(&buffer);
	return r;
}

static int read_row(struct cli_containers *containers,
		    struct cli_container *row, struct contmon *c,
		    const struct contmon_cgroup1 *mounts,
		    const struct tally *tally)
{
	struct directories directories = { 0 };
	int r;

	directories_follow(&directories, c, mounts,
			   row->row.cgroup->identity.id, tally,
			   clock_boottime_ns());
	r = read_numbers(containers, row, &directories);
	directories_done(&directories);
	return r;
}

/* For each row the processes of its container; NULL without memory */
static struct tally *tally_rows(const struct cli_containers *containers,
				struct cgroups *cgroups,
				const struct contmon_tasks *tasks)
{
	struct tally *tallies = calloc(containers->nr + 1, sizeof(*tallies));
	size_t i, at;

	for (i = 0; i < tasks->nr && tallies; i++) {
		const struct contmon_task *task = &tasks->entries[i];
		const struct cgroup *owner = cgroups_of_task(cgroups, task);

		at = *owner->identity.id ? find_row(containers, 0, owner) :
					   containers->nr;
		if (at < containers->nr)
			tally_add(&tallies[at], task);
	}
	return tallies;
}

int cli_containers_read_v1(struct cli_containers *containers,
			   struct contmon *c, struct cgroups *cgroups,
			   const struct contmon_tasks *tasks)
{
	struct contmon_cgroup1 *mounts = NULL;
	struct tally *tallies;
	size_t i;
	int r = contmon_cgroup1_new(&mounts);

	/* Without mounts nothing is added. */
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	tallies = tally_rows(containers, cgroups, tasks);
	r = tallies ? 0 : -ENOMEM;
	for (i = 0; i < containers->nr && r == 0; i++)
		r = read_row(containers, &containers->v[i], c, mounts,
			     &tallies[i]);
	free(tallies);
	contmon_cgroup1_free(mounts);
	return r;
}
