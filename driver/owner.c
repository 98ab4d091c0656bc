// SPDX-License-Identifier: GPL-2.0-only
/* Finds a thread that has the memory of its process. See owner.h */

#include <linux/rcupdate.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "owner.h"

/**
 * contmon_owner_find() - find a thread that has memory
 * @owner: what was found before in this RCU section
 * @task: a thread of a process that has others
 *
 * Returns NULL if there is none. A thread may give up its memory at any time,
 * so the caller must lock it, look, and if that has happened, call this again.
 */
struct task_struct *contmon_owner_find(struct contmon_owner *owner,
				       struct task_struct *task)
{
	struct task_struct *t = owner->thread;

	if (owner->sig == task->signal && (!t || READ_ONCE(t->mm)))
		return t;
	owner->sig = task->signal;
	owner->thread = NULL;
	contmon_for_each_thread(task, t) {
		owner->passed++;
		if (READ_ONCE(t->mm)) {
			owner->thread = t;
			break;
		}
	}
	return owner->thread;
}
