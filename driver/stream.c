// SPDX-License-Identifier: GPL-2.0-only
/*
 * WATCH, read() and poll(): the readers of the ring of events.
 *
 * A stream is a place in the ring and a filter. It keeps the namespaces of
 * the task that called WATCH and shows what can be seen from them, no matter
 * which task reads.
 */

#include <linux/capability.h>
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "event.h"
#include "internal.h"
#include "trace.h"

/**
 * struct contmon_stream - one reader
 * @id: unique; the owner of events that are for this stream alone
 * @events: types wanted
 * @sequence: the next to look at
 * @lost: overwritten before they were seen, not yet reported
 * @pid_ns: of the watcher; a reference, as @user_ns and @pid are
 * @user_ns: of the watcher
 * @pid: the watched process, or NULL for all
 * @root_id: root of the watcher's cgroup namespace
 * @cgroup_id: the watched cgroup, or @root_id
 * @cgroup_level: its depth below the hierarchy's root
 * @see_io: the watcher had CAP_SYS_PTRACE over the first user namespace
 * @threshold: of RSS, in bytes
 * @interval: between two looks at the RSS, in jiffies
 * @work: looks
 * @over: it was over at the last look
 */
struct contmon_stream {
	u64 id;
	u32 events;
	u64 sequence;
	u64 lost;
	struct pid_namespace *pid_ns;
	struct user_namespace *user_ns;
	struct pid *pid;
	u64 root_id;
	u64 cgroup_id;
	u32 cgroup_level;
	bool see_io;
	u64 threshold;
	unsigned long interval;
	struct delayed_work work;
	bool over;
};

static atomic64_t last_id = ATOMIC64_INIT(0);

static bool below(const struct contmon_slot *slot, u64 cgroup_id, u32 level)
{
	return level < slot->nr_levels && slot->ancestors[level] == cgroup_id;
}

/* Whether @stream wants the event; ring lock held */
static bool wanted(const struct contmon_slot *slot, void *data)
{
	const struct contmon_stream *stream = data;

	if (!(stream->events & BIT(slot->event.type)))
		return false;
	if (slot->owner && slot->owner != stream->id)
		return false;
	if (!below(slot, stream->cgroup_id, stream->cgroup_level))
		/* A task may live outside of its namespace's cgroup root */
		if (!slot->pid || stream->cgroup_id != stream->root_id)
			return false;
	if (slot->pid && !pid_nr_ns(slot->pid, stream->pid_ns))
		return false;
	return !stream->pid || slot->pid == stream->pid;
}

struct reading {
	struct contmon_stream *stream;
	struct contmon_event event;
};

/* As wanted(), and copies the event as the reader may see it */
static bool take(const struct contmon_slot *slot, void *data)
{
	struct reading *reading = data;
	struct contmon_stream *stream = reading->stream;
	struct contmon_event *event = &reading->event;

	if (!wanted(slot, stream))
		return false;
	*event = slot->event;
	if (slot->pid) {
		event->pid = pid_nr_ns(slot->pid, stream->pid_ns);
		event->ppid = pid_nr_ns(slot->parent, stream->pid_ns);
		event->uid = from_kuid_munged(stream->user_ns, slot->uid);
	}
	if (event->type == CONTMON_EVENT_EXIT && !stream->see_io) {
		event->read_bytes = 0;
		event->write_bytes = 0;
		event->io_valid = 0;
	}
	return true;
}

/* Whether an event waits, moving over those that are not wanted */
static bool has_event(struct contmon_stream *stream)
{
	int ret;

	do {
		ret = contmon_events_peek(&stream->sequence, &stream->lost,
					  wanted, stream);
		cond_resched();
	} while (ret == -EAGAIN && !fatal_signal_pending(current));
	return ret > 0;
}

/* Returns 1 when one was copied out, 0 when there is none, or -EFAULT */
static int read_one(struct contmon_stream *stream, char __user *to)
{
	struct reading reading = { .stream = stream };
	int ret;

	do {
		ret = contmon_events_peek(&stream->sequence, &stream->lost,
					  take, &reading);
		cond_resched();
	} while (ret == -EAGAIN && !fatal_signal_pending(current));
	if (ret <= 0)
		return 0;

	reading.event.dropped = stream->lost;
	if (copy_to_user(to, &reading.event, sizeof(reading.event)))
		return -EFAULT;
	stream->lost = 0;
	stream->sequence++;
	return 1;
}

static ssize_t read_events(struct contmon_file *file, char __user *buf,
			   size_t size)
{
	size_t done = 0;
	int ret = 1;

	mutex_lock(&file->stream_lock);
	if (!file->stream) {
		mutex_unlock(&file->stream_lock);
		return -EINVAL;
	}
	while (ret > 0 && size - done >= sizeof(struct contmon_event)) {
		ret = read_one(file->stream, buf + done);
		if (ret > 0)
			done += sizeof(struct contmon_event);
	}
	mutex_unlock(&file->stream_lock);
	return done ? (ssize_t)done : ret;
}

static bool file_has_event(struct contmon_file *file)
{
	bool ready;

	mutex_lock(&file->stream_lock);
	/* A watch that was ended makes read() fail, which is an answer too */
	ready = !file->stream || has_event(file->stream);
	mutex_unlock(&file->stream_lock);
	return ready;
}

ssize_t contmon_stream_read(struct file *filp, char __user *buf, size_t size,
			    loff_t *pos)
{
	struct contmon_file *file = filp->private_data;
	ssize_t ret;

	if (size < sizeof(struct contmon_event))
		return -EINVAL;

	for (;;) {
		DEFINE_WAIT_FUNC(wait, woken_wake_function);

		ret = read_events(file, buf, size);
		if (ret)
			return ret;
		if (filp->f_flags & O_NONBLOCK)
			return -EAGAIN;

		add_wait_queue(&contmon_events_wait, &wait);
		while (!file_has_event(file) && !signal_pending(current))
			wait_woken(&wait, TASK_INTERRUPTIBLE,
				   MAX_SCHEDULE_TIMEOUT);
		remove_wait_queue(&contmon_events_wait, &wait);
		if (signal_pending(current))
			return -ERESTARTSYS;
	}
}

__poll_t contmon_stream_poll(struct file *filp, poll_table *table)
{
	struct contmon_file *file = filp->private_data;
	__poll_t mask = 0;

	poll_wait(filp, &contmon_events_wait, table);
	mutex_lock(&file->stream_lock);
	if (!file->stream)
		mask = EPOLLERR;
	else if (has_event(file->stream))
		mask = EPOLLIN | EPOLLRDNORM;
	mutex_unlock(&file->stream_lock);
	return mask;
}

static u64 rss_of(struct task_struct *leader)
{
	u64 rss = 0;

	task_lock(leader);
	if (leader->mm)
		rss = (u64)get_mm_rss(leader->mm) << PAGE_SHIFT;
	task_unlock(leader);
	return rss;
}

static void look_at_rss(struct work_struct *work)
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
		contmon_events_threshold(leader, stream->id, rss);
	stream->over = rss >= stream->threshold;
	put_task_struct(leader);
	schedule_delayed_work(&stream->work, stream->interval);
}

static void stream_free(struct contmon_stream *stream)
{
	cancel_delayed_work_sync(&stream->work);
	contmon_events_stop();
	put_pid(stream->pid);
	put_pid_ns(stream->pid_ns);
	put_user_ns(stream->user_ns);
	kfree(stream);
}

static int set_pid(struct contmon_stream *stream,
		   const struct contmon_watch *arg)
{
	if (!(arg->flags & CONTMON_WATCH_PID))
		return 0;
	rcu_read_lock();
	if (pid_task(find_vpid(arg->pid), PIDTYPE_TGID))
		stream->pid = get_pid(find_vpid(arg->pid));
	rcu_read_unlock();
	return stream->pid ? 0 : -ESRCH;
}

static int set_cgroups(struct contmon_stream *stream,
		       const struct contmon_watch *arg)
{
	struct cgroup *cgrp =
		current->nsproxy->cgroup_ns->root_cset->dfl_cgrp;
	struct contmon_view view;

	stream->root_id = cgroup_id(cgrp);
	stream->cgroup_id = stream->root_id;
	stream->cgroup_level = cgrp->level;
	if (!(arg->flags & CONTMON_WATCH_CGROUP))
		return 0;

	contmon_view_init(&view);
	cgrp = contmon_view_get_cgroup(&view, arg->cgroup_id);
	if (IS_ERR(cgrp))
		return PTR_ERR(cgrp);
	stream->cgroup_id = cgroup_id(cgrp);
	stream->cgroup_level = cgrp->level;
	cgroup_put(cgrp);
	return stream->cgroup_level < CONTMON_EVENT_LEVELS ? 0 : -EOPNOTSUPP;
}

static struct contmon_stream *stream_new(const struct contmon_watch *arg)
{
	struct contmon_stream *stream;
	int ret;

	stream = kzalloc(sizeof(*stream), GFP_KERNEL_ACCOUNT);
	if (!stream)
		return ERR_PTR(-ENOMEM);
	ret = contmon_events_start();
	if (ret) {
		kfree(stream);
		return ERR_PTR(ret);
	}

	INIT_DELAYED_WORK(&stream->work, look_at_rss);
	stream->id = atomic64_inc_return(&last_id);
	stream->events = arg->events;
	stream->pid_ns = get_pid_ns(task_active_pid_ns(current));
	stream->user_ns = get_user_ns(current_user_ns());
	stream->see_io = ns_capable_noaudit(&init_user_ns, CAP_SYS_PTRACE);
	stream->threshold = arg->rss_bytes;
	stream->interval = msecs_to_jiffies(arg->interval_ms);
	ret = set_pid(stream, arg);
	if (!ret)
		ret = set_cgroups(stream, arg);
	if (ret) {
		stream_free(stream);
		return ERR_PTR(ret);
	}
	stream->sequence = contmon_events_next();
	if (arg->events & BIT(CONTMON_EVENT_THRESHOLD))
		schedule_delayed_work(&stream->work, 0);
	return stream;
}

static int check_watch(const struct contmon_watch *arg)
{
	bool threshold = arg->events & BIT(CONTMON_EVENT_THRESHOLD);
	int ret;

	ret = contmon_check_bits(arg->flags,
				 CONTMON_WATCH_PID | CONTMON_WATCH_CGROUP);
	if (ret)
		return ret;
	ret = contmon_check_bits(arg->events, CONTMON_EVENT_ALL);
	if (ret)
		return ret;
	if (!contmon_trace_has_events())
		return -EOPNOTSUPP;
	if (arg->__reserved ||
	    ((arg->flags & CONTMON_WATCH_PID) && arg->pid < 1))
		return -EINVAL;
	if (threshold &&
	    (!(arg->flags & CONTMON_WATCH_PID) || !arg->rss_bytes ||
	     arg->interval_ms < 10 || arg->interval_ms > 60000))
		return -EINVAL;
	return 0;
}

static void replace_stream(struct contmon_file *file,
			   struct contmon_stream *stream)
{
	struct contmon_stream *old;

	mutex_lock(&file->stream_lock);
	old = file->stream;
	file->stream = stream;
	mutex_unlock(&file->stream_lock);
	if (old)
		stream_free(old);
	/* Waiters on the old one look again */
	wake_up_interruptible_all(&contmon_events_wait);
}

long contmon_watch(struct contmon_file *file, void *_arg)
{
	struct contmon_stream *stream = NULL;
	struct contmon_watch *arg = _arg;
	int ret;

	ret = check_watch(arg);
	if (ret)
		return ret;
	if (arg->events) {
		stream = stream_new(arg);
		if (IS_ERR(stream))
			return PTR_ERR(stream);
	}
	arg->next_sequence = stream ? stream->sequence : contmon_events_next();
	replace_stream(file, stream);
	return 0;
}

void contmon_stream_close(struct contmon_file *file)
{
	if (file->stream)
		stream_free(file->stream);
	file->stream = NULL;
}
