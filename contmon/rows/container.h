/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_ROWS_CONTAINER_H
#define CONTMON_ROWS_CONTAINER_H

#include "contmon/table/row.h"

/**
 * struct cli_container - a row of `contmon containers`
 * @row: its id is the cgroup's, its parent the innermost cgroup around it that
 *	has a row; the path of its cgroup belongs to this row
 * @sums: of one cgroup, or of a container's own cgroup and those below it
 * @taken_boottime_ns: when these were read, for rates; 0 if its files were not
 * @limits: the limits of the cgroup
 * @memory_limit_owner, @cpu_limit_owner: paths of the cgroups that set the
 *	effective ones; NULL without
 */
struct cli_container {
	struct cli_row row;	/* first member */
	struct contmon_cgroup sums;
	uint64_t taken_boottime_ns;
	struct contmon_cgroup_limits limits;
	const char *memory_limit_owner;
	const char *cpu_limit_owner;
};

/**
 * struct cli_containers - owns its memory; zero-initialise it
 * @texts: texts of rows that no cgroup owns; some may be NULL
 */
struct cli_containers {
	struct cli_container *v;
	size_t nr;
	char **texts;
	size_t nr_texts;
};

/*
 * One row for each container; tasks in cgroups inside it are added to the
 * innermost container around them. With @every, one row for each cgroup, as
 * read from the driver. Returns 0 or -ENOMEM; free with cli_containers_done().
 */
int cli_roll_up(const struct contmon_cgroups *all,
		struct cgroups *cgroups, bool every,
		struct cli_containers *ret);

/* Read the limits of all rows from the files of their cgroups. */
void cli_containers_limit(struct cli_containers *containers,
			  const struct contmon_cgroups *all,
			  struct cgroups *cgroups);

void cli_containers_done(struct cli_containers *containers);

#endif /* CONTMON_ROWS_CONTAINER_H */
