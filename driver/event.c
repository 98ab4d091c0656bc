// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events, from the tracepoint to the streams. For a type that no stream wants,
 * the process or cgroup is not read at all.
 */

#include <linux/cgroup.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "event.h"
#include "stream.h"
#include "usage.h"

/* contmon_subject_set_process() - valid until rcu_read_unlock() */
void contmon_subject_set_process(struct contmon_subject *subject,
				 struct task_struct *leader)
{
	struct task_struct *parent = rcu_dereference(leader->real_parent);
	struct contmon_event *event = &subject->event;

	subject->pid = task_tgid(leader);
	subject->parent = task_tgid(parent);
	subject->started_ns = leader->start_boottime;
	subject->parent_started_ns = parent->group_leader->start_boottime;
	subject->uid = task_uid(leader);
	subject->cgrp = task_dfl_cgroup(leader);
	memcpy(event->comm, leader->comm, sizeof(event->comm));
	event->comm[sizeof(event->comm) - 1] = 0;
}

static void set_usage(struct contmon_event *event, struct task_struct *leader)
{
	struct contmon_usage usage;

	contmon_usage_dying(&usage, leader);
	event->utime_ns = usage.utime_ns;
	event->stime_ns = usage.stime_ns;
	event->runtime_ns = usage.runtime_ns;
	event->minor_faults = usage.minor_faults;
	event->major_faults = usage.major_faults;
	event->read_bytes = usage.read_bytes;
	event->write_bytes = usage.write_bytes;
	event->io_valid = 1;
	event->rss_peak_bytes = (u64)leader->signal->maxrss << PAGE_SHIFT;
}

/*
 * What reboot(2) has left for the parent of the first process of a pid
 * namespace, or 0. The kernel makes it the exit code after the tracepoint.
 */
static u32 reboot_code(struct task_struct *leader)
{
	struct pid *pid = task_tgid(leader);

	return pid && is_child_reaper(pid) ? READ_ONCE(ns_of_pid(pid)->reboot) :
					     0;
}

/* As wait(2) returns it. The last thread that begins to exit sets the flag */
static u32 exit_code(struct task_struct *leader)
{
	const struct signal_struct *sig = leader->signal;
	u32 rebooted = reboot_code(leader);

	if (rebooted)
		return rebooted;
	return READ_ONCE(sig->flags) & SIGNAL_GROUP_EXIT ?
		       sig->group_exit_code : leader->exit_code;
}

/* Of a victim of the OOM killer, whose mm is set and stable meanwhile */
static u64 rss_of(struct task_struct *victim)
{
	return (u64)get_mm_rss(victim->mm) << PAGE_SHIFT;
}

/**
 * contmon_event_process() - report an event of a process
 * @type: its type
 * @task: a thread of the process. If the leader has ended, others may have been
 *	moved since; but a process has ended where its leader has, as in the
 *	accounts. OOM: the victim, see rss_of()
 */
void contmon_event_process(u32 type, struct task_struct *task)
{
	struct task_struct *leader = task->group_leader;
	struct contmon_subject subject = { .event.type = type };

	if (!contmon_streams_want(type))
		return;
	rcu_read_lock();
	contmon_subject_set_process(&subject, leader);
	if (type != CONTMON_EVENT_EXIT &&
	    READ_ONCE(leader->flags) & PF_EXITING)
		subject.cgrp = task_dfl_cgroup(task);
	if (type == CONTMON_EVENT_EXIT) {
		subject.event.exit_code = exit_code(leader);
		set_usage(&subject.event, leader);
	}
	if (type == CONTMON_EVENT_OOM)
		subject.event.rss_bytes = rss_of(task);
	contmon_streams_offer(&subject);
	rcu_read_unlock();
}

/* contmon_event_cgroup() - report an event of a cgroup of the v2 hierarchy */
void contmon_event_cgroup(u32 type, struct cgroup *cgrp)
{
	struct contmon_subject subject = {
		.event.type = type,
		.cgrp = cgrp,
	};

	if (contmon_streams_want(type))
		contmon_streams_offer(&subject);
}
