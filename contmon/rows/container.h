/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_ROWS_CONTAINER_H
#define CONTMON_ROWS_CONTAINER_H

#include "contmon/table/row.h"

/**
 * struct cli_container - a row of `contmon containers`
 * @row: its id is the cgroup's, its parent the one around it that has a row;
 *	the path of its cgroup belongs to this row
 * @sums: of one cgroup, or of a container's own cgroup and those inside of it
 * @limits: what bounds the cgroup, and whose the effective limits are
 */
struct cli_container {
	struct cli_row row;	/* first */
	struct contmon_cgroup sums;
	struct contmon_cgroup_limits limits;
	const struct cgroup *memory_limit_owner;
	const struct cgroup *cpu_limit_owner;
};

/** struct cli_containers - owns its memory; zero-initialise it */
struct cli_containers {
	struct cli_container *v;
	size_t nr;
};

/*
 * One row for each container; what runs in cgroups inside of one is added to
 * the innermost container around it. With @every one row for each cgroup, as
 * the driver gave it. Returns 0 or -ENOMEM; free with cli_containers_done().
 */
int cli_roll_up(const struct contmon_cgroups *all,
		struct cgroups *cgroups, bool every,
		struct cli_containers *ret);

/* Find the limits of all rows; files of their cgroups are read. */
void cli_containers_limit(struct cli_containers *containers,
			  const struct contmon_cgroups *all,
			  struct cgroups *cgroups);

void cli_containers_done(struct cli_containers *containers);

#endif /* CONTMON_ROWS_CONTAINER_H */
