// SPDX-License-Identifier: GPL-2.0-only
#include "sample.h"

#include <errno.h>

/* The groups that the columns of the processes' page need */
#define PROCESS_FIELDS							\
	(CONTMON_TASK_BASE | CONTMON_TASK_CRED | CONTMON_TASK_CGROUP |	\
	 CONTMON_TASK_MEM | CONTMON_TASK_CPU | CONTMON_TASK_IO |	\
	 CONTMON_TASK_OOM_SCORE)

/* Sums over processes need a walk, and only the containers' page shows them. */
static uint64_t cgroup_fields(enum top_page page)
{
	uint64_t sums = CONTMON_CGROUP_TASKS | CONTMON_CGROUP_EXITED;

	return CONTMON_CGROUP_ALL & ~(page == TOP_CONTAINERS ? 0 : sums);
}

int top_sample_read(struct contmon *c, enum top_page page,
		    struct top_sample *sample)
{
	int r;

	sample->page = page;
	sample->filled = true;
	r = contmon_get_system(c, CONTMON_SYSTEM_ALL, 0, &sample->system);
	if (r == 0)
		r = contmon_snapshot_cgroups(c, cgroup_fields(page), 0,
					     &sample->cgroups);
	/* Without cgroup v2 there are only processes. */
	if (r == -EOPNOTSUPP)
		r = 0;
	if (r == 0 && page == TOP_PROCESSES)
		r = contmon_snapshot_tasks(c, PROCESS_FIELDS, 0,
					   &sample->tasks);
	return r;
}

void top_sample_done(struct top_sample *sample)
{
	contmon_cgroups_done(&sample->cgroups);
	contmon_tasks_done(&sample->tasks);
}
