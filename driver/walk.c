// SPDX-License-Identifier: GPL-2.0-only
/*
 * The walk over processes or threads. See walk.h
 *
 * /proc finds the next id with find_ge_pid(), which searches the table of ids
 * from its root each time. Here the same table, the idr of the pid namespace,
 * is read a leaf of 64 slots at a time, under RCU as in the kernel. The table
 * has the ids of threads, groups and sessions, too; only an id of a thread
 * group is a process.
 */

#include <linux/idr.h>
#include <linux/minmax.h>
#include <linux/pid.h>
#include <linux/radix-tree.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "walk.h"

/* Summing the RSS counters of this many CPUs costs as much as a thread */
#define CPUS_A_THREAD 4

/* Ids between two looks whether another task needs this CPU */
#define RUN 16U

/* The OOM killer's points may be exact sums, even if those of RSS are not */
static bool makes_sums(const struct contmon_query *query)
{
	return query->exact_rss ||
	       (CONTMON_OOM_IS_EXACT && query->oom_pages &&
		query->fields & CONTMON_TASK_OOM_SCORE);
}

/*
 * Without per-CPU counters, a sum takes a look at all threads of the process
 * that has the memory, which may be another than the task's. So a section has
 * only one such task.
 */
static int cost_of_sums(void)
{
	return CONTMON_THREADS_COUNT_RSS ? CONTMON_WALK_BUDGET :
					   nr_cpu_ids / CPUS_A_THREAD;
}

void contmon_walk_init(struct contmon_walk *walk,
		       const struct contmon_query *query, unsigned long next)
{
	memset(walk, 0, sizeof(*walk));
	walk->ns = query->view.pid_ns;
	walk->type = query->threads ? PIDTYPE_PID : PIDTYPE_TGID;
	walk->next = next;
	walk->task_cost = makes_sums(query) ? cost_of_sums() : 0;
}

/* contmon_walk_enter() - begin an RCU section; end each with _leave */
void contmon_walk_enter(struct contmon_walk *walk)
	__acquires(RCU)
{
	rcu_read_lock();
	walk->budget = CONTMON_WALK_BUDGET;
	/* The leaf of the previous section may have been freed */
	walk->slot = NULL;
	walk->leaf_end = NULL;
}

/* The first run of a section is always made, so every section progresses */
static bool may_go_on(const struct contmon_walk *walk)
{
	return walk->budget > 0 &&
	       (walk->budget == CONTMON_WALK_BUDGET || !need_resched());
}

/* A run of one id */
static bool next_of_list(struct contmon_walk *walk)
{
	if (walk->list == walk->list_end) {
		walk->done = true;
		return false;
	}
	walk->next = (unsigned long)*walk->list++;
	walk->done = walk->list == walk->list_end;
	walk->budget--;
	RCU_INIT_POINTER(walk->listed, find_pid_ns(walk->next, walk->ns));
	walk->slot = &walk->listed;
	walk->run_end = walk->slot + 1;
	return true;
}

/* Finds the leaf of the next id that is in use */
static bool find_leaf(struct contmon_walk *walk)
{
	struct radix_tree_root *ids = &walk->ns->idr.idr_rt;
	struct radix_tree_iter iter;
	void __rcu **slot;

	slot = radix_tree_iter_init(&iter, walk->next);
	slot = radix_tree_next_chunk(ids, &iter, 0);
	if (!slot) {
		walk->done = true;
		return false;
	}
	walk->next = iter.index;
	walk->slot = slot;
	walk->leaf_end = slot + (iter.next_index - iter.index);
	return true;
}

/**
 * contmon_walk_run() - find the ids that contmon_walk_visit() visits next
 * @walk: inside its section
 * @max: most ids wanted, at least 1
 *
 * The section ends early when another task needs this CPU: a real-time task
 * would have to wait too long for the budget to be spent. Returns false at the
 * end of the section.
 */
bool contmon_walk_run(struct contmon_walk *walk, unsigned int max)
{
	unsigned int nr;

	if (walk->done || !may_go_on(walk))
		return false;
	if (walk->list)
		return next_of_list(walk);
	if (walk->slot == walk->leaf_end && !find_leaf(walk))
		return false;
	nr = min3(max, RUN, (unsigned int)walk->budget);
	nr = min_t(unsigned long, nr, walk->leaf_end - walk->slot);
	walk->run_end = walk->slot + nr;
	walk->budget -= (int)nr;
	return true;
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
