/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots that re-read only processes that have run since */
#ifndef CONTMON_PROC_REUSE_H
#define CONTMON_PROC_REUSE_H

#include "proc_source.h"

/* Implements contmon_reuse(). Returns 0 or -ENOMEM. */
int proc_reuse_new(uint64_t max_age_ns, struct proc_reuse **ret);
void proc_reuse_free(struct proc_reuse *reuse);

/*
 * To be called before and after a walk through /proc. proc_reuse_begin() may
 * fail like proc_read().
 */
int proc_reuse_begin(struct proc_source *p);
void proc_reuse_end(struct proc_source *p);

/*
 * Like proc_read_task(), for the process @pid in the directory @name of
 * @dir_fd. Records are up to max_age_ns old.
 */
int proc_reuse_read(struct proc_source *p, int dir_fd, const char *name,
		    int32_t pid, uint64_t fields, struct contmon_task *ret,
		    char **ret_path);

#endif /* CONTMON_PROC_REUSE_H */
