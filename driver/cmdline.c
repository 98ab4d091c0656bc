// SPDX-License-Identifier: GPL-2.0-only
/*
 * READ_CMDLINE: the arguments of a process, from its own memory.
 *
 * The same bytes as /proc/PID/cmdline, by the same rule: any visible process
 * may be read, and only its anonymous memory is read. A process may declare
 * that its arguments are in a mapped file. Reading that file would let the
 * process choose what the reader sees, and block the reader forever if the file
 * is on FUSE.
 */

#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "internal.h"

/**
 * struct source - where to read the arguments
 * @task: the process
 * @mm: its memory when the call began; holds a reference to the structure, but
 *	does not keep the memory
 * @start: address of the arguments
 * @length: bytes to show
 * @piece: buffer of one page
 */
struct source {
	struct task_struct *task;
	struct mm_struct *mm;
	unsigned long start;
	unsigned long length;
	char *piece;
};

static bool still_has(struct task_struct *task, struct mm_struct *mm)
{
	bool same;

	task_lock(task);
	same = task->mm == mm;
	task_unlock(task);
	return same;
}

/*
 * Fills the piece and returns its length, 0 when there is nothing to read.
 *
 * The memory is reached through the task. If the task has meanwhile run another
 * program, the bytes read are discarded: that program may have anything at this
 * address. As long as @mm is referenced, an equal pointer is the same mm.
 *
 * The memory itself is kept only during the read: the caller may then be kept
 * from writing the bytes to its own, for as long as it wants.
 */
static int read_piece(const struct source *source, unsigned long address,
		      unsigned long length)
{
	int got;

	got = access_process_vm(source->task, address, source->piece,
				(int)min(PAGE_SIZE, length),
				FOLL_ANON);
	if (got <= 0 || !still_has(source->task, source->mm))
		return 0;
	return got;
}

/*
 * Sets @start and @length. A program that sets its title writes it over its
 * arguments and maybe its environment: then the last byte of the arguments is
 * not NUL. The title ends at the first NUL, or after a page.
 */
static void find_arguments(struct source *source)
{
	unsigned long start, end, env_start, env_end;
	struct mm_struct *mm = source->mm;
	int got;

	spin_lock(&mm->arg_lock);
	start = mm->arg_start;
	end = mm->arg_end;
	env_start = mm->env_start;
	env_end = mm->env_end;
	spin_unlock(&mm->arg_lock);

	if (start >= end)
		return;
	source->start = start;
	source->length = end - start;
	if (read_piece(source, end - 1, 1) != 1 || !source->piece[0])
		return;

	if (env_start == end && env_end > end)
		end = env_end;
	got = read_piece(source, start, PAGE_SIZE);
	source->length = min3(strnlen(source->piece, got) + 1, end - start,
			      (unsigned long)got);
}

/* Returns how many bytes were copied */
static int copy_arguments(const struct source *source, u64 buffer, u32 room)
{
	unsigned long length = min_t(unsigned long, source->length, room);
	u32 done = 0;
	int got;

	while (done < length) {
		got = read_piece(source, source->start + done, length - done);
		if (fatal_signal_pending(current))
			return -EINTR;
		if (!got)
			break;
		if (copy_to_user(u64_to_user_ptr(buffer + done), source->piece,
				 got))
			return -EFAULT;
		done += got;
	}
	return (int)done;
}

static int read_arguments(struct source *source,
			  struct contmon_read_cmdline *arg)
{
	int ret;

	source->piece = kmalloc(PAGE_SIZE, GFP_KERNEL_ACCOUNT);
	if (!source->piece)
		return -ENOMEM;
	find_arguments(source);
	ret = copy_arguments(source, arg->buffer, arg->length);
	kfree(source->piece);
	if (ret < 0)
		return ret;
	/* The text ends before memory that cannot be read, as in /proc */
	if ((u64)ret < min_t(u64, source->length, arg->length))
		source->length = (unsigned long)ret;
	arg->total_bytes = source->length;
	arg->length = (u32)ret;
	return 0;
}

static struct task_struct *get_process(pid_t nr)
{
	struct task_struct *task;

	rcu_read_lock();
	task = contmon_visible_task(find_vpid(nr), PIDTYPE_TGID);
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	return task;
}

static struct mm_struct *get_mm(struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);

	if (mm) {
		mmgrab(mm);
		mmput(mm);
	}
	return mm;
}

long contmon_read_cmdline(struct contmon_file *file, void *_arg)
{
	struct contmon_read_cmdline *arg = _arg;
	struct source source = { 0 };
	int ret = 0;

	if (arg->flags)
		return -EOPNOTSUPP;
	if (arg->pid < 1 || !arg->length || arg->length > CONTMON_MAX_CMDLINE)
		return -EINVAL;

	source.task = get_process(arg->pid);
	if (!source.task)
		return -ESRCH;
	source.mm = get_mm(source.task);
	if (source.mm) {
		ret = read_arguments(&source, arg);
		mmdrop(source.mm);
	} else {
		arg->length = 0;
		arg->total_bytes = 0;
	}
	put_task_struct(source.task);
	return ret;
}
