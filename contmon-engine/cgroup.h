/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_ENGINE_CGROUP_H
#define CONTMON_ENGINE_CGROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * container_cgroup() - the cgroup that a runtime made for a container
 * @pid: of its first process
 * @id: of the container
 *
 * Returns its path in the hierarchy of cgroup v2, malloced, or NULL if it is
 * unknown. The process may have moved further down, so the path ends with the
 * first component that contains the id. This also proves that the pid still
 * belongs to the container: a process that reused it would be elsewhere.
 */
char *container_cgroup(int64_t pid, const char *id);

/**
 * cgroup_is_believed() - may a user's engine say that this cgroup is its own?
 *
 * It could name any process on the host. The directory must be the user's.
 */
bool cgroup_is_believed(const char *path, uid_t user);

/**
 * cgroup_is_users() - does it belong to a user who has not all rights?
 *
 * What cannot be looked at does. If it is not there any more, what it was in
 * counts. Without cgroup v2 nothing does.
 */
bool cgroup_is_users(const char *path);

/** process_cgroup() - malloced; NULL if it is unknown */
char *process_cgroup(int64_t pid);

/** cgroup_of_container() - the same from the text of /proc/PID/cgroup */
char *cgroup_of_container(const char *memberships, const char *id);

#endif /* CONTMON_ENGINE_CGROUP_H */
