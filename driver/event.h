/* SPDX-License-Identifier: GPL-2.0-only */
/* What happened, as the host knows it. */
#ifndef CONTMON_EVENT_H
#define CONTMON_EVENT_H

#include <linux/contmon.h>
#include <linux/types.h>
#include <linux/uidgid.h>

struct cgroup;
struct pid;
struct task_struct;

/**
 * struct contmon_subject - an event and what it is about
 * @event: but for what depends on its reader: number, times, ids, path
 * @pid: of the process, or NULL in events of cgroups
 * @parent: of its parent
 * @started_ns: when the process started, on the host's CLOCK_BOOTTIME
 * @parent_started_ns: and its parent
 * @uid: its real user
 * @cgrp: that it is in, or that the event is about
 * @path: in events of cgroups: that of @cgrp, from the root of the hierarchy
 *
 * Nothing of it is kept: it is used in the section of RCU, or in the handler,
 * in which it was made.
 */
struct contmon_subject {
	struct contmon_event event;
	struct pid *pid;
	struct pid *parent;
	u64 started_ns;
	u64 parent_started_ns;
	kuid_t uid;
	struct cgroup *cgrp;
	const char *path;
};

void contmon_subject_set_process(struct contmon_subject *subject,
				 struct task_struct *leader);
void contmon_event_process(u32 type, struct task_struct *leader);
void contmon_event_cgroup(u32 type, struct cgroup *cgrp, const char *path);

#endif /* CONTMON_EVENT_H */
