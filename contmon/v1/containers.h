/* SPDX-License-Identifier: GPL-2.0-only */
/* Containers of cgroup v1, read by the same code as in contmond */
#ifndef CONTMON_V1_CONTAINERS_H
#define CONTMON_V1_CONTAINERS_H

#include "contmon/rows/container.h"

/*
 * Add a row for each container that is only in cgroup v1. The source has no
 * rows of these: they are found by their processes, and their numbers are in
 * the files of v1's controllers. Without cgroup v1 nothing is added.
 *
 * @flags: CONTMON_EXACT_RSS or 0
 *
 * Returns 0, or an error of contmon_snapshot_tasks() or -ENOMEM.
 */
int cli_containers_add_v1(struct cli_containers *containers,
			  struct contmon *c, struct cgroups *cgroups,
			  uint32_t flags);

#endif /* CONTMON_V1_CONTAINERS_H */
