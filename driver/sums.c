// SPDX-License-Identifier: GPL-2.0-only
/* Sums over processes: the rarely used parts. See sums.h */

#include "sums.h"

enum contmon_state contmon_state_of(struct task_struct *task)
{
	switch (task_state_to_char(task)) {
	case 'R':
		return CONTMON_RUNNING;
	case 'S':
		return CONTMON_SLEEPING;
	case 'D':
		return CONTMON_UNINTERRUPTIBLE;
	case 'T':
	case 't':
		return CONTMON_STOPPED;
	case 'Z':
	case 'X':
		return CONTMON_ZOMBIE;
	default:
		return CONTMON_IDLE;
	}
}

static bool add_memory_of(struct contmon_sums *sums, struct task_struct *t,
			  bool exact_rss)
{
	struct mm_struct *mm;

	task_lock(t);
	mm = t->mm;
	if (mm)
		contmon_sums_add_mm(sums, mm, exact_rss);
	task_unlock(t);
	return mm;
}

/* When only the leader has exited, one of its threads still has the mm */
void contmon_sums_add_headless(struct contmon_sums *sums,
			       struct task_struct *task, bool exact_rss)
{
	struct task_struct *t;

	contmon_for_each_thread(task, t)
		if (add_memory_of(sums, t, exact_rss))
			break;
}

/* Not inline, because it makes a call for each counter anyway */
void contmon_sums_memory_exact(struct contmon_sums *sums,
			       struct task_struct *task)
{
	if (!(READ_ONCE(task->flags) & PF_KTHREAD) &&
	    !add_memory_of(sums, task, true) && !thread_group_empty(task))
		contmon_sums_add_headless(sums, task, true);
}
