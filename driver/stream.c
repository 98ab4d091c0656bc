// SPDX-License-Identifier: GPL-2.0-only
/*
 * Delivers events to the streams that want them.
 *
 * Each stream has rings of its own, so readers take no events from each other,
 * and events that a reader may not see are never in its rings. The handler of
 * the tracepoint compares an event with each stream; only readers that want it
 * are woken. A reader is woken once, and again only after it has found its
 * rings empty.
 *
 * Handlers run in any context, so the lock is a raw one and nothing is
 * allocated. Readers are woken from an irq_work, because some tracepoints fire
 * while locks are held in which a wake-up must not be nested.
 *
 * With PREEMPT_RT a wake-up may have to wait for a lock, so a task must do it.
 * The kernel has one for irq_work on each CPU, but at the lowest real-time
 * priority: a task above it that keeps the CPU would keep all readers of the
 * host asleep. So a worker that is not bound to a CPU wakes them.
 *
 *   changes	(work queue)	one change of the list, and of which types are
 *				wanted, at a time
 *   stream->lock	(raw spinlock)	the rings of one stream
 */

#include <linux/cgroup.h>
#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/pid.h>
#include <linux/rculist.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "event.h"
#include "stream.h"
#include "trace.h"

static LIST_HEAD(streams);
static struct workqueue_struct *changes;
static u32 wanted_types;

/* contmon_streams_want() - whether any stream wants this type */
bool contmon_streams_want(u32 type)
{
	return READ_ONCE(wanted_types) & BIT(type);
}

/*
 * Wakes also all that wait with EPOLLEXCLUSIVE: one that was woken alone could
 * end before it has read, and until somebody has, nobody is woken again.
 * stream->wait is in the file, which outlives its stream by a grace period.
 */
static void wake_readers(void)
{
	struct contmon_stream *stream;

	rcu_read_lock();
	list_for_each_entry_rcu(stream, &streams, node)
		if (READ_ONCE(stream->wake) && xchg(&stream->wake, false))
			wake_up_interruptible_all(stream->wait);
	rcu_read_unlock();
}

#ifdef CONFIG_PREEMPT_RT
static void wake_in_worker(struct work_struct *work)
{
	wake_readers();
}

static DECLARE_WORK(waking, wake_in_worker);

static void on_wake(struct irq_work *work)
{
	queue_work(system_dfl_wq, &waking);
}

static struct irq_work wake = IRQ_WORK_INIT_HARD(on_wake);

static void finish_waking(void)
{
	irq_work_sync(&wake);
	cancel_work_sync(&waking);
}
#else
static void on_wake(struct irq_work *work)
{
	wake_readers();
}

static struct irq_work wake = IRQ_WORK_INIT(on_wake);

static void finish_waking(void)
{
	irq_work_sync(&wake);
}
#endif

static bool in_watched_cgroup(const struct contmon_stream *stream,
			      struct cgroup *cgrp)
{
	struct cgroup *above = cgroup_ancestor(cgrp, stream->cgroup_level);

	return above && cgroup_id(above) == stream->cgroup_id;
}

/**
 * contmon_stream_wants() - whether an event is for this stream
 * @stream: the stream
 * @subject: the event
 *
 * A visible process may be in a cgroup that is not: see view.h
 */
bool contmon_stream_wants(const struct contmon_stream *stream,
			  const struct contmon_subject *subject)
{
	if (!(stream->events & BIT(subject->event.type)))
		return false;
	if (stream->pid && stream->pid != subject->pid)
		return false;
	if (subject->pid && !contmon_view_pid(&stream->view, subject->pid))
		return false;
	if (stream->cgroup_id)
		return in_watched_cgroup(stream, subject->cgrp);
	return subject->pid ||
	       contmon_view_has_cgroup(&stream->view, subject->cgrp);
}

/* The types of events whose record has a path */
#define EVENTS_WITH_PATH (BIT(CONTMON_EVENT_CGROUP_CREATED) |		\
			  BIT(CONTMON_EVENT_CGROUP_POPULATED) |		\
			  BIT(CONTMON_EVENT_CGROUP_EMPTIED) |		\
			  BIT(CONTMON_EVENT_CGROUP_REMOVED))

/*
 * The path takes a step for each level, perhaps with interrupts off. So it is
 * made once for all readers, even if they see other roots.
 */
static void make_tail(struct contmon_subject *subject)
{
	if (EVENTS_WITH_PATH & BIT(subject->event.type) &&
	    !subject->tail_length)
		subject->tail_length = contmon_path_tail(subject->cgrp,
							 subject->tail,
							 sizeof(subject->tail));
}

/* Fills the members that depend on the reader */
static void translate(struct contmon_event *event,
		      const struct contmon_view *view,
		      const struct contmon_subject *subject)
{
	event->boottime_ns = contmon_view_now_boottime_ns(view);
	event->cgroup_id = contmon_view_cgroup_id(view, subject->cgrp);
	if (EVENTS_WITH_PATH & BIT(event->type))
		event->truncated = !contmon_view_path(view, subject->cgrp,
						      subject->tail,
						      subject->tail_length,
						      event->path,
						      CONTMON_EVENT_PATH);
	if (!subject->pid)
		return;
	event->pid = contmon_view_pid(view, subject->pid);
	event->ppid = contmon_view_pid(view, subject->parent);
	event->uid = from_kuid_munged(view->user_ns, subject->uid);
	event->start_boottime_ns =
		contmon_view_boottime_ns(view, subject->started_ns);
	if (event->ppid)
		event->parent_start_boottime_ns =
			contmon_view_boottime_ns(view,
						 subject->parent_started_ns);
	if (event->type == CONTMON_EVENT_EXIT && !view->see_all) {
		event->read_bytes = 0;
		event->write_bytes = 0;
		event->io_valid = 0;
	}
}

static struct contmon_ring *ring_for(struct contmon_stream *stream, u32 type)
{
	return CONTMON_EVENTS_OFTEN & BIT(type) ? &stream->often :
						  &stream->rare;
}

/**
 * contmon_stream_deliver() - add an event and wake the reader
 * @stream: a stream that wants it
 * @subject: the event
 */
void contmon_stream_deliver(struct contmon_stream *stream,
			    struct contmon_subject *subject)
{
	struct contmon_ring *ring = ring_for(stream, subject->event.type);
	struct contmon_event *event;
	unsigned long flags;
	bool waking;

	make_tail(subject);
	raw_spin_lock_irqsave(&stream->lock, flags);
	event = contmon_ring_add(ring);
	memcpy(event, &subject->event, ring->size);
	translate(event, &stream->view, subject);
	event->sequence = stream->next++;
	/* A reader is on the wait queue before it looks, under this lock */
	waking = stream->waits && waitqueue_active(stream->wait);
	if (waking)
		stream->waits = false;
	raw_spin_unlock_irqrestore(&stream->lock, flags);
	if (waking) {
		WRITE_ONCE(stream->wake, true);
		irq_work_queue(&wake);
	}
}

/* contmon_streams_offer() - deliver to all that want it. Any context but NMI */
void contmon_streams_offer(struct contmon_subject *subject)
{
	struct contmon_stream *stream;

	rcu_read_lock();
	list_for_each_entry_rcu(stream, &streams, node)
		if (contmon_stream_wants(stream, subject))
			contmon_stream_deliver(stream, subject);
	rcu_read_unlock();
}

/**
 * contmon_stream_init() - allocate the rings
 * @stream: zeroed, except for the types wanted
 */
int contmon_stream_init(struct contmon_stream *stream)
{
	int ret = 0;

	raw_spin_lock_init(&stream->lock);
	stream->waits = true;
	if (stream->events & CONTMON_EVENTS_OFTEN)
		ret = contmon_ring_init(&stream->often, CONTMON_EVENT_RING,
					offsetofend(struct contmon_event,
						    parent_start_boottime_ns));
	if (!ret && stream->events & ~CONTMON_EVENTS_OFTEN)
		ret = contmon_ring_init(&stream->rare, CONTMON_EVENT_RARE_RING,
					sizeof(struct contmon_event));
	return ret;
}

void contmon_stream_destroy(struct contmon_stream *stream)
{
	contmon_ring_destroy(&stream->often);
	contmon_ring_destroy(&stream->rare);
}

/**
 * struct change - a stream that is added or removed
 * @work: does it
 * @stream: the stream
 * @ret: 0 or an error
 */
struct change {
	struct work_struct work;
	struct contmon_stream *stream;
	int ret;
};

static void add(struct work_struct *work)
{
	struct change *change = container_of(work, struct change, work);
	struct contmon_stream *stream = change->stream;

	change->ret = contmon_trace_watch(wanted_types | stream->events);
	if (!change->ret) {
		list_add_tail_rcu(&stream->node, &streams);
		WRITE_ONCE(wanted_types, wanted_types | stream->events);
	}
}

static void remove(struct work_struct *work)
{
	struct change *change = container_of(work, struct change, work);
	struct contmon_stream *other;
	u32 types = 0;

	list_del_rcu(&change->stream->node);
	list_for_each_entry(other, &streams, node)
		types |= other->events;
	WRITE_ONCE(wanted_types, types);
	contmon_trace_watch(types);
}

/*
 * Not made by the caller under a lock: one that has used up its CPU time, or
 * that another task keeps from running, would hold the lock for long.
 */
static int make_change(struct contmon_stream *stream, work_func_t function)
{
	struct change change = { .stream = stream };

	INIT_WORK_ONSTACK(&change.work, function);
	queue_work(changes, &change.work);
	flush_work(&change.work);
	destroy_work_on_stack(&change.work);
	return change.ret;
}

/* contmon_stream_add() - start the delivery of events. May sleep */
int contmon_stream_add(struct contmon_stream *stream)
{
	return make_change(stream, add);
}

/* contmon_stream_remove() - returns when no handler uses it. May sleep */
void contmon_stream_remove(struct contmon_stream *stream)
{
	make_change(stream, remove);
	synchronize_rcu();
}

/* A close() that frees memory waits for it, so it has a worker of its own */
int contmon_streams_init(void)
{
	changes = alloc_ordered_workqueue("contmon", WQ_MEM_RECLAIM);
	return changes ? 0 : -ENOMEM;
}

/* Called when no stream is left */
void contmon_streams_exit(void)
{
	finish_waking();
	destroy_workqueue(changes);
}
