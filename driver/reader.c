// SPDX-License-Identifier: GPL-2.0-only
/*
 * read() and poll() of a stream of events.
 *
 *   file->stream_lock	(mutex)	one reader at a time, and no change of stream
 *
 * The reader that has it may wait for user memory, so others can be killed. And
 * poll() does without it: it may be one of many files that a task waits for.
 */

#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/uio.h>

#include "internal.h"
#include "stream.h"

/* The ring with the oldest event, or NULL; stream->lock held */
static struct contmon_ring *first_ring(struct contmon_stream *stream)
{
	struct contmon_event *often = contmon_ring_first(&stream->often);
	struct contmon_event *rare = contmon_ring_first(&stream->rare);

	if (!often)
		return rare ? &stream->rare : NULL;
	if (!rare)
		return &stream->often;
	return often->sequence < rare->sequence ? &stream->often :
						  &stream->rare;
}

/* Copies the next event; false if there is none */
static bool peek(struct contmon_stream *stream, struct contmon_event *event)
{
	struct contmon_ring *ring;
	unsigned long flags;

	memset(event, 0, sizeof(*event));
	raw_spin_lock_irqsave(&stream->lock, flags);
	ring = first_ring(stream);
	if (ring) {
		memcpy(event, contmon_ring_first(ring), ring->size);
		event->dropped = event->sequence - stream->expected;
	} else {
		stream->waits = true;
	}
	raw_spin_unlock_irqrestore(&stream->lock, flags);
	return ring;
}

/* Removes the event that was read, unless it has been overwritten since */
static void consume(struct contmon_stream *stream, u64 sequence)
{
	struct contmon_ring *ring;
	unsigned long flags;

	raw_spin_lock_irqsave(&stream->lock, flags);
	ring = first_ring(stream);
	if (ring && contmon_ring_first(ring)->sequence == sequence)
		contmon_ring_remove(ring);
	stream->expected = sequence + 1;
	raw_spin_unlock_irqrestore(&stream->lock, flags);
}

static bool has_event(struct contmon_stream *stream)
{
	unsigned long flags;
	bool has;

	raw_spin_lock_irqsave(&stream->lock, flags);
	has = first_ring(stream);
	if (!has)
		stream->waits = true;
	raw_spin_unlock_irqrestore(&stream->lock, flags);
	return has;
}

/* Returns 1 when an event was copied out, 0 when there is none, or -EFAULT */
static int read_one(struct contmon_stream *stream, struct iov_iter *to)
{
	struct contmon_event event;

	if (!peek(stream, &event))
		return 0;
	if (copy_to_iter(&event, sizeof(event), to) != sizeof(event))
		return -EFAULT;
	consume(stream, event.sequence);
	return 1;
}

static struct contmon_stream *locked_stream(struct contmon_file *file)
{
	return rcu_dereference_protected(file->stream,
					 lockdep_is_held(&file->stream_lock));
}

static ssize_t read_events(struct contmon_file *file, struct iov_iter *to)
{
	struct contmon_stream *stream;
	ssize_t done = 0;
	int ret = 1;

	if (mutex_lock_killable(&file->stream_lock))
		return -EINTR;
	stream = locked_stream(file);
	if (!stream) {
		mutex_unlock(&file->stream_lock);
		return -EINVAL;
	}
	while (ret > 0 && iov_iter_count(to) >= sizeof(struct contmon_event) &&
	       !fatal_signal_pending(current)) {
		ret = read_one(stream, to);
		if (ret > 0)
			done += sizeof(struct contmon_event);
		cond_resched();
	}
	mutex_unlock(&file->stream_lock);
	return done ?: min(ret, 0);
}

static __poll_t file_events(struct contmon_file *file)
{
	struct contmon_stream *stream;
	__poll_t mask = 0;

	rcu_read_lock();
	stream = rcu_dereference(file->stream);
	if (!stream)
		mask = EPOLLERR;
	else if (has_event(stream))
		mask = EPOLLIN | EPOLLRDNORM;
	rcu_read_unlock();
	return mask;
}

/* Of all segments of a readv(), so that it waits only while it has nothing */
ssize_t contmon_stream_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct file *filp = iocb->ki_filp;
	struct contmon_file *file = filp->private_data;
	ssize_t ret;

	if (iov_iter_count(to) < sizeof(struct contmon_event))
		return -EINVAL;

	for (;;) {
		DEFINE_WAIT_FUNC(wait, woken_wake_function);

		ret = read_events(file, to);
		if (ret)
			return ret;
		if (filp->f_flags & O_NONBLOCK || iocb->ki_flags & IOCB_NOWAIT)
			return -EAGAIN;

		add_wait_queue(&file->wait, &wait);
		/* Without a stream read() fails at once */
		while (!file_events(file) && !signal_pending(current))
			wait_woken(&wait, TASK_INTERRUPTIBLE,
				   MAX_SCHEDULE_TIMEOUT);
		remove_wait_queue(&file->wait, &wait);
		if (signal_pending(current))
			return -ERESTARTSYS;
	}
}

__poll_t contmon_stream_poll(struct file *filp, poll_table *table)
{
	struct contmon_file *file = filp->private_data;

	poll_wait(filp, &file->wait, table);
	return file_events(file);
}
