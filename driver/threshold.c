// SPDX-License-Identifier: GPL-2.0-only
/*
 * THRESHOLD: a worker looks at what a stream watches, at most every 10 ms. The
 * number of streams of a user has a limit, and so have the looks.
 */

#include <linux/mm.h>
#include <linux/sched/task.h>

#include "compat.h"
#include "event.h"
#include "threshold.h"

static u64 rss_of(struct task_struct *leader)
{
	u64 rss = 0;

	task_lock(leader);
	if (leader->mm)
		rss = (u64)get_mm_rss(leader->mm) << PAGE_SHIFT;
	task_unlock(leader);
	return rss;
}

static void report(struct contmon_stream *stream, struct task_struct *leader,
		   u64 rss)
{
	struct contmon_subject subject = {
		.event.type = CONTMON_EVENT_THRESHOLD,
		.event.rss_bytes = rss,
	};

	rcu_read_lock();
	contmon_subject_set_process(&subject, leader);
	if (subject.pid)
		contmon_stream_deliver(stream, &subject);
	rcu_read_unlock();
}

static void look(struct work_struct *work)
{
	struct contmon_stream *stream =
		container_of(work, struct contmon_stream, work.work);
	struct task_struct *leader;
	u64 rss;

	leader = get_pid_task(stream->pid, PIDTYPE_TGID);
	if (!leader)
		return;
	rss = rss_of(leader);
	if (rss >= stream->threshold && !stream->over)
		report(stream, leader, rss);
	stream->over = rss >= stream->threshold;
	put_task_struct(leader);
	schedule_delayed_work(&stream->work, stream->interval);
}

/* contmon_threshold_check() - whether what is asked for makes sense */
int contmon_threshold_check(const struct contmon_watch *arg)
{
	if (!(arg->events & BIT(CONTMON_EVENT_THRESHOLD)))
		return 0;
	if (!(arg->flags & CONTMON_WATCH_PID) || !arg->rss_bytes ||
	    arg->interval_ms < 10 || arg->interval_ms > 60000)
		return -EINVAL;
	return 0;
}

/* contmon_threshold_start() - @stream is complete; undone by _stop */
void contmon_threshold_start(struct contmon_stream *stream,
			     const struct contmon_watch *arg)
{
	INIT_DELAYED_WORK(&stream->work, look);
	stream->threshold = arg->rss_bytes;
	stream->interval = msecs_to_jiffies(arg->interval_ms);
	if (arg->events & BIT(CONTMON_EVENT_THRESHOLD))
		schedule_delayed_work(&stream->work, 0);
}

void contmon_threshold_stop(struct contmon_stream *stream)
{
	cancel_delayed_work_sync(&stream->work);
}
