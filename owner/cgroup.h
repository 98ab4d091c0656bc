/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The container of a cgroup or task: from its path, from what the engine
 * reports about that, and on hosts with cgroup v1 from the task's file in
 * procfs.
 */
#ifndef OWNER_CGROUP_H
#define OWNER_CGROUP_H

#include <string.h>

#include "base/names.h"
#include "contmon.h"

/**
 * struct cgroup - a cgroup and its owner
 * @id: inode number; for a container known only from cgroup v1 a number that no
 *	cgroup has, always the same for its id and user; else 0
 * @is_known: its owner is known; else all other members are empty
 * @path: NULL if it is gone, or its owner is known only from cgroup v1
 * @name: the engine's name of its container; NULL if unknown. May contain any
 *	bytes
 * @short_id: the first 12 digits of its container's id, if that has 64 digits
 *	or is a build step's, else the whole id; empty outside of containers
 * @title: what its container is shown as if it has no name, or is called
 *	CGROUP_HOST: its short id, after "build-" for a build step and "host-"
 *	for a container of that name; empty outside of containers
 * @user_id: who could make the cgroup of its container, as maker_of_cgroup()
 *	says, in v1 by the hierarchy that counts; 0: root, and outside of
 *	containers
 * @identity: its owner; @identity.path_length is 0 without @path
 */
struct cgroup {
	uint64_t id;
	bool is_known;
	const char *path;
	const char *name;
	char short_id[CONTMON_ID_MAX + 1];
	char title[sizeof("build-") + CONTMON_ID_MAX];
	int64_t user_id;
	struct contmon_identity identity;
};

/* The name of everything outside of containers */
#define CGROUP_HOST "host"

/** cgroup_is_host() - does a name mean everything outside containers? */
static inline bool cgroup_is_host(const char *name)
{
	return strcmp(name, CGROUP_HOST) == 0;
}

/** struct cgroups - cgroups that have been looked up; opaque */
struct cgroups;

/**
 * cgroups_new()
 * @names: the containers that the engine has reported; must outlive it
 *
 * Errors: -ENOENT no cgroup hierarchy is mounted, -ENOMEM. NULL is a valid
 * struct cgroups without any cgroup.
 */
int cgroups_new(const struct names *names, struct cgroups **ret);
void cgroups_free(struct cgroups *cgroups);

/** cgroups_paths() - paths of cgroup v2; NULL if that is not mounted */
struct contmon_paths *cgroups_paths(const struct cgroups *cgroups);

/** cgroups_get() - never NULL; valid until cgroups_keep() or cgroups_free() */
const struct cgroup *cgroups_get(struct cgroups *cgroups, uint64_t cgroup_id);

/**
 * cgroups_in_v1() - the container that a task is in by cgroup v1, or the host
 *
 * Reads the task's file in procfs, again at intervals, because tasks move early
 * in life, but not each time, however many tasks there are. NULL if that cannot
 * be read, or if cgroup v1 is not in use. Valid as long as results of
 * cgroups_get().
 */
const struct cgroup *cgroups_in_v1(struct cgroups *cgroups,
				   const struct contmon_task *task);

/**
 * cgroups_of_task() - the same, but never NULL, and cgroup v2 takes precedence
 */
const struct cgroup *cgroups_of_task(struct cgroups *cgroups,
				     const struct contmon_task *task);

/** cgroup_is_own() - is it the cgroup that the runtime made for a container? */
bool cgroup_is_own(const struct cgroup *cgroup);

/**
 * cgroups_rename() - the engine's information has changed: update all
 *
 * Returns -ENOMEM if some are still what they were: call it again.
 */
int cgroups_rename(struct cgroups *cgroups);

/** cgroups_has_name() - does any container have this name? */
bool cgroups_has_name(const struct cgroups *cgroups, const char *name);

/**
 * cgroups_learn() - keep a path from an event
 *
 * It is used when the cgroup is gone. Some thousands are kept.
 */
void cgroups_learn(struct cgroups *cgroups, uint64_t cgroup_id,
		   const char *path);

/**
 * cgroups_keep() - drop some that are gone; call it with each snapshot
 *
 * Of cgroup v1, those of tasks that were not asked for since the last call.
 */
void cgroups_keep(struct cgroups *cgroups, const struct contmon_cgroups *live);

#endif /* OWNER_CGROUP_H */
