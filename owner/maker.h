/* SPDX-License-Identifier: GPL-2.0-only */
/* Which user could have created the cgroup of a container, under any name. */
#ifndef OWNER_MAKER_H
#define OWNER_MAKER_H

#include <stddef.h>
#include <stdint.h>

/**
 * maker_of_cgroup() - the user who owns a cgroup that no engine has reported
 * @root: mount point of the hierarchy of cgroup v2
 * @path: the cgroup's path below @root
 * @length: of the part of @path that is the container's own cgroup
 *
 * Returns the user of the slice that the cgroup is in; USER_OF_ELSEWHERE below
 * another container; otherwise the owner of the directory above the cgroup. If
 * that is gone, returns the owner of the nearest one that still exists, or
 * USER_OF_ELSEWHERE instead of 0. 0: root, or the user of this process.
 * -ENOMEM: it may be found out later.
 */
int64_t maker_of_cgroup(const char *root, const char *path, size_t length);

/**
 * maker_of_directory() - the same for a container's directory in any hierarchy
 * @directory: below the mount point of the hierarchy; it is overwritten
 * @root_length: of the mount point
 */
int64_t maker_of_directory(char *directory, size_t root_length);

#endif /* OWNER_MAKER_H */
