/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_ENGINE_CGROUP_H
#define CONTMON_ENGINE_CGROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * container_cgroup() - the cgroup that a runtime made for a container
 * @pid: the container's first process
 * @id: the container's id
 * @id: of the container
 *
 * Returns its path in the hierarchy of cgroup v2, malloced, or NULL if it is
 * unknown. The process may have moved further down, so the path ends with the
 * first component that contains the id. This also proves that the pid still
 * belongs to the container: a process that reused it would be elsewhere.
 */
char *container_cgroup(int64_t pid, const char *id);

/**
 * cgroup_is_believed() - may an engine of @user claim this cgroup?
 *
 * Such an engine could name any process of the host, so the cgroup's directory
 * must belong to the user.
 */
bool cgroup_is_believed(const char *path, uid_t user);

/**
 * cgroup_is_users() - does a cgroup belong to a user who is not trusted?
 *
 * If the cgroup no longer exists, the directory that it was in decides. True if
 * that is gone, too, or cannot be examined; false without cgroup v2.
 */
bool cgroup_is_users(const char *path);

/**
 * cgroup_directory_is_users() - may such a user create cgroups in a directory?
 *
 * True if it no longer exists, because it may have been that of a service with
 * a user, or if it cannot be examined; false without cgroup v2.
 */
bool cgroup_directory_is_users(const char *directory);

/** process_cgroup() - the cgroup of a process, malloced; NULL if unknown */
char *process_cgroup(int64_t pid);

/**
 * cgroup_of_container() - like container_cgroup(), but from the text of
 * /proc/PID/cgroup
 */
char *cgroup_of_container(const char *memberships, const char *id);

#endif /* CONTMON_ENGINE_CGROUP_H */
