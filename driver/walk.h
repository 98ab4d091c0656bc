/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The walk over the tasks that a query can see, in short RCU sections.
 *
 * A section is made of runs of a few ids. Finding the ids of a run is a call;
 * the loop over them is inline, because a call for each task would cost a tenth
 * of the whole walk.
 */
#ifndef CONTMON_WALK_H
#define CONTMON_WALK_H

#include <linux/pid.h>
#include <linux/radix-tree.h>
#include <linux/sched/signal.h>

#include "internal.h"

/*
 * Limit of the cost of an RCU section: see PERFORMANCE.md. A process with one
 * thread costs 2, one for its id and one for its thread, or some 400
 * instructions.
 */
#define CONTMON_WALK_BUDGET 256

/* At most, for a search whose result the other rows of the section share */
#define CONTMON_WALK_SEARCH (CONTMON_WALK_BUDGET / 2)

/**
 * struct contmon_walk - a place among the tasks of a pid namespace
 * @ns: the namespace; kept alive by the caller
 * @type: PIDTYPE_TGID for processes, PIDTYPE_PID for threads
 * @list: the ids to visit, ascending, up to @list_end, or NULL for all; owned
 *	by the caller
 * @list_end: end of @list
 * @next: the lowest id not visited yet
 * @passed: threads that @visit went past, set by it, beyond those of a process
 *	that is visited
 * @task_cost: cost of a task, beyond its id and threads
 * @budget: cost that may still be added in this section
 * @done: no run is left after this one
 * @slot: where the table has the struct pid of @next; valid in this section
 * @run_end: end of this run's slots
 * @leaf_end: end of the slots of the table's leaf
 * @listed: the slot of an id of @list
 *
 * Visits the namespace's table of ids in ascending order. The place is a
 * number, so it stays valid when tasks die between two sections, and a task
 * that exists during the whole walk is visited exactly once.
 */
struct contmon_walk {
	struct pid_namespace *ns;
	enum pid_type type;
	const s32 *list;
	const s32 *list_end;
	unsigned long next;
	unsigned int passed;
	int task_cost;
	int budget;
	bool done;
	void __rcu **slot;
	void __rcu **run_end;
	void __rcu **leaf_end;
	void __rcu *listed;
};

void contmon_walk_init(struct contmon_walk *walk,
		       const struct contmon_query *query, unsigned long next);
void contmon_walk_enter(struct contmon_walk *walk) __acquires(RCU);
bool contmon_walk_run(struct contmon_walk *walk, unsigned int max);
int contmon_walk_leave(struct contmon_walk *walk) __releases(RCU);

/**
 * contmon_walk_visit() - call @visit for each task of this run
 * @walk: inside its section, after contmon_walk_run()
 * @type: walk->type, or the constant that is equal to it
 * @visit: must not sleep; the task is valid until the section is left
 * @data: passed to @visit
 *
 * All threads of a process are read, so a large one costs more, and may end the
 * section. A process is never split between two sections. For the first row of
 * a thread without memory, another that still has it is searched for. So a
 * section has two searches at the most, each of which serves many rows.
 */
static __always_inline void
contmon_walk_visit(struct contmon_walk *walk, enum pid_type type,
		   void (*visit)(struct task_struct *task, pid_t pid,
				 void *data),
		   void *data)
{
	void __rcu **end = walk->run_end;
	void __rcu **slot = walk->slot;
	unsigned long id = walk->next;
	int budget = walk->budget;
	struct task_struct *task;
	struct hlist_node *first;
	struct pid *pid;

	for (; slot != end && budget >= 0; slot++, id++) {
		pid = radix_tree_deref_slot(slot);
		if (!pid)
			continue;
		/* The leaf was moved: the next run looks it up again */
		if (unlikely(radix_tree_deref_retry(pid))) {
			walk->leaf_end = slot;
			break;
		}
		/* An inline contmon_visible_task() */
		first = rcu_dereference(hlist_first_rcu(&pid->tasks[type]));
		if (!first)
			continue;
		task = hlist_entry(first, struct task_struct, pid_links[type]);
		if (unlikely(contmon_is_in_no_cgroup(task)))
			continue;
		visit(task, (pid_t)id, data);
		budget -= walk->task_cost;
		if (type == PIDTYPE_TGID) {
			budget -= get_nr_threads(task);
			continue;
		}
		budget -= min_t(int, walk->passed, CONTMON_WALK_SEARCH);
		walk->passed = 0;
	}
	walk->slot = slot;
	walk->next = id;
	walk->budget = budget;
}

/**
 * contmon_visit_processes() - call @visit for each process of a query
 * @query: the caller's view; not of threads
 * @visit: called in the RCU section in which the task was found; must not sleep
 * @data: passed to @visit
 *
 * Inline, so that @visit is. Returns 0, or -EINTR when the caller was killed.
 */
static __always_inline int
contmon_visit_processes(const struct contmon_query *query,
			void (*visit)(struct task_struct *task, pid_t pid,
				      void *data),
			void *data)
{
	struct contmon_walk walk;
	int ret = 0;

	contmon_walk_init(&walk, query, 0);
	while (!ret && !walk.done) {
		contmon_walk_enter(&walk);
		while (contmon_walk_run(&walk, UINT_MAX))
			contmon_walk_visit(&walk, PIDTYPE_TGID, visit, data);
		ret = contmon_walk_leave(&walk);
	}
	return ret;
}

#endif /* CONTMON_WALK_H */
