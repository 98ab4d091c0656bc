/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots that read again only the processes that have run */
#ifndef CONTMON_PROC_REUSE_H
#define CONTMON_PROC_REUSE_H

#include "proc_source.h"

/* What contmon_reuse() asked for; -ENOMEM */
int proc_reuse_new(uint64_t max_age_ns, struct proc_reuse **ret);
void proc_reuse_free(struct proc_reuse *reuse);

/* Before and after a walk through /proc; the first may fail, as proc_read(). */
int proc_reuse_begin(struct proc_source *p);
void proc_reuse_end(struct proc_source *p);

/*
 * proc_read_task() for the process @pid in the directory @name of @dir_fd.
 * Records are up to max_age_ns old.
 */
int proc_reuse_read(struct proc_source *p, int dir_fd, const char *name,
		    int32_t pid, uint64_t fields, struct contmon_task *ret,
		    char **ret_path);

#endif /* CONTMON_PROC_REUSE_H */
