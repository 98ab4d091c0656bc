/* SPDX-License-Identifier: GPL-2.0-only */
/* Maps each cgroup of the host to the container that it belongs to */
#ifndef CONTMOND_COLLECT_SCOPE_H
#define CONTMOND_COLLECT_SCOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <contmon.h>

#include "cgroupfs.h"
#include "directories.h"
#include "netdev.h"
#include "settings.h"
#include "owner/cgroup.h"

/**
 * struct ended_account - ended processes of a container as of a sample
 * @is_known: there was such a sample
 * @tasks: number of processes in the driver's account
 * @runtime_ns: CPU time of their whole lives
 * @nr_behind: number that were reported but are not in the account yet
 * @late_ns: CPU time that ended processes used after they were reported and
 *	that no process was given yet; below 0 while the account is behind
 */
struct ended_account {
	bool is_known;
	uint64_t tasks;
	uint64_t runtime_ns;
	uint64_t nr_behind;
	int64_t late_ns;
};

/**
 * struct scope - one container: its own cgroup and its files
 * @references: the last one closes the files
 * @cgroup_id: of its own cgroup; for a container of cgroup v1, a number that no
 *	cgroup has
 * @cgroup: path of its own cgroup from the root of the hierarchy of v2; NULL if
 *	it is in hierarchies of cgroup v1 alone, which the driver does not read
 * @directories: that of this cgroup, and those of v1
 * @user_id: who could make its cgroup, as in struct cgroup
 * @title: the text shown for it without a name; may contain any bytes
 * @pod: NULL when it is in no pod
 * @is_started: a process of it has been seen; the next two members are set
 * @started_boottime_ns: when its oldest process began, which is the start of
 *	this run: a runtime creates a new cgroup for each run
 * @started_ms: the same by the wall clock at that time; not changed when the
 *	clock is set
 * @sampled_boottime_ns: when the last snapshot that contains it began
 * @oom_kills_since: processes in it that the OOM killer has ended since then,
 *	which that snapshot does not count
 * @ended: changed by exits_sampled()
 *
 * All members except these, the directories of v1, the files and the settings
 * are constant.
 */
struct scope {
	unsigned int references;
	uint64_t cgroup_id;
	enum contmon_runtime runtime;
	char *id;
	char *title;
	char *pod;
	char *cgroup;
	struct directories directories;
	int64_t user_id;
	bool is_started;
	uint64_t started_boottime_ns;
	int64_t started_ms;
	uint64_t sampled_boottime_ns;
	uint64_t oom_kills_since;
	struct ended_account ended;
	struct cgroupfs files;
	struct settings settings;
	struct netdev netdev;
};

/**
 * scope_new() - for a container's own cgroup; returns NULL if there is no
 * memory
 */
struct scope *scope_new(const struct cgroups *cgroups,
			const struct cgroup *cgroup);
struct scope *scope_ref(struct scope *scope);
void scope_unref(struct scope *scope);

/** struct scope_map - maps cgroup ids to scopes across samples; opaque */
struct scope_map;

/**
 * scope_map_new()
 * @cgroups: finds the owner of a cgroup; must outlive the map
 * @names: the containers that the engines have reported; must outlive the map
 */
int scope_map_new(struct cgroups *cgroups, const struct names *names,
		  struct scope_map **ret);
void scope_map_free(struct scope_map *map);

/**
 * scope_map_update() - add the containers of a sample, drop all others
 * @tasks: containers of cgroup v1 are known only from these. One that was
 *	started again since the last update is left out of this one
 *
 * A cgroup that was removed after the snapshot remains unknown. Returns 0 or
 * -ENOMEM.
 */
int scope_map_update(struct scope_map *map,
		     const struct contmon_cgroups *snapshot,
		     const struct contmon_tasks *tasks);

/**
 * scope_map_sampled() - a new snapshot includes the OOM kills in its cgroups
 *
 * Call this before scope_map_update(), which drops containers that are gone:
 * their last kills can be counted in between.
 */
void scope_map_sampled(const struct scope_map *map,
		       const struct contmon_cgroups *snapshot);

/**
 * scope_map_count_oom_kill() - a process was killed in a cgroup
 * @boottime_ns: when; not counted if the last snapshot includes it
 *
 * Counts it for the container of the cgroup, if that was in a snapshot. Returns
 * that container, or NULL; the map keeps its reference.
 */
struct scope *scope_map_count_oom_kill(struct scope_map *map,
				       uint64_t cgroup_id,
				       uint64_t boottime_ns);

/**
 * scope_map_find() - the container that a cgroup belongs to
 * @ret: the container, or NULL for the host; the map keeps its reference
 *
 * Returns -ENOENT for an unknown cgroup.
 */
int scope_map_find(const struct scope_map *map, uint64_t cgroup_id,
		   struct scope **ret);

/** scope_map_find_task() - the same for a task */
int scope_map_find_task(const struct scope_map *map,
			const struct contmon_task *task, struct scope **ret);

/** scope_map_nr_v1() - number of containers that are only in cgroup v1 */
size_t scope_map_nr_v1(const struct scope_map *map);

/** scope_map_v1() - the @i-th of these; the map keeps its reference */
struct scope *scope_map_v1(const struct scope_map *map, size_t i);

#endif /* CONTMOND_COLLECT_SCOPE_H */
