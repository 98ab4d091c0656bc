// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long a task waited: for a CPU, and for the causes of delay accounting.
 *
 * Runs in the RCU section of a walk.
 */

#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/delayacct.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "internal.h"
#include "waits.h"

static void add_delays(struct contmon_task *rec, struct task_struct *t)
{
#ifdef CONFIG_TASK_DELAY_ACCT
	struct task_delay_info *delays = t->delays;
	unsigned long flags;

	raw_spin_lock_irqsave(&delays->lock, flags);
	rec->blkio_delay_ns += delays->blkio_delay;
	rec->swapin_delay_ns += delays->swapin_delay;
	rec->freepages_delay_ns += delays->freepages_delay;
	rec->thrashing_delay_ns += delays->thrashing_delay;
	rec->compact_delay_ns += delays->compact_delay;
	rec->wpcopy_delay_ns += delays->wpcopy_delay;
	raw_spin_unlock_irqrestore(&delays->lock, flags);
#endif
}

/*
 * A thread that was forked while delay accounting was off has no account, which
 * makes the sum of its process unknown. An account lives as long as its
 * task_struct.
 */
static u64 add_waits(struct contmon_task *rec, struct task_struct *t,
		     u64 fields)
{
	u64 valid = fields & (CONTMON_TASK_RUNQ | CONTMON_TASK_DELAY);

#ifdef CONFIG_SCHED_INFO
	rec->run_delay_ns += t->sched_info.run_delay;
	rec->timeslices += t->sched_info.pcount;
#else
	valid &= ~CONTMON_TASK_RUNQ;
#endif
#ifdef CONFIG_TASK_DELAY_ACCT
	if (!t->delays)
		return valid & ~CONTMON_TASK_DELAY;
	if (fields & CONTMON_TASK_DELAY)
		add_delays(rec, t);
	return valid;
#else
	return valid & ~CONTMON_TASK_DELAY;
#endif
}

u64 contmon_waits_fill(struct contmon_task *rec, struct task_struct *task,
		       struct contmon_query *query)
{
	u64 valid = query->fields & (CONTMON_TASK_RUNQ | CONTMON_TASK_DELAY);
	struct task_struct *t;

	contmon_waits_clear(rec);
	if (query->threads) {
		valid &= add_waits(rec, task, query->fields);
	} else {
		contmon_for_each_thread(task, t)
			valid &= add_waits(rec, t, query->fields);
	}
	if (!(valid & CONTMON_TASK_RUNQ))
		contmon_run_queue_clear(rec);
	if (!(valid & CONTMON_TASK_DELAY))
		contmon_delays_clear(rec);
	return valid;
}
