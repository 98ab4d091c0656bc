/* SPDX-License-Identifier: GPL-2.0-only */
/* Streams of events: one for each open file that watches. */
#ifndef CONTMON_STREAM_H
#define CONTMON_STREAM_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "ring.h"
#include "view.h"

struct contmon_subject;

/**
 * struct contmon_limit - a limit for a number
 * @value: the limit; reaching it is an event
 * @over: the number was at or over it at the last look
 */
struct contmon_limit {
	u64 value;
	bool over;
};

/**
 * struct contmon_stream - the events that one reader wants
 * @node: in the list of streams, from contmon_stream_add() to _remove()
 * @events: types wanted
 * @view: the view of the task that called WATCH, with references
 * @pid: the watched process, holds a reference, or NULL for all
 * @cgroup_id: the watched cgroup, or 0 for all
 * @cgroup_level: its depth below the hierarchy's root
 * @wait: wait queue of the reader; part of the file
 * @lock: guards the members from @waits to @rare
 * @waits: the reader has found no event since it was woken
 * @next: number of the next event
 * @expected: the number after that of the last event read
 * @often: events of processes, which any user can cause in large numbers
 * @rare: all other events, so that the frequent ones do not overwrite them
 * @wake: an event was added and the reader must be woken
 * @work: compares with the limits; owns the members below: see threshold.c
 * @interval: time between two looks, in jiffies
 * @passed: threads of @pid that the last look went past
 * @rss: limit for RSS of @pid, bytes
 * @memory: limit for the memory of the cgroup, bytes
 * @stalled: limit for the cgroup's stall time in an interval, ns
 * @pressure: which stall time, as the kernel's enum psi_states
 * @stalled_before: its total at the last look
 * @has_stalled_before: @stalled_before is set
 */
struct contmon_stream {
	struct list_head node;
	u32 events;
	struct contmon_view view;
	struct pid *pid;
	u64 cgroup_id;
	int cgroup_level;
	struct wait_queue_head *wait;
	raw_spinlock_t lock;
	bool waits;
	u64 next;
	u64 expected;
	struct contmon_ring often;
	struct contmon_ring rare;
	bool wake;
	struct delayed_work work;
	unsigned long interval;
	unsigned int passed;
	struct contmon_limit rss;
	struct contmon_limit memory;
	struct contmon_limit stalled;
	u32 pressure;
	u64 stalled_before;
	bool has_stalled_before;
};

/* Events of the normal life of a process; all others are rare */
#define CONTMON_EVENTS_OFTEN (BIT(CONTMON_EVENT_FORK) |			\
			      BIT(CONTMON_EVENT_EXEC) |			\
			      BIT(CONTMON_EVENT_EXIT))

bool contmon_streams_want(u32 type);
void contmon_streams_offer(struct contmon_subject *subject);
int contmon_streams_init(void);
void contmon_streams_exit(void);

int contmon_stream_init(struct contmon_stream *stream);
void contmon_stream_destroy(struct contmon_stream *stream);
int contmon_stream_add(struct contmon_stream *stream);
void contmon_stream_remove(struct contmon_stream *stream);
bool contmon_stream_wants(const struct contmon_stream *stream,
			  const struct contmon_subject *subject);
void contmon_stream_deliver(struct contmon_stream *stream,
			    struct contmon_subject *subject);

#endif /* CONTMON_STREAM_H */
