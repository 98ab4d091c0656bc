/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a caller may see: one rule for rows, events and paths.
 *
 * The namespaces of the task that makes the call decide, no matter how and by
 * which task the file was opened:
 *
 *   task		visible if it has an id in the caller's pid namespace
 *			and its fork has put it into its cgroup
 *   cgroup		visible if it is of the default hierarchy, and is the
 *			root of the caller's cgroup namespace or below it
 *   path, level	of such a cgroup, relative to that root
 *   user, group id	in the caller's user namespace; the overflow id if it
 *			has none there
 *   moment		on the clocks of the caller's time namespace
 *   what ptrace guards	see contmon_may_read()
 *
 * What a caller cannot see does not exist for it: its id is 0, a group of
 * members that would show it is not valid, and a call that asks for it fails as
 * if it were not there. Mount, network, IPC and UTS namespaces hide nothing.
 */
#ifndef CONTMON_VIEW_H
#define CONTMON_VIEW_H

#include <linux/cgroup.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/types.h>
#include <linux/uidgid.h>

struct mm_struct;
struct user_namespace;

/**
 * struct contmon_view - the namespaces and rights of one caller
 * @pid_ns: for tasks and their ids
 * @user_ns: for user and group ids
 * @root: for cgroups: the root of the cgroup namespace
 * @boottime_offset_ns: the time namespace's offset of CLOCK_BOOTTIME; if it is
 *	negative, the sum wraps around
 * @monotonic_offset_ns: its offset of CLOCK_MONOTONIC
 * @see_all: the caller may read everything that ptrace guards
 * @checked_ns: the user namespace that @checked_capable is about; only
 *	compared, never dereferenced: see contmon_view_forget()
 */
struct contmon_view {
	struct pid_namespace *pid_ns;
	struct user_namespace *user_ns;
	struct cgroup *root;
	u64 boottime_offset_ns;
	u64 monotonic_offset_ns;
	bool see_all;
	const struct user_namespace *checked_ns;
	bool checked_capable;
};

void contmon_view_init(struct contmon_view *view);
void contmon_view_get(struct contmon_view *view);
void contmon_view_put(struct contmon_view *view);

/* contmon_view_pid() - the id in the caller's namespace, 0 when it has none */
static inline pid_t contmon_view_pid(const struct contmon_view *view,
				     struct pid *pid)
{
	return pid_nr_ns(pid, view->pid_ns);
}

/*
 * A fork gives a task its id before it puts it into its cgroup. In between, the
 * task seems to be in the root. It has not run yet. A task that is moved is on
 * no list for a moment, too; if it has not run either, it is taken for one that
 * is still being forked.
 */
static __always_inline bool contmon_is_in_no_cgroup(struct task_struct *task)
{
	return list_empty(&task->cg_list) &&
	       READ_ONCE(task->__state) == TASK_NEW;
}

/*
 * contmon_visible_task() - the task of an id of the caller's pid namespace
 *
 * NULL if @pid is NULL or has no visible task. Valid in this RCU section.
 */
static inline struct task_struct *contmon_visible_task(struct pid *pid,
						       enum pid_type type)
{
	struct task_struct *task = pid_task(pid, type);

	return task && !contmon_is_in_no_cgroup(task) ? task : NULL;
}

/* contmon_is_headless() - whether only the first thread has ended */
static inline bool contmon_is_headless(struct task_struct *leader)
{
	return READ_ONCE(leader->flags) & PF_EXITING &&
	       !thread_group_empty(leader);
}

struct cgroup *contmon_headless_cgroup(struct task_struct *leader);

/**
 * contmon_process_cgroup() - the cgroup that a process is in
 * @leader: of it, inside rcu_read_lock()
 *
 * A leader that has ended stays where it did, no matter where its other threads
 * are moved. Then this looks at all of them.
 */
static __always_inline struct cgroup *
contmon_process_cgroup(struct task_struct *leader)
{
	if (unlikely(contmon_is_headless(leader)))
		return contmon_headless_cgroup(leader);
	return task_dfl_cgroup(leader);
}

/* In any context in which @cgrp cannot be freed */
static inline bool contmon_view_has_cgroup(const struct contmon_view *view,
					   struct cgroup *cgrp)
{
	return cgroup_is_descendant(cgrp, view->root);
}

/* contmon_view_cgroup_id() - 0 when the caller cannot see it */
static inline u64 contmon_view_cgroup_id(const struct contmon_view *view,
					 struct cgroup *cgrp)
{
	return contmon_view_has_cgroup(view, cgrp) ? cgroup_id(cgrp) : 0;
}

static inline u64 contmon_view_boottime_ns(const struct contmon_view *view,
					   u64 host_ns)
{
	return host_ns + view->boottime_offset_ns;
}

u64 contmon_view_now_boottime_ns(const struct contmon_view *view);
u64 contmon_view_now_monotonic_ns(const struct contmon_view *view);
size_t contmon_path_tail(struct cgroup *cgrp, char *tail, size_t size);
bool contmon_view_path(const struct contmon_view *view, struct cgroup *cgrp,
		       const char *tail, size_t length, u8 *buf, size_t size);
struct cgroup *contmon_view_get_cgroup(const struct contmon_view *view, u64 id);

/* contmon_view_forget() - called in each RCU section: see contmon_may_read() */
static inline void contmon_view_forget(struct contmon_view *view)
{
	view->checked_ns = NULL;
}

bool contmon_may_read(struct contmon_view *view, struct task_struct *task,
		      struct mm_struct *mm);

#endif /* CONTMON_VIEW_H */
