/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_CGROUP_H
#define CONTMON_CGROUP_H

#include "contmon.h"

/**
 * struct cli_cgroup - what a cgroup's id tells people
 * @path: NULL if it has none (any more)
 * @label: 12 digits of a container's 64-digit id, else its whole id; "-" for
 *	the host, "?" without a path
 * @identity: whose it is; of the host when @path is NULL
 */
struct cli_cgroup {
	const char *path;
	char label[CONTMON_ID_MAX + 1];
	struct contmon_identity identity;
};

/** struct cli_cgroups - looks up each cgroup once; opaque */
struct cli_cgroups;

/*
 * Errors: -ENOENT no cgroup v2 is mounted, -ENOMEM. A NULL in the place of a
 * struct cli_cgroups knows no cgroup.
 */
int cli_cgroups_new(struct cli_cgroups **ret);
void cli_cgroups_free(struct cli_cgroups *cgroups);

/* Never NULL; valid until cli_cgroups_keep() or cli_cgroups_free() */
const struct cli_cgroup *cli_cgroups_get(struct cli_cgroups *cgroups,
					 uint64_t cgroup_id);

/*
 * Remember a path that somebody else has found, for when the cgroup is gone.
 * Some thousands are kept.
 */
void cli_cgroups_learn(struct cli_cgroups *cgroups, uint64_t cgroup_id,
		       const char *path);

/* Forget those that are gone, now and then: call it with each snapshot. */
void cli_cgroups_keep(struct cli_cgroups *cgroups,
		      const struct contmon_containers *live);

#endif /* CONTMON_CGROUP_H */
