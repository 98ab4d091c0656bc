// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ring of events.
 *
 * There is one, and it exists while anybody watches. Writers are tracepoint
 * probes in any context; they take a raw lock, overwrite the oldest slot and
 * wake readers from an irq_work, since some tracepoints sit under locks that a
 * wake-up must not be nested in. Readers copy a few slots at a time under the
 * same lock. A writer never waits for a reader: a slow reader loses events
 * and learns how many.
 *
 *   users_lock	(mutex)		start and stop: ring memory, probes
 *   ring.lock	(raw spinlock)	slots, head
 */

#include <linux/cgroup.h>
#include <linux/irq_work.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "event.h"
#include "trace.h"
#include "usage.h"

/* Slots looked at in one go under the lock */
#define PEEK_BATCH 64

static void wake_readers(struct irq_work *work);

static struct {
	raw_spinlock_t lock;
	struct contmon_slot *slots;	/* NULL without a watcher */
	u64 head;			/* sequence of the next event */
	struct irq_work wake;
} ring = {
	.lock = __RAW_SPIN_LOCK_UNLOCKED(ring.lock),
	.wake = IRQ_WORK_INIT(wake_readers),
};

DECLARE_WAIT_QUEUE_HEAD(contmon_events_wait);

static DEFINE_MUTEX(users_lock);
static unsigned int nr_users;

static void wake_readers(struct irq_work *work)
{
	wake_up_interruptible_all(&contmon_events_wait);
}

static void set_cgroup(struct contmon_slot *slot, struct cgroup *cgrp)
{
	u32 level;

	slot->event.cgroup_id = cgroup_id(cgrp);
	slot->nr_levels = min_t(u32, cgrp->level + 1, CONTMON_EVENT_LEVELS);
	for (level = 0; level < slot->nr_levels; level++)
		slot->ancestors[level] =
			cgroup_id(cgroup_ancestor(cgrp, level));
}

/* Inside rcu_read_lock(), as are all that describe a task */
static void set_task(struct contmon_slot *slot, struct task_struct *leader)
{
	struct contmon_event *event = &slot->event;

	slot->pid = get_pid(task_tgid(leader));
	slot->parent = get_pid(task_tgid(rcu_dereference(leader->real_parent)));
	slot->uid = task_uid(leader);
	event->start_boottime_ns = leader->start_boottime;
	memcpy(event->comm, leader->comm, sizeof(event->comm));
	event->comm[sizeof(event->comm) - 1] = 0;
	set_cgroup(slot, task_dfl_cgroup(leader));
}

static void set_path(struct contmon_slot *slot, const char *path)
{
	size_t length = strlen(path);

	/* The end of a path names the container */
	if (length >= CONTMON_EVENT_PATH) {
		path += length - (CONTMON_EVENT_PATH - 1);
		slot->event.truncated = 1;
	}
	strscpy((char *)slot->event.path, path, CONTMON_EVENT_PATH);
}

static void set_usage(struct contmon_slot *slot, struct task_struct *leader)
{
	struct contmon_event *event = &slot->event;
	struct contmon_usage usage;

	contmon_usage_process(&usage, leader, true);
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

/* Moves @slot, with its references, into the ring */
static void push(struct contmon_slot *slot)
{
	struct pid *old_pid = NULL, *old_parent = NULL;
	struct contmon_slot *to;
	unsigned long flags;

	slot->event.boottime_ns = ktime_get_boottime_ns();
	raw_spin_lock_irqsave(&ring.lock, flags);
	if (ring.slots) {
		slot->event.sequence = ring.head;
		to = &ring.slots[ring.head++ % CONTMON_EVENT_RING];
		old_pid = to->pid;
		old_parent = to->parent;
		*to = *slot;
	} else {
		old_pid = slot->pid;
		old_parent = slot->parent;
	}
	raw_spin_unlock_irqrestore(&ring.lock, flags);

	put_pid(old_pid);
	put_pid(old_parent);
	/* No barrier: a waiter queued itself before it took the lock to look */
	if (waitqueue_active(&contmon_events_wait))
		irq_work_queue(&ring.wake);
}

/* As wait(2) gives it: the last thread to begin its exit sets the flag */
static u32 exit_code(const struct task_struct *leader)
{
	const struct signal_struct *sig = leader->signal;

	return READ_ONCE(sig->flags) & SIGNAL_GROUP_EXIT ?
		       sig->group_exit_code : leader->exit_code;
}

/* contmon_event_process() - something happened to the process of @leader */
void contmon_event_process(u32 type, struct task_struct *leader)
{
	struct contmon_slot slot = { .event.type = type };

	if (!READ_ONCE(ring.slots))
		return;
	rcu_read_lock();
	set_task(&slot, leader);
	if (type == CONTMON_EVENT_EXIT) {
		slot.event.exit_code = exit_code(leader);
		set_usage(&slot, leader);
	}
	rcu_read_unlock();
	push(&slot);
}

/* contmon_event_cgroup() - report a change of a cgroup of the v2 hierarchy */
void contmon_event_cgroup(u32 type, struct cgroup *cgrp, const char *path)
{
	struct contmon_slot slot = { .event.type = type };

	if (!READ_ONCE(ring.slots))
		return;
	set_cgroup(&slot, cgrp);
	set_path(&slot, path);
	push(&slot);
}

/* @leader is over what the stream @owner watches it for */
void contmon_events_threshold(struct task_struct *leader, u64 owner,
			      u64 rss_bytes)
{
	struct contmon_slot slot = {
		.event.type = CONTMON_EVENT_THRESHOLD,
		.owner = owner,
	};

	rcu_read_lock();
	set_task(&slot, leader);
	rcu_read_unlock();
	slot.event.rss_bytes = rss_bytes;
	push(&slot);
}

static void put_slots(struct contmon_slot *slots)
{
	unsigned int i;

	if (!slots)
		return;
	for (i = 0; i < CONTMON_EVENT_RING; i++) {
		put_pid(slots[i].pid);
		put_pid(slots[i].parent);
	}
	vfree(slots);
}

static struct contmon_slot *swap_slots(struct contmon_slot *slots)
{
	struct contmon_slot *old;
	unsigned long flags;

	raw_spin_lock_irqsave(&ring.lock, flags);
	old = ring.slots;
	ring.slots = slots;
	raw_spin_unlock_irqrestore(&ring.lock, flags);
	return old;
}

static int start_ring(void)
{
	struct contmon_slot *slots;
	int ret;

	slots = vzalloc(array_size(CONTMON_EVENT_RING, sizeof(*slots)));
	if (!slots)
		return -ENOMEM;
	swap_slots(slots);
	ret = contmon_trace_watch();
	if (ret)
		put_slots(swap_slots(NULL));
	return ret;
}

/* contmon_events_start() - one more watches; undone by _stop. May sleep */
int contmon_events_start(void)
{
	int ret = 0;

	mutex_lock(&users_lock);
	if (!nr_users)
		ret = start_ring();
	if (!ret)
		nr_users++;
	mutex_unlock(&users_lock);
	return ret;
}

void contmon_events_stop(void)
{
	mutex_lock(&users_lock);
	if (!--nr_users) {
		contmon_trace_unwatch();
		put_slots(swap_slots(NULL));
		irq_work_sync(&ring.wake);
	}
	mutex_unlock(&users_lock);
}

/* contmon_events_next() - the sequence that the next event will have */
u64 contmon_events_next(void)
{
	unsigned long flags;
	u64 head;

	raw_spin_lock_irqsave(&ring.lock, flags);
	head = ring.head;
	raw_spin_unlock_irqrestore(&ring.lock, flags);
	return head;
}

/* The oldest sequence that the ring still has; ring.lock held */
static u64 oldest(void)
{
	return ring.head > CONTMON_EVENT_RING ? ring.head - CONTMON_EVENT_RING :
						0;
}

/**
 * contmon_events_peek() - look for an event
 * @sequence: where to begin; moved behind the events that @wanted refused
 * @ret_lost: events that were overwritten before they were seen are added
 * @wanted: called with ring.lock held; may copy the slot
 * @data: for @wanted
 *
 * Returns 1 when @wanted said yes, and then @sequence is that event's; 0 when
 * there is none; -EAGAIN when it is not known yet: call again.
 */
int contmon_events_peek(u64 *sequence, u64 *ret_lost,
			bool (*wanted)(const struct contmon_slot *slot,
				       void *data),
			void *data)
{
	unsigned int i;
	unsigned long flags;
	int ret = -EAGAIN;

	raw_spin_lock_irqsave(&ring.lock, flags);
	if (*sequence < oldest()) {
		*ret_lost += oldest() - *sequence;
		*sequence = oldest();
	}
	for (i = 0; i < PEEK_BATCH && ret == -EAGAIN; i++) {
		if (*sequence >= ring.head)
			ret = 0;
		else if (wanted(&ring.slots[*sequence % CONTMON_EVENT_RING],
				data))
			ret = 1;
		else
			++*sequence;
	}
	raw_spin_unlock_irqrestore(&ring.lock, flags);
	return ret;
}
