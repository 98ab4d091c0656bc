/* SPDX-License-Identifier: GPL-2.0-only */
/* Events with the host's ids and times. */
#ifndef CONTMON_EVENT_H
#define CONTMON_EVENT_H

#include <linux/contmon.h>
#include <linux/types.h>
#include <linux/uidgid.h>

struct cgroup;
struct pid;
struct task_struct;

/**
 * struct contmon_subject - an event and its process or cgroup
 * @event: all members that do not depend on the reader, that is, all but the
 *	number, times, ids and path
 * @tail: the end of the path from the hierarchy's root, for types with a path
 * @tail_length: its length, 0 until it is made
 * @pid: the process, or NULL in events of cgroups
 * @parent: its parent
 * @started_ns: when the process started, on the host's CLOCK_BOOTTIME
 * @parent_started_ns: when the parent started
 * @uid: real user of the process
 * @cgrp: the cgroup of the process, or the one that the event is about
 *
 * Valid only in the RCU section, or in the handler, in which it was made.
 */
struct contmon_subject {
	struct contmon_event event;
	char tail[CONTMON_EVENT_PATH - 1];
	size_t tail_length;
	struct pid *pid;
	struct pid *parent;
	u64 started_ns;
	u64 parent_started_ns;
	kuid_t uid;
	struct cgroup *cgrp;
};

void contmon_subject_set_process(struct contmon_subject *subject,
				 struct task_struct *leader);
void contmon_event_process(u32 type, struct task_struct *task);
void contmon_event_cgroup(u32 type, struct cgroup *cgrp);

#endif /* CONTMON_EVENT_H */
