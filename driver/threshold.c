// SPDX-License-Identifier: GPL-2.0-only
/*
 * The types of CONTMON_EVENT_LIMITS: a worker reads the number that a stream
 * watches, at most every 10 ms. A user has a limited number of streams, and so
 * causes a limited amount of work.
 *
 * The cgroup is found by its id at each look, so that a stream holds no
 * reference to it.
 */

#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/page_counter.h>
#include <linux/pid.h>
#include <linux/psi_types.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "compat.h"
#include "event.h"
#include "threshold.h"

#define CGROUP_LIMITS (BIT(CONTMON_EVENT_CGROUP_MEMORY) |		\
		       BIT(CONTMON_EVENT_CGROUP_PRESSURE))

/* Interval at which the kernel updates its totals of pressure, ms */
#define PRESSURE_MS 2000

#ifdef CONFIG_PSI
static const enum psi_states psi_states[] = {
	[CONTMON_PRESSURE_CPU_SOME] = PSI_CPU_SOME,
	[CONTMON_PRESSURE_CPU_FULL] = PSI_CPU_FULL,
	[CONTMON_PRESSURE_IO_SOME] = PSI_IO_SOME,
	[CONTMON_PRESSURE_IO_FULL] = PSI_IO_FULL,
	[CONTMON_PRESSURE_MEMORY_SOME] = PSI_MEM_SOME,
	[CONTMON_PRESSURE_MEMORY_FULL] = PSI_MEM_FULL,
};

static u32 psi_state(u32 pressure)
{
	size_t nr = ARRAY_SIZE(psi_states);

	return psi_states[array_index_nospec(pressure, nr)];
}
#else
static u32 psi_state(u32 pressure)
{
	return 0;
}
#endif

/* Whether @value has reached the limit since the last look */
static bool passes(struct contmon_limit *limit, u64 value)
{
	bool was_over = limit->over;

	limit->over = value >= limit->value;
	return limit->over && !was_over;
}

/*
 * Threads share one mm, but one that has exited no longer points to it.
 * Adds the number of threads looked at to *@passed. Inside rcu_read_lock()
 */
static u64 rss_of(struct task_struct *leader, unsigned int *passed)
{
	struct task_struct *t;
	bool found = false;
	u64 rss = 0;

	contmon_for_each_thread(leader, t) {
		++*passed;
		task_lock(t);
		if (t->mm && !(t->flags & PF_KTHREAD)) {
			rss = (u64)get_mm_rss(t->mm) << PAGE_SHIFT;
			found = true;
		}
		task_unlock(t);
		if (found)
			break;
	}
	return rss;
}

/*
 * Inside rcu_read_lock(), in which the leader was found: once it is reaped, it
 * still points to its parent, which may be freed after the section. A reference
 * to the leader would not keep the parent.
 */
static void look_at_leader(struct contmon_stream *stream,
			   struct task_struct *leader)
{
	struct contmon_subject subject = {
		.event.type = CONTMON_EVENT_THRESHOLD,
	};
	u64 rss = 0;

	contmon_subject_set_process(&subject, leader);
	subject.cgrp = contmon_process_cgroup(leader);
	if (contmon_is_headless(leader))
		stream->passed += get_nr_threads(leader);
	/* Otherwise it is in another cgroup than the one that is watched */
	if (contmon_stream_wants(stream, &subject))
		rss = rss_of(leader, &stream->passed);
	subject.event.rss_bytes = rss;
	if (passes(&stream->rss, rss))
		contmon_stream_deliver(stream, &subject);
}

/* Returns false when the process is gone, so no further look is needed */
static bool look_at_process(struct contmon_stream *stream)
{
	struct task_struct *leader;

	stream->passed = 0;
	rcu_read_lock();
	leader = pid_task(stream->pid, PIDTYPE_TGID);
	if (leader)
		look_at_leader(stream, leader);
	rcu_read_unlock();
	return leader;
}

static void report_cgroup(struct contmon_stream *stream, u32 type,
			  struct cgroup *cgrp, u64 value)
{
	struct contmon_subject subject = {
		.event.type = type,
		.cgrp = cgrp,
	};

	/*
	 * In a union with stalled_ns. Not in the initializer, which would not
	 * clear the rest of the union.
	 */
	subject.event.memory_bytes = value;
	contmon_stream_deliver(stream, &subject);
}

static void look_at_memory(struct contmon_stream *stream, struct cgroup *cgrp)
{
#ifdef CONFIG_MEMCG
	struct cgroup_subsys_state *css;
	struct mem_cgroup *memcg;
	u64 bytes = 0;

	rcu_read_lock();
	/* The root is not charged, so it has no value */
	css = cgroup_parent(cgrp) ?
		      rcu_dereference(cgrp->subsys[memory_cgrp_id]) : NULL;
	if (css) {
		memcg = mem_cgroup_from_css(css);
		bytes = (u64)page_counter_read(&memcg->memory) << PAGE_SHIFT;
	}
	rcu_read_unlock();
	if (css && passes(&stream->memory, bytes))
		report_cgroup(stream, CONTMON_EVENT_CGROUP_MEMORY, cgrp,
			      bytes);
#endif
}

static void look_at_pressure(struct contmon_stream *stream, struct cgroup *cgrp)
{
#ifdef CONFIG_PSI
	struct psi_group *group = cgrp->psi;
	u64 total, stalled;
	bool first;

	if (!group || !READ_ONCE(group->enabled))
		return;
	total = READ_ONCE(group->total[PSI_AVGS][stream->pressure]);
	stalled = total - stream->stalled_before;
	first = !stream->has_stalled_before;
	stream->stalled_before = total;
	stream->has_stalled_before = true;
	if (!first && passes(&stream->stalled, stalled))
		report_cgroup(stream, CONTMON_EVENT_CGROUP_PRESSURE, cgrp,
			      stalled);
#endif
}

/* Returns false when the cgroup is gone, so no further look is needed */
static bool look_at_cgroup(struct contmon_stream *stream)
{
	struct cgroup *cgrp;

	cgrp = contmon_view_get_cgroup(&stream->view, stream->cgroup_id);
	if (IS_ERR(cgrp))
		return false;
	if (stream->events & BIT(CONTMON_EVENT_CGROUP_MEMORY))
		look_at_memory(stream, cgrp);
	if (stream->events & BIT(CONTMON_EVENT_CGROUP_PRESSURE))
		look_at_pressure(stream, cgrp);
	cgroup_put(cgrp);
	return true;
}

/*
 * Not bound to a CPU: a real-time task that keeps its CPU would keep the worker
 * from finishing a look, and so the reader from closing its file.
 */
static void look_after(struct contmon_stream *stream, unsigned long delay)
{
	queue_delayed_work(system_dfl_wq, &stream->work, delay);
}

/*
 * A process may have any number of threads to look at: dead ones that a
 * debugger keeps before the one with memory, or all, if its first has ended.
 * The more of them a look has passed, the later is the next one.
 */
#define PASSED_A_MS 64

static unsigned long time_to_next(const struct contmon_stream *stream)
{
	return stream->interval +
	       msecs_to_jiffies(stream->passed / PASSED_A_MS);
}

static void look(struct work_struct *work)
{
	struct contmon_stream *stream =
		container_of(work, struct contmon_stream, work.work);
	bool again = false;

	if (stream->events & BIT(CONTMON_EVENT_THRESHOLD))
		again = look_at_process(stream);
	if (stream->events & CGROUP_LIMITS)
		again |= look_at_cgroup(stream);
	if (again)
		look_after(stream, time_to_next(stream));
}

static bool is_kept(u32 events)
{
	return (IS_ENABLED(CONFIG_MEMCG) ||
		!(events & BIT(CONTMON_EVENT_CGROUP_MEMORY))) &&
	       (IS_ENABLED(CONFIG_PSI) ||
		!(events & BIT(CONTMON_EVENT_CGROUP_PRESSURE)));
}

static bool pressure_makes_sense(const struct contmon_watch *arg)
{
	return arg->pressure <= CONTMON_PRESSURE_MEMORY_FULL &&
	       arg->interval_ms >= PRESSURE_MS && arg->stalled_ns &&
	       arg->stalled_ns <= (u64)arg->interval_ms * NSEC_PER_MSEC;
}

/* contmon_threshold_check() - check the limits and the interval */
int contmon_threshold_check(const struct contmon_watch *arg)
{
	u32 events = arg->events;

	if (!(events & BIT(CONTMON_EVENT_CGROUP_PRESSURE)) && arg->pressure)
		return -EINVAL;
	if (!(events & CONTMON_EVENT_LIMITS))
		return 0;
	if (!is_kept(events))
		return -EOPNOTSUPP;
	if (arg->interval_ms < 10 || arg->interval_ms > 60000)
		return -EINVAL;
	if ((events & BIT(CONTMON_EVENT_THRESHOLD)) &&
	    (!(arg->flags & CONTMON_WATCH_PID) || !arg->rss_bytes))
		return -EINVAL;
	if ((events & CGROUP_LIMITS) && !(arg->flags & CONTMON_WATCH_CGROUP))
		return -EINVAL;
	if ((events & BIT(CONTMON_EVENT_CGROUP_MEMORY)) && !arg->memory_bytes)
		return -EINVAL;
	if ((events & BIT(CONTMON_EVENT_CGROUP_PRESSURE)) &&
	    !pressure_makes_sense(arg))
		return -EINVAL;
	return 0;
}

/* contmon_threshold_start() - set the limits and begin; undone by _stop */
void contmon_threshold_start(struct contmon_stream *stream,
			     const struct contmon_watch *arg)
{
	INIT_DELAYED_WORK(&stream->work, look);
	stream->rss.value = arg->rss_bytes;
	stream->memory.value = arg->memory_bytes;
	stream->stalled.value = arg->stalled_ns;
	stream->pressure = psi_state(arg->pressure);
	stream->interval = msecs_to_jiffies(arg->interval_ms);
	if (arg->events & CONTMON_EVENT_LIMITS)
		look_after(stream, 0);
}

void contmon_threshold_stop(struct contmon_stream *stream)
{
	cancel_delayed_work_sync(&stream->work);
}
