/* SPDX-License-Identifier: GPL-2.0-only */
/* The containers that tasks are in by cgroup v1 */
#ifndef OWNER_CGROUP_V1_H
#define OWNER_CGROUP_V1_H

#include "cgroup.h"

/** struct cgroups_v1 - tasks that have been looked up; opaque */
struct cgroups_v1;

/**
 * cgroups_v1_new() - for a host on which cgroup v1 is in use
 * @names: must outlive it
 *
 * Returns 0 or -ENOMEM.
 */
int cgroups_v1_new(const struct names *names, struct cgroups_v1 **ret);
void cgroups_v1_free(struct cgroups_v1 *v1);

/**
 * cgroups_v1_of_task() - what cgroups_in_v1() returns
 *
 * Valid until cgroups_v1_keep() or cgroups_v1_free().
 */
const struct cgroup *cgroups_v1_of_task(struct cgroups_v1 *v1,
					const struct contmon_task *task);

/** cgroups_v1_rename() - the engine's information has changed */
void cgroups_v1_rename(struct cgroups_v1 *v1);

/** cgroups_v1_keep() - drop what was not asked for since the last call */
void cgroups_v1_keep(struct cgroups_v1 *v1);

#endif /* OWNER_CGROUP_V1_H */
