/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sums over processes: their number by state of the leader, memory and usage.
 *
 * The functions are inline and make no record, because they run for each
 * process of the host. The cases that only few processes need are in sums.c.
 */
#ifndef CONTMON_SUMS_H
#define CONTMON_SUMS_H

#include <linux/contmon.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/types.h>

#include "compat.h"
#include "usage.h"

/* The groups in which processes are counted: by their leader's state */
enum contmon_state {
	CONTMON_RUNNING,		/* R */
	CONTMON_SLEEPING,		/* S */
	CONTMON_UNINTERRUPTIBLE,	/* D */
	CONTMON_STOPPED,		/* T, t */
	CONTMON_ZOMBIE,			/* Z, X */
	CONTMON_IDLE,			/* I, P */
	CONTMON_NR_STATES
};

/**
 * struct contmon_sums - sums over processes
 *
 * In the order of struct contmon_cgroup, so that a part of each row can be used
 * as this structure: see contmon_sums_of().
 */
struct contmon_sums {
	u32 nr_tasks;
	u32 nr_threads;
	u32 nr_in_state[CONTMON_NR_STATES];
	u64 vsz_bytes;
	u64 rss_anon_bytes;
	u64 rss_file_bytes;
	u64 rss_shmem_bytes;
	u64 swap_bytes;
	u64 pgtables_bytes;
	struct contmon_usage usage;
};

static inline struct contmon_sums *contmon_sums_of(struct contmon_cgroup *row)
{
	BUILD_BUG_ON(offsetofend(struct contmon_cgroup,
				 cancelled_write_bytes_sum) -
		     offsetof(struct contmon_cgroup, nr_tasks) !=
		     sizeof(struct contmon_sums));
	return (struct contmon_sums *)&row->nr_tasks;
}

enum contmon_state contmon_state_of(struct task_struct *task);
void contmon_sums_add_headless(struct contmon_sums *sums,
			       struct task_struct *task, bool exact_rss);
void contmon_sums_memory_exact(struct contmon_sums *sums,
			       struct task_struct *task);

/*
 * The functions below are called in the RCU section in which @task, a leader,
 * was found.
 */

static __always_inline void contmon_sums_count(struct contmon_sums *sums,
					       struct task_struct *task)
{
	enum contmon_state state = CONTMON_SLEEPING;

	/* A short cut for the most common state */
	if (READ_ONCE(task->__state) != TASK_INTERRUPTIBLE || task->exit_state)
		state = contmon_state_of(task);
	sums->nr_tasks++;
	sums->nr_threads += get_nr_threads(task);
	sums->nr_in_state[state]++;
}

static __always_inline u64 contmon_mm_bytes(struct mm_struct *mm, int member,
					    bool exact_rss)
{
	return (u64)(exact_rss ? get_mm_counter_sum(mm, member) :
				 get_mm_counter(mm, member)) << PAGE_SHIFT;
}

/* task_lock of a task with @mm held */
static __always_inline void contmon_sums_add_mm(struct contmon_sums *sums,
						struct mm_struct *mm,
						bool exact_rss)
{
	sums->vsz_bytes += (u64)READ_ONCE(mm->total_vm) << PAGE_SHIFT;
	sums->rss_anon_bytes +=
		contmon_mm_bytes(mm, MM_ANONPAGES, exact_rss);
	sums->rss_file_bytes +=
		contmon_mm_bytes(mm, MM_FILEPAGES, exact_rss);
	sums->rss_shmem_bytes +=
		contmon_mm_bytes(mm, MM_SHMEMPAGES, exact_rss);
	sums->swap_bytes += contmon_mm_bytes(mm, MM_SWAPENTS, exact_rss);
	sums->pgtables_bytes += mm_pgtables_bytes(mm);
}

/* A kernel thread has no mm of its own: it may borrow that of a process */
static __always_inline void contmon_sums_memory(struct contmon_sums *sums,
						struct task_struct *task)
{
	struct mm_struct *mm;

	if (READ_ONCE(task->flags) & PF_KTHREAD)
		return;
	task_lock(task);
	mm = task->mm;
	if (likely(mm))
		contmon_sums_add_mm(sums, mm, false);
	task_unlock(task);
	if (unlikely(!mm && !thread_group_empty(task)))
		contmon_sums_add_headless(sums, task, false);
}

static __always_inline void contmon_sums_usage(struct contmon_sums *sums,
					       struct task_struct *task)
{
	if (unlikely(!contmon_usage_add_simple(&sums->usage, task)))
		contmon_usage_add_process(&sums->usage, task);
}

#endif /* CONTMON_SUMS_H */
