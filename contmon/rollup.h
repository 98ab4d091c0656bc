/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_ROLLUP_H
#define CONTMON_ROLLUP_H

#include "cli.h"

/**
 * struct cli_owner - a row of `contmon containers`
 * @sums: of one cgroup, or of a container's own cgroup and those inside of it
 * @cgroup: whose path belongs to this row
 */
struct cli_owner {
	struct contmon_container sums;
	struct cli_cgroup cgroup;
};

struct cli_owners {
	struct cli_owner *v;
	size_t nr;
};

/*
 * One row for each container; what runs in cgroups inside of one is added to
 * the innermost container around it. With @every one row for each cgroup, as
 * the driver gave it. Returns 0 or -ENOMEM; free with cli_owners_done().
 */
int cli_roll_up(const struct contmon_containers *all,
		struct contmon_cgroups *cgroups, bool every,
		struct cli_owners *ret);

void cli_owners_done(struct cli_owners *owners);

#endif /* CONTMON_ROLLUP_H */
