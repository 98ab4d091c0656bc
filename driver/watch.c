// SPDX-License-Identifier: GPL-2.0-only
/* WATCH: creates, changes and ends the stream of an open file. */

#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/pid.h>
#include <linux/slab.h>

#include "internal.h"
#include "stream.h"
#include "threshold.h"
#include "trace.h"
#include "user.h"

static bool pid_makes_sense(const struct contmon_watch *arg)
{
	if (arg->flags & CONTMON_WATCH_PID)
		return arg->pid > 0;
	return !arg->start_boottime_ns;
}

static int check_watch(const struct contmon_watch *arg)
{
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
	if (!pid_makes_sense(arg))
		return -EINVAL;
	return contmon_threshold_check(arg);
}

static int set_pid(struct contmon_stream *stream,
		   const struct contmon_watch *arg)
{
	struct task_struct *leader;
	struct pid *pid;
	u64 started;

	if (!(arg->flags & CONTMON_WATCH_PID))
		return 0;
	rcu_read_lock();
	/* Looked up once: a second look might find the id reused */
	pid = find_vpid(arg->pid);
	leader = contmon_visible_task(pid, PIDTYPE_TGID);
	if (leader) {
		started = contmon_view_boottime_ns(&stream->view,
						   leader->start_boottime);
		if (!arg->start_boottime_ns ||
		    arg->start_boottime_ns == started)
			stream->pid = get_pid(pid);
	}
	rcu_read_unlock();
	return stream->pid ? 0 : -ESRCH;
}

/* The stream keeps the id, because the cgroup may be removed */
static int set_cgroup(struct contmon_stream *stream,
		      const struct contmon_watch *arg)
{
	struct cgroup *cgrp;

	if (!(arg->flags & CONTMON_WATCH_CGROUP))
		return 0;
	cgrp = contmon_view_get_cgroup(&stream->view, arg->cgroup_id);
	if (IS_ERR(cgrp))
		return PTR_ERR(cgrp);
	stream->cgroup_id = cgroup_id(cgrp);
	stream->cgroup_level = cgrp->level;
	cgroup_put(cgrp);
	return 0;
}

static void stream_free(struct contmon_stream *stream)
{
	contmon_stream_destroy(stream);
	put_pid(stream->pid);
	contmon_view_put(&stream->view);
	kfree(stream);
}

static struct contmon_stream *stream_new(struct contmon_file *file,
					 const struct contmon_watch *arg)
{
	struct contmon_stream *stream;
	int ret;

	stream = kzalloc(sizeof(*stream), GFP_KERNEL_ACCOUNT);
	if (!stream)
		return ERR_PTR(-ENOMEM);
	stream->events = arg->events;
	stream->wait = &file->wait;
	contmon_view_init(&stream->view);
	contmon_view_get(&stream->view);
	ret = contmon_stream_init(stream);
	if (!ret)
		ret = set_pid(stream, arg);
	if (!ret)
		ret = set_cgroup(stream, arg);
	if (!ret)
		ret = contmon_stream_add(stream);
	if (ret) {
		stream_free(stream);
		return ERR_PTR(ret);
	}
	contmon_threshold_start(stream, arg);
	return stream;
}

static void stream_end(struct contmon_stream *stream)
{
	if (!stream)
		return;
	contmon_threshold_stop(stream);
	contmon_stream_remove(stream);
	stream_free(stream);
}

/*
 * With file->stream_lock, or when the file is closed. A file counts as one
 * stream, no matter how often its stream is replaced.
 */
static int replace_stream(struct contmon_file *file,
			  const struct contmon_watch *arg)
{
	struct contmon_stream *old, *stream = NULL;
	atomic_long_t *nr = &file->user->nr_streams;

	old = rcu_dereference_protected(file->stream, true);
	if (arg->events) {
		if (!old && !contmon_charge(nr, 1, CONTMON_MAX_USER_STREAMS))
			return -EMFILE;
		stream = stream_new(file, arg);
		if (IS_ERR(stream)) {
			if (!old)
				contmon_uncharge(nr, 1);
			return PTR_ERR(stream);
		}
	}
	rcu_assign_pointer(file->stream, stream);
	stream_end(old);
	if (old && !stream)
		contmon_uncharge(nr, 1);
	return 0;
}

long contmon_watch(struct contmon_file *file, void *_arg)
{
	struct contmon_watch *arg = _arg;
	int ret;

	ret = check_watch(arg);
	if (ret)
		return ret;
	if (mutex_lock_killable(&file->stream_lock))
		return -EINTR;
	ret = replace_stream(file, arg);
	mutex_unlock(&file->stream_lock);
	if (ret)
		return ret;
	arg->next_sequence = 0;
	/* Readers that wait for the old stream must look at the new one */
	wake_up_interruptible_all(&file->wait);
	return 0;
}

void contmon_stream_close(struct contmon_file *file)
{
	const struct contmon_watch none = { .events = 0 };

	replace_stream(file, &none);
}
