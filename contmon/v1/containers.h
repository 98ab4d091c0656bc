/* SPDX-License-Identifier: GPL-2.0-only */
/* What cgroup v1 has of containers, read by the same code as in contmond */
#ifndef CONTMON_V1_CONTAINERS_H
#define CONTMON_V1_CONTAINERS_H

#include "contmon/rows/container.h"
#include "kept.h"

/* What these functions need of processes */
#define CLI_V1_FIELDS							\
	(CONTMON_TASK_CGROUP | CONTMON_TASK_MEM | CONTMON_TASK_CPU |	\
	 CONTMON_TASK_FAULTS | CONTMON_TASK_IO)

/*
 * Add a row for each container that is only in cgroup v1. The source has no
 * rows of these: they are found by their processes, and have the sums over
 * these.
 *
 * @tasks: all that the source shows
 *
 * Returns 0 or -ENOMEM.
 */
int cli_containers_add_v1(struct cli_containers *containers,
			  struct cgroups *cgroups,
			  const struct contmon_tasks *tasks);

/*
 * Add to each row the numbers and limits of controllers that are in cgroup v1.
 * Those that it has from v2 stay, so call cli_containers_limit() before. The
 * files are found by the container's oldest process.
 *
 * @c: where @tasks come from
 * @v1: from the last refresh, for the next one
 *
 * Returns 0 or -ENOMEM.
 */
int cli_containers_read_v1(struct cli_containers *containers,
			   struct contmon *c, struct cgroups *cgroups,
			   const struct contmon_tasks *tasks,
			   struct cli_v1 *v1);

#endif /* CONTMON_V1_CONTAINERS_H */
