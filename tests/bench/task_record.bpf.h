/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The driver's record, filled by a BPF program: the members that /proc has,
 * from the same sources. What a BPF program cannot do is omitted, in its
 * favour: it takes no lock, so a record may be torn; it translates no ids, so
 * it is only correct in the initial namespaces; and it does not store the split
 * of CPU time, so utime may run backwards.
 */
#ifndef TASK_RECORD_BPF_H
#define TASK_RECORD_BPF_H

#include <vmlinux.h>

#include <bpf/bpf_helpers.h>

/* vmlinux.h has the types of the contract's own includes */
#define _LINUX_TYPES_H
#define _LINUX_IOCTL_H
typedef __u64 __attribute__((aligned(8))) __aligned_u64;
#include <linux/contmon.h>

#define PAGE_SHIFT 12
#define PF_EXITING 0x00000004
#define PF_KTHREAD 0x00200000
#define DEFAULT_PRIO 120
#define OOM_SCORE_ADJ_MIN (-1000)
#define MMF_OOM_SKIP_BIT (1UL << 21)

/* In addition to MEM */
#define VALID (CONTMON_TASK_BASE | CONTMON_TASK_CRED | CONTMON_TASK_SCHED | \
	       CONTMON_TASK_CGROUP | CONTMON_TASK_CPU | CONTMON_TASK_FAULTS | \
	       CONTMON_TASK_IO | CONTMON_TASK_OOM_ADJ | CONTMON_TASK_OOM_SCORE)

/* RAM and swap in pages, written by user space before the program runs */
unsigned long oom_pages;

static __always_inline __u32 state_letter(struct task_struct *task)
{
	__u32 state = task->__state | (__u32)task->exit_state;

	if (state == 0)
		return 'R';
	if (state == (0x2 | 0x400))
		return 'I';
	if (state & 0x1)
		return 'S';
	if (state & 0x2)
		return 'D';
	if (state & 0x4)
		return 'T';
	if (state & 0x8)
		return 't';
	if (state & 0x10)
		return 'X';
	return state & 0x20 ? 'Z' : 'P';
}

static __always_inline void fill_base(struct contmon_task *rec,
				      struct task_struct *task,
				      struct signal_struct *sig)
{
	rec->pid = task->tgid;
	rec->tgid = task->tgid;
	rec->ppid = task->real_parent->tgid;
	rec->state = state_letter(task);
	rec->flags = 0;
	if (task->flags & PF_KTHREAD)
		rec->flags |= CONTMON_TASK_KTHREAD;
	if (task->exit_state || (task->flags & PF_EXITING))
		rec->flags |= CONTMON_TASK_EXITING;
	rec->nr_threads = (__u32)sig->nr_threads;
	rec->start_boottime_ns = task->start_boottime;
	bpf_probe_read_kernel(rec->comm, sizeof(rec->comm), task->comm);
}

static __always_inline void fill_rest(struct contmon_task *rec,
				      struct task_struct *task)
{
	const struct cred *cred = task->real_cred;

	rec->uid = cred->uid.val;
	rec->gid = cred->gid.val;
	rec->euid = cred->euid.val;
	rec->egid = cred->egid.val;
	rec->nice = task->static_prio - DEFAULT_PRIO;
	rec->policy = task->policy;
	rec->rt_priority = task->rt_priority;
	rec->last_cpu = task->thread_info.cpu;
	rec->cgroup_id = task->cgroups->dfl_cgrp->kn->id;
}

static __always_inline __u64 pages(__s64 count)
{
	return count > 0 ? (__u64)count << PAGE_SHIFT : 0;
}

static __always_inline void fill_mem(struct contmon_task *rec,
				     struct mm_struct *mm)
{
	__u64 rss, peak;

	rec->vsz_bytes = mm->total_vm << PAGE_SHIFT;
	rec->rss_anon_bytes = pages(mm->rss_stat[MM_ANONPAGES].count);
	rec->rss_file_bytes = pages(mm->rss_stat[MM_FILEPAGES].count);
	rec->rss_shmem_bytes = pages(mm->rss_stat[MM_SHMEMPAGES].count);
	rec->swap_bytes = pages(mm->rss_stat[MM_SWAPENTS].count);
	rec->pgtables_bytes = (__u64)mm->pgtables_bytes.counter;
	rec->locked_bytes = mm->locked_vm << PAGE_SHIFT;
	rss = rec->rss_anon_bytes + rec->rss_file_bytes + rec->rss_shmem_bytes;
	peak = mm->hiwater_rss << PAGE_SHIFT;
	rec->rss_peak_bytes = rss > peak ? rss : peak;
	rec->valid |= CONTMON_TASK_MEM;
}

static __always_inline void add_thread(struct contmon_task *rec,
				       struct task_struct *t)
{
	rec->utime_ns += t->utime;
	rec->stime_ns += t->stime;
	rec->runtime_ns += t->se.sum_exec_runtime;
	rec->minor_faults += t->min_flt;
	rec->major_faults += t->maj_flt;
	rec->voluntary_switches += t->nvcsw;
	rec->involuntary_switches += t->nivcsw;
	rec->read_chars += t->ioac.rchar;
	rec->write_chars += t->ioac.wchar;
	rec->read_syscalls += t->ioac.syscr;
	rec->write_syscalls += t->ioac.syscw;
	rec->read_bytes += t->ioac.read_bytes;
	rec->write_bytes += t->ioac.write_bytes;
	rec->cancelled_write_bytes += t->ioac.cancelled_write_bytes;
}

static __always_inline void fill_exited(struct contmon_task *rec,
					struct signal_struct *sig)
{
	rec->utime_ns = sig->utime;
	rec->stime_ns = sig->stime;
	rec->runtime_ns = sig->sum_sched_runtime;
	rec->minor_faults = sig->min_flt;
	rec->major_faults = sig->maj_flt;
	rec->voluntary_switches = sig->nvcsw;
	rec->involuntary_switches = sig->nivcsw;
	rec->read_chars = sig->ioac.rchar;
	rec->write_chars = sig->ioac.wchar;
	rec->read_syscalls = sig->ioac.syscr;
	rec->write_syscalls = sig->ioac.syscw;
	rec->read_bytes = sig->ioac.read_bytes;
	rec->write_bytes = sig->ioac.write_bytes;
	rec->cancelled_write_bytes = sig->ioac.cancelled_write_bytes;
}

/* Ticks give the ratio, the scheduler's clock gives the sum */
static __always_inline void split_runtime(struct contmon_task *rec,
					  struct signal_struct *sig)
{
	__u64 user = sig->prev_cputime.utime, kernel = sig->prev_cputime.stime;

	if (user + kernel < rec->runtime_ns) {
		__u64 ticks = (rec->utime_ns + rec->stime_ns) >> 10;

		kernel = ticks ? (rec->stime_ns >> 10) *
				 (rec->runtime_ns >> 10) / ticks << 10 : 0;
		user = rec->runtime_ns - kernel;
	}
	rec->utime_ns = user;
	rec->stime_ns = kernel;
}

static __always_inline __u32 oom_score(struct task_struct *task,
				       struct mm_struct *mm,
				       struct contmon_task *rec)
{
	__s64 adj = rec->oom_score_adj, points;

	if (!mm || task->tgid == 1 || adj == OOM_SCORE_ADJ_MIN ||
	    (mm->flags & MMF_OOM_SKIP_BIT) ||
	    (task->vfork_done && task->real_parent->mm == mm))
		return 0;
	points = (__s64)((rec->rss_anon_bytes + rec->rss_file_bytes +
			  rec->rss_shmem_bytes + rec->swap_bytes +
			  rec->pgtables_bytes) >> PAGE_SHIFT);
	points += adj * (__s64)(oom_pages / 1000);
	/* BPF divides unsigned numbers; no task here has a negative share */
	if (points < 0 || !oom_pages)
		points = 0;
	else
		points = (__s64)((__u64)points * 1000 / oom_pages);
	return (__u32)((1000 + points) * 2) / 3;
}

static __always_inline void fill_record(struct contmon_task *rec,
					struct task_struct *task)
{
	struct signal_struct *sig = task->signal;
	struct mm_struct *mm = task->mm;

	rec->valid = VALID;
	fill_base(rec, task, sig);
	fill_rest(rec, task);
	rec->oom_score_adj = sig->oom_score_adj;
	if (task->flags & PF_KTHREAD)
		mm = NULL;
	if (mm)
		fill_mem(rec, mm);
	rec->oom_score = oom_score(task, mm, rec);
	fill_exited(rec, sig);
}

#endif /* TASK_RECORD_BPF_H */
