/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The driver is written for the newest kernel. This header supplies what older
 * kernels lack, under the newest kernel's names. No other file in driver/ may
 * check kernel versions. Kbuild looks up what the kernel headers have.
 */
#ifndef CONTMON_COMPAT_H
#define CONTMON_COMPAT_H

#include <linux/cgroup.h>
#include <linux/mm.h>
#include <linux/rculist.h>
#include <linux/sched/signal.h>
#include <linux/sched/coredump.h>
#include <linux/user_namespace.h>
#include <linux/version.h>
#include <linux/workqueue.h>
#ifdef CONTMON_HAS_EXEC_STATE
#include <linux/sched/exec_state.h>
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "contmon needs Linux 6.1 or newer"
#endif

/*
 * With 32 bits, the id of a cgroup is not the inode number of its directory,
 * and counters of 64 bits are read in two halves.
 */
#ifndef CONFIG_64BIT
#error "contmon needs a 64-bit kernel"
#endif

#if !defined(CONFIG_TASK_XACCT) || !defined(CONFIG_TASK_IO_ACCOUNTING)
#error "contmon needs a kernel with CONFIG_TASK_IO_ACCOUNTING"
#endif
#if !defined(CONFIG_CGROUPS) || !defined(CONFIG_NET_NS)
#error "contmon needs a kernel with CONFIG_CGROUPS and CONFIG_NET_NS"
#endif

/*
 * for_each_thread() inside rcu_read_lock(). With CONFIG_PROVE_RCU_LIST the
 * kernel's own macro refers to tasklist_lock, which is not exported.
 */
#define contmon_for_each_thread(task, t)				\
	list_for_each_entry_rcu(t, &(task)->signal->thread_head, thread_node)

#ifndef CONTMON_HAS_MM_COUNTER_SUM
/*
 * Exact sums of RSS. The kernel's own function came with 6.16 and was
 * backported to stable kernels; the per-CPU counters exist since 6.2. Before
 * that, each thread that uses the mm keeps a count of up to 64 pages that is
 * not yet in the sum. Threads of other processes that share the mm are not
 * found. Inside rcu_read_lock().
 */
static inline unsigned long get_mm_counter_sum(struct mm_struct *mm, int member)
{
#ifdef CONTMON_HAS_PERCPU_RSS
	return percpu_counter_sum_positive(&mm->rss_stat[member]);
#else
	long sum = atomic_long_read(&mm->rss_stat.count[member]);
#if defined(SPLIT_RSS_COUNTING) && defined(CONFIG_MEMCG)
	struct task_struct *owner = rcu_dereference(mm->owner);
	struct task_struct *t;

	if (owner) {
		contmon_for_each_thread(owner, t)
			if (READ_ONCE(t->mm) == mm)
				sum += READ_ONCE(t->rss_stat.count[member]);
	}
#endif
	return (unsigned long)max(sum, 0L);
#endif
}
#endif

/* Whether an exact sum takes a look at all threads of mm->owner: see above */
#if defined(CONTMON_HAS_MM_COUNTER_SUM) || defined(CONTMON_HAS_PERCPU_RSS)
#define CONTMON_THREADS_COUNT_RSS false
#else
#define CONTMON_THREADS_COUNT_RSS true
#endif

/* Pages by the counters that the OOM killer uses: the exact ones since 7.0 */
#ifdef CONTMON_HAS_MM_RSS_SUM
#define CONTMON_OOM_IS_EXACT true
static inline unsigned long contmon_oom_rss(struct mm_struct *mm)
{
	return get_mm_rss_sum(mm) + get_mm_counter_sum(mm, MM_SWAPENTS);
}
#else
#define CONTMON_OOM_IS_EXACT false
static inline unsigned long contmon_oom_rss(struct mm_struct *mm)
{
	return get_mm_rss(mm) + get_mm_counter(mm, MM_SWAPENTS);
}
#endif

/* Whether a cgroup can be removed that dying tasks have not left yet */
#ifdef CONTMON_HAS_POPULATED_RMDIR
#define CONTMON_REMOVES_POPULATED true
#else
#define CONTMON_REMOVES_POPULATED false
#endif

#ifndef CONTMON_HAS_SYSTEM_DFL_WQ
/* In 6.18 the queue of workers that are not bound to a CPU got a new name */
#define system_dfl_wq system_unbound_wq
#endif

#ifndef CONTMON_HAS_VM_FLAGS_SET
/* Since 6.3, vm_flags is changed through functions that check the lock */
static inline void vm_flags_mod(struct vm_area_struct *vma,
				unsigned long set, unsigned long clear)
{
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
}
#endif

/* In 6.18 mm->flags became a bitmap with access functions */
static inline bool contmon_mm_oom_skip(struct mm_struct *mm)
{
#ifdef CONTMON_HAS_MM_FLAGS_TEST
	return mm_flags_test(MMF_OOM_SKIP, mm);
#else
	return test_bit(MMF_OOM_SKIP, &mm->flags);
#endif
}

/*
 * contmon_dumpable_ns() - the user namespace whose CAP_SYS_PTRACE overrides
 * that a task is not dumpable, or NULL when it is dumpable
 *
 * In 7.2 both moved from the mm to the task. Before that, a task without an mm
 * may have the bit user_dumpable, which keeps the state of its former mm; on
 * kernels without the bit such a task is dumpable. Inside rcu_read_lock(); @mm
 * is the task's, under task_lock, or NULL.
 */
static inline struct user_namespace *
contmon_dumpable_ns(struct task_struct *task, struct mm_struct *mm)
{
#ifdef CONTMON_HAS_EXEC_STATE
	struct task_exec_state *state = rcu_dereference(task->exec_state);

	if (!state || READ_ONCE(state->dumpable) == TASK_DUMPABLE_OWNER)
		return NULL;
	return state->user_ns;
#else
	if (mm)
		return get_dumpable(mm) == SUID_DUMP_USER ? NULL : mm->user_ns;
#ifdef CONTMON_HAS_USER_DUMPABLE
	if (!task->user_dumpable)
		return &init_user_ns;
#endif
	return NULL;
#endif
}

/* Run time of a cgroup's own tasks, without its descendants, on one CPU, ns */
static inline u64 contmon_cgroup_runtime(struct cgroup *cgrp, int cpu)
{
#ifdef CONTMON_HAS_RSTAT_BASE
	struct cgroup_rstat_base_cpu *stat;

	stat = per_cpu_ptr(cgrp->rstat_base_cpu, cpu);
#else
	struct cgroup_rstat_cpu *stat = per_cpu_ptr(cgrp->rstat_cpu, cpu);
#endif
	unsigned int seq;
	u64 ret;

	do {
		seq = u64_stats_fetch_begin(&stat->bsync);
		ret = READ_ONCE(stat->bstat.cputime.sum_exec_runtime);
	} while (u64_stats_fetch_retry(&stat->bsync, seq));
	return ret;
}

/* Whether a task is on a CPU now: without SMP only the current one can be */
static inline bool contmon_on_cpu(struct task_struct *task)
{
#ifdef CONFIG_SMP
	return READ_ONCE(task->on_cpu);
#else
	return task == current;
#endif
}

#endif /* CONTMON_COMPAT_H */
