/* SPDX-License-Identifier: GPL-2.0-only */
/* Access to the files of a cgroup, to act on it without an engine */
#ifndef CONTMON_ENGINE_CGROUP_FILES_H
#define CONTMON_ENGINE_CGROUP_FILES_H

#include <stddef.h>
#include <stdint.h>

/** cgroup_root() - the mount point of cgroup v2; NULL without one */
const char *cgroup_root(void);

/**
 * cgroup_open() - open the directory of a cgroup
 * @root: mount point of the hierarchy
 * @path: relative to @root; ".." and symbolic links are refused
 * @id: its inode number; 0 for any, and then @ret_id is set to it
 *
 * Returns a descriptor, -ENOENT if it does not exist, -ESTALE if the path
 * belongs to another cgroup now, or another negative errno.
 */
int cgroup_open(const char *root, const char *path, uint64_t id,
		uint64_t *ret_id);

/** cgroup_get() - read the first line of a file */
int cgroup_get(int directory, const char *file, char *to, size_t size);

/** cgroup_set() - write to a file, which must exist */
int cgroup_set(int directory, const char *file, const char *text);

/**
 * cgroup_event() - a value of cgroup.events: "populated", "frozen"
 *
 * Returns 0 or 1, or -1 if it is unknown.
 */
int cgroup_event(int directory, const char *key);

#endif /* CONTMON_ENGINE_CGROUP_FILES_H */
