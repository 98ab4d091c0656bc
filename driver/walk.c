// SPDX-License-Identifier: GPL-2.0-only
/*
 * The walk over processes.
 *
 * Readers of /proc go from id to id with find_ge_pid(), which looks up the
 * table of ids from its root each time. Here the same table, the idr of the
 * pid namespace, is read a leaf of 64 slots at a time, under RCU as the kernel
 * itself reads it. The table has the ids of threads, groups and sessions too;
 * only an id that names a thread group is a process.
 */

#include <linux/idr.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "internal.h"

void contmon_walk_init(struct contmon_walk *walk, struct pid_namespace *ns,
		       unsigned long next)
{
	walk->ns = ns;
	walk->next = next;
	walk->done = false;
}

/* contmon_walk_enter() - begin an RCU section; the caller ends each with _leave */
void contmon_walk_enter(struct contmon_walk *walk)
	__acquires(RCU)
{
	rcu_read_lock();
	walk->slot = radix_tree_iter_init(&walk->iter, walk->next);
	walk->budget = CONTMON_WALK_BATCH;
}

/*
 * contmon_walk_next() - the next process, or NULL at the end of this section
 *
 * The task is valid until contmon_walk_leave(). What a process costs grows
 * with its threads, so these are taken off the budget, as is each id; one
 * process is never split.
 */
struct task_struct *contmon_walk_next(struct contmon_walk *walk)
{
	struct radix_tree_root *ids = &walk->ns->idr.idr_rt;
	struct task_struct *leader;
	struct pid *pid;

	while (walk->budget) {
		if (walk->slot)
			walk->slot = radix_tree_next_slot(walk->slot,
							  &walk->iter, 0);
		if (!walk->slot)
			walk->slot = radix_tree_next_chunk(ids, &walk->iter, 0);
		if (!walk->slot) {
			walk->done = true;
			return NULL;
		}

		pid = radix_tree_deref_slot(walk->slot);
		if (radix_tree_deref_retry(pid)) {
			walk->slot = radix_tree_iter_retry(&walk->iter);
			continue;
		}
		walk->next = walk->iter.index + 1;
		walk->budget--;
		if (!pid)	/* an id in the making */
			continue;

		leader = pid_task(pid, PIDTYPE_TGID);
		if (leader) {
			walk->pid = (pid_t)walk->iter.index;
			walk->budget -= min_t(unsigned int, walk->budget,
					      get_nr_threads(leader));
			return leader;
		}
	}
	return NULL;
}

/* contmon_walk_leave() - end the section, let others run; -EINTR when killed */
int contmon_walk_leave(struct contmon_walk *walk)
	__releases(RCU)
{
	rcu_read_unlock();
	if (walk->done)
		return 0;
	if (fatal_signal_pending(current))
		return -EINTR;
	cond_resched();
	return 0;
}
