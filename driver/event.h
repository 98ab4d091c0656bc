/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_EVENT_H
#define CONTMON_EVENT_H

#include <linux/contmon.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/wait.h>

struct cgroup;
struct pid;
struct task_struct;

/* Levels of ancestry kept with an event; a filter cannot be deeper */
#define CONTMON_EVENT_LEVELS 12

/**
 * struct contmon_slot - one event in the ring
 * @event: as the user gets it, but for ids, which depend on the reader
 * @pid: of the process, or NULL; a reference, so that a reader can still ask
 *	for its number in the reader's namespace when the process is gone
 * @parent: likewise
 * @uid: real user
 * @ancestors: ids of the cgroup's ancestors by level, itself included
 * @nr_levels: how many there are
 * @owner: the only stream that gets it, or 0 for all
 */
struct contmon_slot {
	struct contmon_event event;
	struct pid *pid;
	struct pid *parent;
	kuid_t uid;
	u64 ancestors[CONTMON_EVENT_LEVELS];
	u32 nr_levels;
	u64 owner;
};

extern struct wait_queue_head contmon_events_wait;

void contmon_event_process(u32 type, struct task_struct *leader);
void contmon_event_cgroup(u32 type, struct cgroup *cgrp, const char *path);
int contmon_events_start(void);
void contmon_events_stop(void);
u64 contmon_events_next(void);
int contmon_events_peek(u64 *sequence, u64 *ret_lost,
			bool (*wanted)(const struct contmon_slot *slot,
				       void *data),
			void *data);
void contmon_events_threshold(struct task_struct *leader, u64 owner,
			      u64 rss_bytes);

#endif /* CONTMON_EVENT_H */
