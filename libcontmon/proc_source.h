/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CONTMON_PROC_SOURCE_H
#define CONTMON_PROC_SOURCE_H

#include "internal.h"
#include "proc_file.h"
#include "proc_text.h"

/**
 * struct proc_source - procfs and cgroupfs, used instead of the driver
 * @root_fd: /proc
 * @cgroup_fd: the cgroup v2 mount; -1 without one
 * @cgroups: paths of its cgroups; NULL without a mount
 * @tick_ns: length of a tick in /proc/PID/stat
 * @file: the file that was read last
 * @reuse: records to reuse; NULL unless contmon_reuse() was called
 */
struct proc_source {
	int root_fd;
	int cgroup_fd;
	struct contmon_paths *cgroups;
	uint64_t tick_ns;
	struct proc_file file;
	struct proc_reuse *reuse;
};

/**
 * struct proc_place - directory of a task
 * @fd: once open, it never refers to a later task with the same id
 * @pid: id of the process or thread
 * @thread: it is below /proc/PID/task
 */
struct proc_place {
	int fd;
	int32_t pid;
	bool thread;
};

/*
 * Opens a task's directory; -ESRCH if there is none. The caller closes ret->fd.
 */
int proc_find(struct proc_source *p, int32_t pid, bool thread,
	      struct proc_place *ret);

/* Calls @each for every name in @dir_fd/@name that is an id, until it fails. */
int proc_each_id(int dir_fd, const char *name,
		 int (*each)(void *arg, int dir_fd, const char *id,
			     int32_t pid),
		 void *arg);

/* Calls @each for every task's directory in @dir_fd/@name until it fails. */
int proc_each_task(int dir_fd, const char *name, bool threads,
		   int (*each)(void *arg, const struct proc_place *place),
		   void *arg);

/*
 * Reads one record. Returns -ESRCH for a task that is gone or hidden. If
 * @fields has CGROUP and the v2 cgroup is known, *@ret_path is set to its path,
 * which the caller frees, otherwise to NULL. @ret_path may be NULL.
 */
int proc_read_task(struct proc_source *p, const struct proc_place *place,
		   uint64_t fields, struct contmon_task *ret, char **ret_path);

/*
 * Like proc_read_task(), but reads only what the record says about the cgroup.
 */
int proc_read_place(struct proc_source *p, const struct proc_place *place,
		    uint64_t fields, struct contmon_task *task,
		    char **ret_path);

/*
 * Fills RUNQ of a process, summed over its live threads. Returns 0 or -errno.
 */
int proc_read_waits(struct proc_source *p, const struct proc_place *place,
		    struct contmon_task *task);

/*
 * Reads the status of a thread of the process that has its memory. Returns 0 if
 * there is none, and then @ret is undefined.
 */
int proc_find_mem(struct proc_source *p, const struct proc_place *place,
		  struct proc_status *ret);

int proc_query_tasks(struct contmon *c, const struct contmon_query *query,
		     struct contmon_tasks *tasks);
int proc_get_system(struct contmon *c, uint64_t fields, uint32_t flags,
		    struct contmon_system *ret);
int proc_snapshot_cgroups(struct contmon *c, uint64_t fields,
			  uint32_t flags, struct contmon_cgroups *ret);

/*
 * Is the list complete? Process 1 never ends, so if it is missing, procfs hides
 * processes, for instance with hidepid=2. Then sums are unknown.
 */
static inline bool proc_sees_all(const struct contmon_tasks *tasks)
{
	return tasks->nr > 0 && tasks->entries[0].pid == 1;
}

/* Adds one process to the sums of TASKS. */
void proc_add_task(struct contmon_cgroup *sums,
		   const struct contmon_task *task);

/* Fills CONTMON_CGROUP_PART_* of all rows from the current tasks. */
int proc_sum_tasks(struct contmon *c, struct contmon_cgroups *rows);

/* Subtracts from each row's cpu_usage_ns that of its direct children. */
int proc_split_usage(struct contmon_cgroups *rows);

#endif /* CONTMON_PROC_SOURCE_H */
