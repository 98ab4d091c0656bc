// SPDX-License-Identifier: GPL-2.0-only
/*
 * The walk over processes or threads.
 *
 * /proc finds the next id with find_ge_pid(), which searches the table of ids
 * from its root each time. Here the same table, the idr of the pid namespace,
 * is read a leaf of 64 slots at a time, under RCU as in the kernel. The table
 * has the ids of threads, groups and sessions, too; only an id of a thread
 * group is a process.
 *
 * Each call returns several tasks: a call for each would cost a tenth of the
 * whole walk.
 */

#include <linux/idr.h>
#include <linux/pid.h>
#include <linux/radix-tree.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "internal.h"

/* Summing the RSS counters of this many CPUs costs as much as a thread */
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

/* An inline pid_task() */
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
 * Finds the tasks of the ids from @iter->index up to @iter->next_index, whose
 * slots begin at @slot. Returns the id after the last one visited. A process is
 * never split between two sections.
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
		/* The leaf was moved: the caller looks up its ids again */
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

/* The first run of a section is always made, so every section progresses */
static bool may_go_on(const struct contmon_walk *walk)
{
	return walk->budget > 0 &&
	       (walk->budget == CONTMON_WALK_BUDGET || !need_resched());
}

/* Finds the tasks of the ids in the list */
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

/* Finds the tasks of the ids in a part of the table */
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
 * contmon_walk_next() - find the next tasks and put them into @walk
 * @walk: inside its section
 * @max: most tasks wanted, up to CONTMON_WALK_RUN
 *
 * The section ends early when another task needs this CPU: a real-time task
 * would have to wait too long for the budget to be spent. Returns the number of
 * tasks; 0 at the end of the section.
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

/* contmon_walk_leave() - end the section, reschedule; -EINTR when killed */
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
