// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Values that no file of a cgroup has: sums over its tasks, and its own CPU
 * time
 */
#include "proc_source.h"

#include <errno.h>
#include <stdlib.h>

static void count_state(struct contmon_cgroup *sums, uint32_t state)
{
	switch (state) {
	case 'R':
		sums->nr_running++;
		break;
	case 'S':
		sums->nr_sleeping++;
		break;
	case 'D':
		sums->nr_uninterruptible++;
		break;
	case 'T':
	case 't':
		sums->nr_stopped++;
		break;
	case 'Z':
	case 'X':
		sums->nr_zombie++;
		break;
	case 'I':
	case 'P':
		sums->nr_idle++;
		break;
	}
}

/* Members of a group that is off are zero, so adding them is harmless. */
void proc_add_task(struct contmon_cgroup *sums,
		   const struct contmon_task *task)
{
	sums->nr_tasks++;
	sums->nr_threads += task->nr_threads;
	count_state(sums, task->state);
	sums->vsz_sum_bytes += task->vsz_bytes;
	sums->rss_anon_sum_bytes += task->rss_anon_bytes;
	sums->rss_file_sum_bytes += task->rss_file_bytes;
	sums->rss_shmem_sum_bytes += task->rss_shmem_bytes;
	sums->swap_sum_bytes += task->swap_bytes;
	sums->pgtables_sum_bytes += task->pgtables_bytes;
	sums->utime_sum_ns += task->utime_ns;
	sums->stime_sum_ns += task->stime_ns;
	sums->runtime_sum_ns += task->runtime_ns;
	sums->minor_faults_sum += task->minor_faults;
	sums->major_faults_sum += task->major_faults;
}

static void add_io(struct contmon_cgroup *sums,
		   const struct contmon_task *task)
{
	if (!(task->valid & CONTMON_TASK_IO))
		sums->valid &= ~CONTMON_CGROUP_PART_IO;
	sums->read_chars_sum += task->read_chars;
	sums->write_chars_sum += task->write_chars;
	sums->read_syscalls_sum += task->read_syscalls;
	sums->write_syscalls_sum += task->write_syscalls;
	sums->read_bytes_sum += task->read_bytes;
	sums->write_bytes_sum += task->write_bytes;
	sums->cancelled_write_bytes_sum += task->cancelled_write_bytes;
}

/* A sum with an unknown part is unknown. */
static void clear_io(struct contmon_cgroup *sums)
{
	sums->read_chars_sum = 0;
	sums->write_chars_sum = 0;
	sums->read_syscalls_sum = 0;
	sums->write_syscalls_sum = 0;
	sums->read_bytes_sum = 0;
	sums->write_bytes_sum = 0;
	sums->cancelled_write_bytes_sum = 0;
}

/* A task whose cgroup is unknown, or has no row yet, is in no sum. */
static void add_tasks(const struct contmon_tasks *tasks,
		      struct contmon_cgroup **index, size_t nr)
{
	size_t i;

	for (i = 0; i < tasks->nr; i++) {
		const struct contmon_task *task = &tasks->entries[i];
		struct contmon_cgroup *row = NULL;

		if (task->valid & CONTMON_TASK_CGROUP)
			row = contmon_cgroups_find(index, nr,
						   task->cgroup_id);
		if (row) {
			proc_add_task(row, task);
			add_io(row, task);
		}
	}
}

int proc_sum_tasks(struct contmon *c, struct contmon_cgroups *rows)
{
	const struct contmon_query query = {
		.fields = CONTMON_TASK_CGROUP | CONTMON_TASK_MEM |
			  CONTMON_TASK_CPU | CONTMON_TASK_FAULTS |
			  CONTMON_TASK_IO,
	};
	struct contmon_cgroup **index = contmon_cgroups_index(rows);
	struct contmon_tasks tasks = { 0 };
	size_t i;
	int r;

	r = index ? proc_query_tasks(c, &query, &tasks) : -ENOMEM;
	if (r < 0 || !proc_sees_all(&tasks))
		goto out;
	for (i = 0; i < rows->nr; i++)
		rows->entries[i].valid |= CONTMON_CGROUP_PART_COUNTS |
					  CONTMON_CGROUP_PART_IO;
	add_tasks(&tasks, index, rows->nr);
	for (i = 0; i < rows->nr; i++)
		if (!(rows->entries[i].valid & CONTMON_CGROUP_PART_IO))
			clear_io(&rows->entries[i]);
out:
	contmon_tasks_done(&tasks);
	free(index);
	return r;
}

/*
 * Parents come first, so nothing has been subtracted from a row yet when it is
 * subtracted from its parent. The parent was read earlier, so the result is
 * kept from going below zero because of what its children ran since then.
 */
static void take_usage(struct contmon_cgroup *parent,
		       const struct contmon_cgroup *child)
{
	if (!(child->valid & CONTMON_CGROUP_CPU))
		parent->valid &= ~CONTMON_CGROUP_CPU;
	if ((parent->valid & CONTMON_CGROUP_CPU) &&
	    parent->cpu_usage_ns > child->cpu_usage_ns)
		parent->cpu_usage_ns -= child->cpu_usage_ns;
	else
		parent->cpu_usage_ns = 0;
}

int proc_split_usage(struct contmon_cgroups *rows)
{
	struct contmon_cgroup **index = contmon_cgroups_index(rows), *parent;
	size_t i;

	if (!index)
		return -ENOMEM;
	for (i = 1; i < rows->nr; i++) {
		parent = contmon_cgroups_find(index, rows->nr,
					      rows->entries[i].parent_id);
		if (parent)
			take_usage(parent, &rows->entries[i]);
	}
	free(index);
	return 0;
}
