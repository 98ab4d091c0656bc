// SPDX-License-Identifier: GPL-2.0-only
/*
 * Filters of SNAPSHOT_TASKS.
 *
 * "Changed since" uses sched_info.last_arrival: when a task last got a CPU, on
 * the scheduler's clock. A task that is on a CPU during a snapshot arrived
 * there earlier. So the stamp that a snapshot returns is no later than the
 * arrival of any task that it found on a CPU: by its arrival, that task passes
 * next time even if it is no longer on a CPU. Any other task that runs after
 * the stamp must arrive after it. The driver keeps no state between two calls.
 */

#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/sched/clock.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/user_namespace.h>

#include "compat.h"
#include "filter.h"
#include "owner.h"
#include "view.h"

int contmon_filter_init(struct contmon_filter *filter,
			const struct contmon_view *view,
			const struct contmon_snapshot_tasks *arg)
{
	filter->flags = arg->flags & CONTMON_FILTERS;
	filter->threads = arg->flags & CONTMON_THREADS;
	filter->min_rss_bytes = arg->min_rss_bytes;
	if (arg->flags & CONTMON_FILTER_UID) {
		filter->uid = make_kuid(view->user_ns, arg->uid);
		if (!uid_valid(filter->uid))
			return -EINVAL;
	}
	if (arg->flags & CONTMON_FILTER_CHANGED) {
		if (!IS_ENABLED(CONFIG_SCHED_INFO))
			return -EOPNOTSUPP;
		if (arg->changed_since)
			filter->since = arg->changed_since -
					view->monotonic_offset_ns;
		filter->stamp = local_clock();
	}
	if (arg->flags & CONTMON_FILTER_CGROUP) {
		struct cgroup *cgrp;

		cgrp = contmon_view_get_cgroup(view, arg->cgroup_id);
		if (IS_ERR(cgrp))
			return PTR_ERR(cgrp);
		filter->cgrp = cgrp;
	}
	return 0;
}

/*
 * contmon_filter_stamp() - the stamp for the caller; 0 when not asked for
 *
 * The scheduler's clock tells for how long the host has been up, so it is moved
 * like the caller's monotonic clock.
 */
u64 contmon_filter_stamp(const struct contmon_filter *filter,
			 const struct contmon_view *view)
{
	return filter->stamp ? filter->stamp + view->monotonic_offset_ns : 0;
}

void contmon_filter_done(struct contmon_filter *filter)
{
	if (filter->cgrp)
		cgroup_put(filter->cgrp);
}

/* The scheduler clocks of two CPUs may differ, by less than a tick */
static bool ran_since(struct contmon_filter *filter, struct task_struct *t)
{
#ifdef CONFIG_SCHED_INFO
	u64 arrival = READ_ONCE(t->sched_info.last_arrival);

	if (contmon_on_cpu(t)) {
		filter->stamp = min(filter->stamp, arrival);
		return true;
	}
	return !arrival || arrival + TICK_NSEC >= filter->since;
#else
	return true;
#endif
}

static bool changed(struct contmon_filter *filter, struct task_struct *task)
{
	struct task_struct *t;
	bool ran;

	ran = ran_since(filter, task);
	if (filter->threads)
		return ran;
	if (!thread_group_empty(task))
		contmon_for_each_thread(task, t)
			ran |= ran_since(filter, t);
	/* Of threads that ended it is known how long they ran, but not when */
	return ran || READ_ONCE(task->signal->sum_sched_runtime);
}

/* Returns whether @t has memory, and adds its RSS to *@bytes */
static bool add_rss(struct task_struct *t, u64 *bytes)
{
	struct mm_struct *mm;

	task_lock(t);
	mm = t->mm;
	if (mm)
		*bytes += (u64)get_mm_rss(mm) << PAGE_SHIFT;
	task_unlock(t);
	return mm;
}

/* As in the record. A kernel thread has no mm of its own */
static u64 rss_bytes(struct task_struct *task, struct contmon_owner *owner)
{
	struct task_struct *t;
	u64 bytes = 0;

	if (READ_ONCE(task->flags) & PF_KTHREAD || add_rss(task, &bytes) ||
	    thread_group_empty(task))
		return bytes;
	do
		t = contmon_owner_find(owner, task);
	while (t && !add_rss(t, &bytes));
	return bytes;
}

static bool is_in(const struct contmon_filter *filter, struct task_struct *task)
{
	struct cgroup *cgrp = filter->threads ? task_dfl_cgroup(task) :
						contmon_process_cgroup(task);

	return cgroup_is_descendant(cgrp, filter->cgrp);
}

/* Cheapest first. Inside rcu_read_lock(), in which @owner was forgotten */
bool contmon_filter_passes(struct contmon_filter *filter,
			   struct task_struct *task,
			   struct contmon_owner *owner)
{
	u32 flags = filter->flags;

	if ((flags & CONTMON_FILTER_CHANGED) && !changed(filter, task))
		return false;
	if ((flags & CONTMON_FILTER_UID) &&
	    !uid_eq(task_uid(task), filter->uid))
		return false;
	if ((flags & CONTMON_FILTER_CGROUP) && !is_in(filter, task))
		return false;
	return !(flags & CONTMON_FILTER_RSS) ||
	       rss_bytes(task, owner) >= filter->min_rss_bytes;
}
