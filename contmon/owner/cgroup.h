/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_OWNER_CGROUP_H
#define CONTMON_OWNER_CGROUP_H

#include "contmon.h"

/**
 * struct cli_cgroup - what a cgroup's id tells people
 * @path: NULL if it has none (any more), or is known from cgroup v1 alone
 * @label: 12 digits of a container's 64-digit id, else its whole id; "-" for
 *	the host, "?" without a path
 * @name: what the engine calls its container; NULL if it has none or nobody
 *	tells. May hold any bytes
 * @identity: whose it is; of the host when @path is NULL
 */
struct cli_cgroup {
	const char *path;
	const char *name;
	char label[CONTMON_ID_MAX + 1];
	struct contmon_identity identity;
};

/** struct cli_cgroups - looks up each cgroup once; opaque */
struct cli_cgroups;

/* For people: its container's name, or the label */
const char *cli_cgroup_title(const struct cli_cgroup *cgroup);

/*
 * Errors: -ENOENT no cgroup is mounted, -ENOMEM. A NULL in the place of a
 * struct cli_cgroups knows no cgroup.
 */
int cli_cgroups_new(struct cli_cgroups **ret);
void cli_cgroups_free(struct cli_cgroups *cgroups);

/* Never NULL; valid until cli_cgroups_keep() or cli_cgroups_free() */
const struct cli_cgroup *cli_cgroups_get(struct cli_cgroups *cgroups,
					 uint64_t cgroup_id);

/*
 * The same of a task. Where there is cgroup v1 and v2 tells of no container, the
 * task's file in procfs is read: no other source knows.
 */
const struct cli_cgroup *cli_cgroups_of_task(struct cli_cgroups *cgroups,
					     const struct contmon_task *task);

/* Is it the one that the runtime made for a container, not one inside of it? */
bool cli_cgroup_is_own(const struct cli_cgroup *cgroup);

/*
 * Take what the engine has told since about names, for those who live longer
 * than a moment.
 */
void cli_cgroups_follow(struct cli_cgroups *cgroups);

/* Is any container called so? */
bool cli_cgroups_has_name(const struct cli_cgroups *cgroups, const char *name);

/*
 * Remember a path that somebody else has found, for when the cgroup is gone.
 * Some thousands are kept.
 */
void cli_cgroups_learn(struct cli_cgroups *cgroups, uint64_t cgroup_id,
		       const char *path);

/* Forget those that are gone, now and then: call it with each snapshot. */
void cli_cgroups_keep(struct cli_cgroups *cgroups,
		      const struct contmon_cgroups *live);

#endif /* CONTMON_OWNER_CGROUP_H */
