// SPDX-License-Identifier: GPL-2.0-only
/*
 * The walk over processes or threads.
 *
 * Readers of /proc go from id to id with find_ge_pid(), which looks up the
 * table of ids from its root each time. Here the same table, the idr of the
 * pid namespace, is read a leaf of 64 slots at a time, under RCU as the kernel
 * itself reads it. The table has the ids of threads, groups and sessions too;
 * only an id that names a thread group is a process.
 *
 * Tasks come in runs of a few: a call for each would cost a tenth of all.
 */

#include <linux/idr.h>
#include <linux/pid.h>
#include <linux/radix-tree.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "internal.h"

/* CPUs whose parts of the five counters of RSS cost as much as a thread */
#define CPUS_A_THREAD 4

void contmon_walk_init(struct contmon_walk *walk,
		       const struct contmon_query *query, unsigned long next)
{
	walk->ns = query->view.pid_ns;
	walk->type = query->threads ? PIDTYPE_PID : PIDTYPE_TGID;
	walk->list = NULL;
	walk->list_end = NULL;
	walk->next = next;
	walk->task_cost = query->exact_rss ? nr_cpu_ids / CPUS_A_THREAD : 0;
	walk->done = false;
}

/* contmon_walk_enter() - begin an RCU section; end each with _leave */
void contmon_walk_enter(struct contmon_walk *walk)
	__acquires(RCU)
{
	rcu_read_lock();
	walk->budget = CONTMON_WALK_BUDGET;
}

/* The task that @pid names as an id of @type, or NULL; pid_task(), inline */
static struct task_struct *task_of(struct pid *pid, enum pid_type type)
{
	struct hlist_node *first;

	first = rcu_dereference(hlist_first_rcu(&pid->tasks[type]));
	return first ? hlist_entry(first, struct task_struct, pid_links[type]) :
		       NULL;
}

/* All threads of a process are read, so a large one costs more */
static int cost_of(const struct contmon_walk *walk, struct task_struct *task)
{
	if (walk->type == PIDTYPE_TGID)
		return walk->task_cost + get_nr_threads(task);
	return walk->task_cost;
}

/*
 * Tasks of the ids from @iter->index up to @iter->next_index, whose slots begin
 * at @slot. Returns the id after the last that was looked at. One process is
 * never split.
 */
static unsigned long scan_leaf(struct contmon_walk *walk, void __rcu **slot,
			       const struct radix_tree_iter *iter,
			       unsigned int max)
{
	const enum pid_type type = walk->type;
	unsigned long end = iter->next_index;
	unsigned long id = iter->index;
	unsigned int nr = walk->nr;
	int budget = walk->budget;
	struct task_struct *task;
	struct pid *pid;

	for (; id != end && nr < max && budget > 0; id++, slot++) {
		pid = radix_tree_deref_slot(slot);
		if (!pid)
			continue;
		/* The leaf was moved: its ids are looked up again */
		if (radix_tree_deref_retry(pid))
			break;
		budget--;
		task = task_of(pid, type);
		if (!task)
			continue;
		walk->tasks[nr] = task;
		walk->pids[nr++] = (pid_t)id;
		budget -= cost_of(walk, task);
	}
	walk->nr = nr;
	walk->budget = budget;
	return id;
}

/* The first run is always made, so that there is always progress */
static bool may_go_on(const struct contmon_walk *walk)
{
	return walk->budget > 0 &&
	       (walk->budget == CONTMON_WALK_BUDGET || !need_resched());
}

/* Tasks of the ids in the list */
static void scan_list(struct contmon_walk *walk, unsigned int max)
{
	struct task_struct *task;
	pid_t pid;

	while (walk->list != walk->list_end && walk->nr < max &&
	       walk->budget > 0) {
		pid = *walk->list++;
		walk->next = (unsigned long)pid + 1;
		walk->budget--;
		task = pid_task(find_pid_ns(pid, walk->ns), walk->type);
		if (!task)
			continue;
		walk->tasks[walk->nr] = task;
		walk->pids[walk->nr++] = pid;
		walk->budget -= cost_of(walk, task);
	}
	walk->done = walk->list == walk->list_end;
}

/* Tasks of the ids in a part of the table */
static void scan_table(struct contmon_walk *walk, unsigned int max)
{
	struct radix_tree_root *ids = &walk->ns->idr.idr_rt;
	struct radix_tree_iter iter;
	void __rcu **slot;

	slot = radix_tree_iter_init(&iter, walk->next);
	slot = radix_tree_next_chunk(ids, &iter, 0);
	if (slot)
		walk->next = scan_leaf(walk, slot, &iter, max);
	else
		walk->done = true;
}

/**
 * contmon_walk_next() - the next tasks, into @walk
 * @walk: inside of its section
 * @max: how many are wanted at most, up to CONTMON_WALK_RUN
 *
 * A task that waits for this CPU ends the section before its budget is spent:
 * with that alone a real-time task would wait long. Returns how many tasks
 * there are; 0 at the end of the section.
 */
unsigned int contmon_walk_next(struct contmon_walk *walk, unsigned int max)
{
	walk->nr = 0;
	max = min(max, CONTMON_WALK_RUN);
	while (!walk->done && walk->nr < max && may_go_on(walk)) {
		if (walk->list)
			scan_list(walk, max);
		else
			scan_table(walk, max);
	}
	return walk->nr;
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
