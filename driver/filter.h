/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_FILTER_H
#define CONTMON_FILTER_H

#include <linux/contmon.h>
#include <linux/types.h>
#include <linux/uidgid.h>

struct cgroup;
struct contmon_owner;
struct contmon_view;
struct task_struct;

#define CONTMON_FILTERS (CONTMON_FILTER_PIDS | CONTMON_FILTER_UID |	\
			 CONTMON_FILTER_CGROUP | CONTMON_FILTER_RSS |	\
			 CONTMON_FILTER_CHANGED)

/**
 * struct contmon_filter - which tasks pass
 * @flags: CONTMON_FILTER_*; 0 when all pass
 * @threads: each thread is judged by itself, not by its process
 * @uid: real user id
 * @cgrp: holds a reference, or NULL
 * @min_rss_bytes: compared with the fast RSS, not the exact one
 * @since: on the host's scheduler clock; 0 for all tasks
 * @stamp: the value of @since for the next call; 0 when not asked for
 */
struct contmon_filter {
	u32 flags;
	bool threads;
	kuid_t uid;
	struct cgroup *cgrp;
	u64 min_rss_bytes;
	u64 since;
	u64 stamp;
};

int contmon_filter_init(struct contmon_filter *filter,
			const struct contmon_view *view,
			const struct contmon_snapshot_tasks *arg);
u64 contmon_filter_stamp(const struct contmon_filter *filter,
			 const struct contmon_view *view);
void contmon_filter_done(struct contmon_filter *filter);
bool contmon_filter_passes(struct contmon_filter *filter,
			   struct task_struct *task,
			   struct contmon_owner *owner);

#endif /* CONTMON_FILTER_H */
