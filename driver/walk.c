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
		       enum pid_type type, unsigned long next)
{
	walk->ns = ns;
	walk->type = type;
	walk->next = next;
	walk->done = false;
}

/* contmon_walk_enter() - begin an RCU section; end each with _leave */
void contmon_walk_enter(struct contmon_walk *walk)
	__acquires(RCU)
{
	rcu_read_lock();
	walk->slot = radix_tree_iter_init(&walk->iter, walk->next);
	walk->budget = CONTMON_WALK_BATCH;
}

/* The task that @pid names as an id of @type, or NULL; pid_task(), inline */
static struct task_struct *task_of(struct pid *pid, enum pid_type type)
{
	struct hlist_node *first;

	first = rcu_dereference(hlist_first_rcu(&pid->tasks[type]));
	return first ? hlist_entry(first, struct task_struct, pid_links[type]) :
		       NULL;
}

/* The next id in the table, or NULL at its end; *@ret_pid may be NULL */
static bool next_id(struct contmon_walk *walk, struct pid **ret_pid)
{
	struct radix_tree_root *ids = &walk->ns->idr.idr_rt;
	struct pid *pid;

	do {
		if (walk->slot)
			walk->slot = radix_tree_next_slot(walk->slot,
							  &walk->iter, 0);
		if (!walk->slot)
			walk->slot = radix_tree_next_chunk(ids, &walk->iter, 0);
		if (!walk->slot)
			return false;
		pid = radix_tree_deref_slot(walk->slot);
		if (radix_tree_deref_retry(pid))
			walk->slot = radix_tree_iter_retry(&walk->iter);
	} while (!walk->slot);

	*ret_pid = pid;
	return true;
}

/*
 * What a process costs grows with its threads, so these are taken off the
 * budget; one process is never split. Somebody who waits for this CPU ends
 * the section at once: with a batch alone a real-time task would wait long.
 */
static void spend(struct contmon_walk *walk, struct task_struct *task)
{
	unsigned int threads = 0;

	if (walk->type == PIDTYPE_TGID)
		threads = get_nr_threads(task);
	if (threads >= walk->budget || need_resched())
		walk->budget = 0;
	else
		walk->budget -= threads;
}

/*
 * contmon_walk_next() - the next task, or NULL at the end of this section
 *
 * The task is valid until contmon_walk_leave().
 */
struct task_struct *contmon_walk_next(struct contmon_walk *walk)
{
	struct task_struct *task;
	struct pid *pid;

	while (walk->budget) {
		if (!next_id(walk, &pid)) {
			walk->done = true;
			return NULL;
		}
		walk->next = walk->iter.index + 1;
		walk->budget--;
		if (!pid)	/* an id in the making */
			continue;

		task = task_of(pid, walk->type);
		if (!task)
			continue;
		walk->pid = (pid_t)walk->iter.index;
		spend(walk, task);
		return task;
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
