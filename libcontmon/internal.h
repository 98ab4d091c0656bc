/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CONTMON_INTERNAL_H
#define CONTMON_INTERNAL_H

#include <sys/types.h>

/* What contmon.h declares is exported; everything else is hidden. */
#pragma GCC visibility push(default)
#include "contmon.h"
#pragma GCC visibility pop

/* The oldest driver whose records this library understands */
#define CONTMON_API_NEEDED 1

/**
 * struct source_ops - functions of a source, named like the calls they
 * implement
 *
 * A function that a source lacks returns -EOPNOTSUPP; no member is NULL.
 */
struct source_ops {
	void (*close)(struct contmon *c);
	int (*get_info)(struct contmon *c, struct contmon_get_info *ret);
	int (*query_tasks)(struct contmon *c, const struct contmon_query *query,
			   struct contmon_tasks *tasks);
	int (*get_task)(struct contmon *c, int32_t pid, uint64_t fields,
			uint32_t flags, struct contmon_task *ret);
	int (*read_cmdline)(struct contmon *c, int32_t pid, char *buffer,
			    size_t size, uint64_t *ret_total_bytes);
	int (*snapshot_cgroups)(struct contmon *c, uint64_t fields,
				   uint32_t flags,
				   struct contmon_cgroups *ret);
	int (*get_system)(struct contmon *c, uint64_t fields, uint32_t flags,
			  struct contmon_system *ret);
	int (*open_events)(struct contmon *c, const struct contmon_watch *watch,
			   struct contmon_events **ret);
	int (*alloc)(struct contmon *c, uint64_t length_bytes,
		     void **ret_address, uint64_t *ret_length_bytes);
	int (*free)(struct contmon *c, void *address, uint64_t length_bytes);
	int (*resident)(struct contmon *c, const void *address,
			uint64_t length_bytes, uint64_t *ret_bytes);
};

/**
 * struct contmon - an open source
 * @ops: the functions of the source
 * @proc: procfs and cgroupfs; NULL for the driver. All other members are only
 *	for the driver
 * @fd: the device
 * @path: path of the device; owned
 * @info: as of the opening
 * @mapping: where the driver writes task records; NULL without a mapping
 * @mapping_length: in bytes, as passed to mmap(2)
 * @mapping_entries: number of records that fit into @mapping; 0 without one
 * @mapping_tried: a mapping was made, or has failed; it is not tried again
 * @owner: the process that opened it: a child of fork(2) would share the
 *	mapping, and both would overwrite each other's records
 */
struct contmon {
	const struct source_ops *ops;
	struct proc_source *proc;
	int fd;
	char *path;
	struct contmon_get_info info;
	const struct contmon_task *mapping;
	size_t mapping_length;
	uint32_t mapping_entries;
	bool mapping_tried;
	pid_t owner;
};

/* Fill a zeroed handle. If @cgroup_root is NULL, the mount is searched for. */
int contmon_open_driver(struct contmon *c, const char *path);
int contmon_open_procfs(struct contmon *c, const char *proc_root,
			const char *cgroup_root);

/* Make room for @nr records. */
int contmon_tasks_reserve(struct contmon_tasks *tasks, size_t nr);
int contmon_cgroups_reserve(struct contmon_cgroups *rows, size_t nr);

/* The rows sorted by id, for contmon_cgroups_find(); free the result. */
struct contmon_cgroup **
contmon_cgroups_index(const struct contmon_cgroups *rows);
struct contmon_cgroup *contmon_cgroups_find(struct contmon_cgroup **index,
					    size_t nr, uint64_t id);

/**
 * struct cgroup_dir - a cgroup below a mount
 * @parent_id: 0 for the root of the mount
 * @level: depth below the root
 * @path: from the root, begins with '/'
 */
struct cgroup_dir {
	uint64_t id;
	uint64_t parent_id;
	uint32_t level;
	const char *path;
};

/* Calls @each for every cgroup until it fails, parents before children. */
int contmon_each_cgroup(const char *root,
			int (*each)(void *arg, const struct cgroup_dir *dir),
			void *arg);

/* The driver's functions for struct source_ops */
int driver_query_tasks(struct contmon *c, const struct contmon_query *query,
		       struct contmon_tasks *tasks);
int driver_get_task(struct contmon *c, int32_t pid, uint64_t fields,
		    uint32_t flags, struct contmon_task *ret);
int driver_read_cmdline(struct contmon *c, int32_t pid, char *buffer,
			size_t size, uint64_t *ret_total_bytes);
int driver_snapshot_cgroups(struct contmon *c, uint64_t fields,
			    uint32_t flags, struct contmon_cgroups *ret);
int driver_get_system(struct contmon *c, uint64_t fields, uint32_t flags,
		      struct contmon_system *ret);
int driver_open_events(struct contmon *c, const struct contmon_watch *watch,
		       struct contmon_events **ret);
int driver_alloc(struct contmon *c, uint64_t length_bytes, void **ret_address,
		 uint64_t *ret_length_bytes);
int driver_free(struct contmon *c, void *address, uint64_t length_bytes);
int driver_resident(struct contmon *c, const void *address,
		    uint64_t length_bytes, uint64_t *ret_bytes);

/* Open a device for reading and mapping; returns the descriptor or -errno. */
int contmon_open_device(const char *path, int flags);

/* contmon_identify() for a path of @length bytes */
int contmon_identify_part(const char *path, size_t length,
			  struct contmon_identity *ret);

/* All calls to the driver. Returns the result of ioctl(), or -errno. */
int contmon_ioctl(int fd, unsigned long request, void *arg);

/* Swap of the whole host in bytes; both arguments may be NULL. */
int contmon_read_swap(uint64_t *ret_total_bytes, uint64_t *ret_free_bytes);

/**
 * struct contmon_mount - a mount of a cgroup hierarchy
 * @root: the part of the hierarchy that is mounted, "/" for all that our cgroup
 *	namespace contains
 * @options: of the hierarchy, separated by commas, controllers of v1 among
 *	them; may be NULL
 */
struct contmon_mount {
	char *root;
	char *point;
	char *options;
};

/*
 * Calls @each for every mount of this type in a file like /proc/self/mountinfo
 * until it returns another number than 0. Returns 0 or the negative number of
 * @each, an error of open(2), or -ENOMEM.
 */
int contmon_each_mount(const char *mountinfo, const char *type,
		       int (*each)(void *arg,
				   const struct contmon_mount *mount),
		       void *arg);

/*
 * Finds the mount point of cgroup v2 in a file like /proc/self/mountinfo, and
 * the part of the hierarchy that is mounted there, "/" for all that our cgroup
 * namespace contains. The caller frees both. Returns -ENOENT if it is not
 * mounted.
 */
int contmon_find_cgroup2(const char *mountinfo, char **ret_point,
			 char **ret_part);

/*
 * Converts a path from /proc/PID/cgroup, of @length bytes, to one from the
 * mount. The caller frees it. Returns -ENOENT if it is not below the mount.
 */
int contmon_paths_below(const struct contmon_paths *cgroups,
			const char *path, size_t length, char **ret_path);

/* Is @name in @list, which has @length bytes and is separated by commas? */
bool contmon_list_has(const char *list, size_t length, const char *name);

/*
 * The path of a process in the hierarchy of @controller, "" for v2, from the
 * text of /proc/PID/cgroup; it has *@ret_length bytes. NULL: there is none.
 */
const char *contmon_find_membership(const char *text, const char *controller,
				    size_t *ret_length);

/*
 * The text of /proc/PID/cgroup, which the caller frees. Errors: those of
 * contmon_identify_process().
 */
int contmon_read_memberships(int32_t pid, char **ret_text);

/* contmon_cgroup1_new() with another file than /proc/self/mountinfo */
int contmon_cgroup1_read(const char *mountinfo, struct contmon_cgroup1 **ret);

/* contmon_cgroup1_find() with the text of /proc/PID/cgroup */
int contmon_cgroup1_find_in(const struct contmon_cgroup1 *cgroup1,
			    const char *text, const char *controller,
			    const char *id, char **ret_directory,
			    size_t *ret_root_length);

#endif /* CONTMON_INTERNAL_H */
