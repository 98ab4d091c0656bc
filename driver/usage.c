// SPDX-License-Identifier: GPL-2.0-only
/* The usage of a process or thread: the rarely used parts. See usage.h */

#include <linux/math64.h>
#include <linux/sched.h>
#include <linux/sched/cputime.h>
#include <linux/sched/signal.h>

#include "usage.h"

static void add_thread(struct contmon_usage *usage, struct task_struct *t,
		       bool io)
{
	u64 utime, stime;

	contmon_usage_ticks(t, &utime, &stime);
	usage->utime_ns += utime;
	usage->stime_ns += stime;
	usage->runtime_ns += t->se.sum_exec_runtime;
	contmon_usage_add_counts(usage, t);
	if (io)
		contmon_usage_add_io(usage, &t->ioac);
}

/* When no thread is left, all usage has been moved to @sig */
void contmon_usage_gone(struct contmon_usage *usage, struct signal_struct *sig,
			bool io)
{
	usage->utime_ns = sig->utime;
	usage->stime_ns = sig->stime;
	usage->runtime_ns = sig->sum_sched_runtime;
	usage->minor_faults = sig->min_flt;
	usage->major_faults = sig->maj_flt;
	usage->voluntary_switches = sig->nvcsw;
	usage->involuntary_switches = sig->nivcsw;
	contmon_usage_no_io(usage);
	if (io)
		contmon_usage_add_io(usage, &sig->ioac);
}

/* Adds the threads that come after @first */
void contmon_usage_add_others(struct contmon_usage *usage,
			      struct signal_struct *sig,
			      struct task_struct *first, bool io)
{
	struct task_struct *t = first;

	list_for_each_entry_continue_rcu(t, &sig->thread_head, thread_node)
		add_thread(usage, t, io);
}

/* Repeats a sum during which a thread exited, with a lock that prevents it */
void contmon_usage_sum_locked(struct contmon_usage *usage,
			      struct signal_struct *sig, bool io)
{
	unsigned long flags;

	read_seqlock_excl_irqsave(&sig->stats_lock, flags);
	contmon_usage_sum(usage, sig, io);
	read_sequnlock_excl_irqrestore(&sig->stats_lock, flags);
}

/*
 * Attempts to read the usage while no thread is moving its own. Each reads all
 * threads without preemption, and counts once more for each so many of them.
 */
#define DYING_TRIES 32
#define DYING_THREADS 256

/**
 * contmon_usage_dying() - usage of a process, for the handler of its end
 * @usage: set
 * @leader: of the process whose last thread exits
 *
 * Other threads may still be moving their usage. With PREEMPT_RT the lock for
 * that can sleep, so a handler must not take it; then the usage of a thread
 * that was preempted while moving it may be missing, or counted twice. Such a
 * sum is not split: its split would remain the last one, for all who read the
 * times of the process later, and wait(2) would add it to those of the parent.
 */
void contmon_usage_dying(struct contmon_usage *usage,
			 struct task_struct *leader)
{
	struct signal_struct *sig = leader->signal;
	const seqcount_t *moves = &sig->stats_lock.seqcount.seqcount;
	int tries = DYING_TRIES;
	unsigned int seq;
	bool moved;

	if (!IS_ENABLED(CONFIG_PREEMPT_RT)) {
		contmon_usage_process(usage, leader, true);
		return;
	}
	do {
		seq = raw_read_seqcount(moves);
		contmon_usage_sum(usage, sig, true);
		moved = read_seqcount_retry(moves, seq) || seq & 1;
		tries -= 1 + get_nr_threads(leader) / DYING_THREADS;
	} while (moved && tries > 0);
	if (!moved)
		contmon_usage_split(usage, sig);
}

#ifndef CONFIG_VIRT_CPU_ACCOUNTING_NATIVE
/* Updates the split that readers last saw, if @usage is newer; lock held */
static void advance(struct prev_cputime *prev,
		    const struct contmon_usage *usage)
{
	u64 runtime = usage->runtime_ns;
	u64 stime;

	if (prev->utime + prev->stime >= runtime)
		return;
	if (!usage->stime_ns)
		stime = 0;
	else if (!usage->utime_ns)
		stime = runtime;
	else
		stime = mul_u64_u64_div_u64(usage->stime_ns, runtime,
					    usage->stime_ns + usage->utime_ns);
	/* prev's sum is below runtime, so the lower limit is below the upper */
	stime = clamp(stime, prev->stime, runtime - prev->utime);
	WRITE_ONCE(prev->stime, stime);
	WRITE_ONCE(prev->utime, runtime - stime);
}

/* Updates @prev if @usage is newer, and @usage from the result */
void contmon_usage_advance_split(struct contmon_usage *usage,
				 struct prev_cputime *prev)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&prev->lock, flags);
	advance(prev, usage);
	usage->utime_ns = prev->utime;
	usage->stime_ns = prev->stime;
	raw_spin_unlock_irqrestore(&prev->lock, flags);
}
#endif

/* contmon_usage_add_process() - add any process: see contmon_usage_process() */
void contmon_usage_add_process(struct contmon_usage *sum,
			       struct task_struct *leader)
{
	struct contmon_usage own;

	contmon_usage_process(&own, leader, true);
	contmon_usage_add(sum, &own);
}

/* contmon_usage_thread() - usage of one thread: see contmon_usage_process() */
void contmon_usage_thread(struct contmon_usage *usage, struct task_struct *t,
			  bool io)
{
	memset(usage, 0, sizeof(*usage));
	add_thread(usage, t, io);
	task_cputime_adjusted(t, &usage->utime_ns, &usage->stime_ns);
}
