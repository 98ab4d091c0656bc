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

/* Not inline, because it makes a call for each counter anyway */
void contmon_sums_add_exact(struct contmon_sums *sums, struct mm_struct *mm)
{
	contmon_sums_add_mm(sums, mm, true);
}

/* When only the leader has exited, one of its threads still has the mm */
void contmon_sums_add_headless(struct contmon_sums *sums,
			       struct task_struct *task, bool exact_rss)
{
	struct task_struct *t;
	bool found = false;

	contmon_for_each_thread(task, t) {
		task_lock(t);
		found = t->mm;
		if (found)
			contmon_sums_add_mm(sums, t->mm, exact_rss);
		task_unlock(t);
		if (found)
			break;
	}
}
