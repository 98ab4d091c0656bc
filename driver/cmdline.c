// SPDX-License-Identifier: GPL-2.0-only
/* READ_CMDLINE: the arguments of a process, from its own memory */

#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "internal.h"

/* Copied at once */
#define PIECE 4096U

/*
 * The task's mm with a reference, NULL when it has none, or -EPERM. The right
 * is checked under the lock that execve(2) changes the mm under.
 */
static struct mm_struct *get_readable_mm(struct task_struct *task)
{
	struct contmon_view view;
	struct mm_struct *mm;

	contmon_view_init(&view, CONTMON_TASK_IO, 0);
	rcu_read_lock();
	task_lock(task);
	mm = task->flags & PF_KTHREAD ? NULL : task->mm;
	if (!contmon_may_read(&view, task, mm))
		mm = ERR_PTR(-EPERM);
	else if (mm)
		mmget(mm);
	task_unlock(task);
	rcu_read_unlock();
	return mm;
}

static bool still_has(struct task_struct *task, struct mm_struct *mm)
{
	bool same;

	task_lock(task);
	same = task->mm == mm;
	task_unlock(task);
	return same;
}

/*
 * One piece; returns bytes copied, 0 at the end of what can be read. The
 * memory is reached through the task, so what came from the mm of a program
 * that was exec'ed meanwhile, to which the caller may have no right, is not
 * passed on: with a reference to @mm held, an equal pointer is the same mm.
 */
static int copy_piece(struct task_struct *task, struct mm_struct *mm,
		      unsigned long address, void *piece, u64 to, u32 length)
{
	int got;

	got = access_process_vm(task, address, piece, (int)length, FOLL_FORCE);
	if (got <= 0 || !still_has(task, mm))
		return 0;
	if (copy_to_user(u64_to_user_ptr(to), piece, got))
		return -EFAULT;
	return got;
}

static int copy_arguments(struct task_struct *task, struct mm_struct *mm,
			  struct contmon_read_cmdline *arg)
{
	unsigned long start, end;
	u32 done = 0, length;
	void *piece;
	int ret = 0;

	spin_lock(&mm->arg_lock);
	start = mm->arg_start;
	end = mm->arg_end;
	spin_unlock(&mm->arg_lock);
	arg->total_bytes = end > start ? end - start : 0;
	length = min_t(u64, arg->length, arg->total_bytes);

	piece = kmalloc(PIECE, GFP_KERNEL_ACCOUNT);
	if (!piece)
		return -ENOMEM;
	while (done < length) {
		ret = copy_piece(task, mm, start + done, piece,
				 arg->buffer + done, min(PIECE, length - done));
		if (ret <= 0)
			break;
		done += ret;
	}
	kfree(piece);
	arg->length = done;
	return min(ret, 0);
}

long contmon_read_cmdline(struct contmon_file *file, void *_arg)
{
	struct contmon_read_cmdline *arg = _arg;
	struct task_struct *task;
	struct mm_struct *mm;
	struct pid *pid;
	int ret = 0;

	if (arg->flags)
		return -EOPNOTSUPP;
	if (arg->pid < 1 || !arg->length || arg->length > CONTMON_MAX_CMDLINE)
		return -EINVAL;

	pid = find_get_pid(arg->pid);
	task = get_pid_task(pid, PIDTYPE_TGID);
	put_pid(pid);
	if (!task)
		return -ESRCH;

	mm = get_readable_mm(task);
	if (IS_ERR(mm)) {
		ret = PTR_ERR(mm);
	} else if (mm) {
		ret = copy_arguments(task, mm, arg);
		mmput(mm);
	} else {
		arg->length = 0;
		arg->total_bytes = 0;
	}
	put_task_struct(task);
	return ret;
}
