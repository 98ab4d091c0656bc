/* SPDX-License-Identifier: GPL-2.0-only */
/* How long a task waited: the groups RUNQ and DELAY of its record. */
#ifndef CONTMON_WAITS_H
#define CONTMON_WAITS_H

#include "internal.h"

/* memset() would cost more than these stores */
static __always_inline void contmon_run_queue_clear(struct contmon_task *rec)
{
	rec->run_delay_ns = 0;
	rec->timeslices = 0;
}

static __always_inline void contmon_delays_clear(struct contmon_task *rec)
{
	rec->blkio_delay_ns = 0;
	rec->swapin_delay_ns = 0;
	rec->freepages_delay_ns = 0;
	rec->thrashing_delay_ns = 0;
	rec->compact_delay_ns = 0;
	rec->wpcopy_delay_ns = 0;
}

static __always_inline void contmon_waits_clear(struct contmon_task *rec)
{
	contmon_run_queue_clear(rec);
	contmon_delays_clear(rec);
}

/**
 * contmon_waits_fill() - read RUNQ and DELAY, if they are asked for
 * @rec: both groups are written whole, with zeros if they are unknown
 *
 * Inside the RCU section in which @task was found. Returns the valid groups.
 */
u64 contmon_waits_fill(struct contmon_task *rec, struct task_struct *task,
		       struct contmon_query *query);

#endif /* CONTMON_WAITS_H */
