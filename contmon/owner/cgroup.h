/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_OWNER_CGROUP_H
#define CONTMON_OWNER_CGROUP_H

#include "contmon.h"

/**
 * struct cli_cgroup - a cgroup and its owner
 * @path: NULL if it is gone, or is known from cgroup v1 alone
 * @name: what the engine calls its container; NULL if unknown. May hold any
 *	bytes
 * @short_id: 12 digits of its container's 64-digit id or a build step's, else
 *	the whole id; empty outside of containers
 * @title: what its container is shown as without a name; empty as well
 * @identity: its owner; of the host when @path is NULL
 */
struct cli_cgroup {
	const char *path;
	const char *name;
	char short_id[CONTMON_ID_MAX + 1];
	char title[CONTMON_ID_MAX + 1];
	struct contmon_identity identity;
};

/** struct cli_cgroups - cgroups that have been looked up; opaque */
struct cli_cgroups;

/* Is its owner known? */
bool cli_cgroup_is_known(const struct cli_cgroup *cgroup);

/* For people: its container's name, else its title; "host"; NULL: unknown */
const char *cli_cgroup_title(const struct cli_cgroup *cgroup);

/*
 * Errors: -ENOENT no cgroup hierarchy is mounted, -ENOMEM. NULL is a valid
 * struct cli_cgroups that knows no cgroup.
 */
int cli_cgroups_new(struct cli_cgroups **ret);
void cli_cgroups_free(struct cli_cgroups *cgroups);

/* Never NULL; valid until cli_cgroups_keep() or cli_cgroups_free() */
const struct cli_cgroup *cli_cgroups_get(struct cli_cgroups *cgroups,
					 uint64_t cgroup_id);

/*
 * The same of a task. If cgroup v1 is in use and cgroup v2 names no container,
 * the task's file in procfs is read, the only source for cgroup v1.
 */
const struct cli_cgroup *cli_cgroups_of_task(struct cli_cgroups *cgroups,
					     const struct contmon_task *task);

/* Did the runtime make it for a container? Not so of cgroups inside of it. */
bool cli_cgroup_is_own(const struct cli_cgroup *cgroup);

/* Take the names that the engine has reported since. */
void cli_cgroups_follow(struct cli_cgroups *cgroups);

/*
 * What finds the limits of cgroups of a snapshot, see contmon_limits_new();
 * NULL if they cannot be known. Free it with contmon_limits_free().
 */
struct contmon_limits *cli_cgroups_limits(const struct cli_cgroups *cgroups,
					  const struct contmon_cgroups *all);

/* Is any container called @name? */
bool cli_cgroups_has_name(const struct cli_cgroups *cgroups, const char *name);

/*
 * Remember a path that an event brought, for when the cgroup is gone. Some
 * thousands are kept.
 */
void cli_cgroups_learn(struct cli_cgroups *cgroups, uint64_t cgroup_id,
		       const char *path);

/* Forget some of those that are gone; call it with each snapshot. */
void cli_cgroups_keep(struct cli_cgroups *cgroups,
		      const struct contmon_cgroups *live);

#endif /* CONTMON_OWNER_CGROUP_H */
