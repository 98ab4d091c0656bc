// SPDX-License-Identifier: GPL-2.0-only
#include "contmon/v1/containers.h"
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

static int read_tasks(struct contmon *c, struct top_sample *sample)
{
	uint64_t fields = sample->page == TOP_PROCESSES ? PROCESS_FIELDS :
							  CLI_V1_FIELDS;

	if (sample->page != TOP_PROCESSES && !sample->has_cgroup1)
		return 0;
	return contmon_snapshot_tasks(c, fields, 0, &sample->tasks);
}

int top_sample_read(struct contmon *c, enum top_page page,
		    struct top_sample *sample)
{
	int r;

	sample->page = page;
	sample->filled = true;
	sample->has_cgroup1 = contmon_has_cgroup1() == 1;
	r = contmon_get_system(c, CONTMON_SYSTEM_ALL, 0, &sample->system);
	if (r == 0)
		r = contmon_snapshot_cgroups(c, cgroup_fields(page), 0,
					     &sample->cgroups);
	/* Without cgroup v2, containers are found by their processes. */
	if (r == -EOPNOTSUPP)
		r = 0;
	return r < 0 ? r : read_tasks(c, sample);
}

void top_sample_done(struct top_sample *sample)
{
	contmon_cgroups_done(&sample->cgroups);
	contmon_tasks_done(&sample->tasks);
}
