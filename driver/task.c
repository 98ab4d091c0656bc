// SPDX-License-Identifier: GPL-2.0-only
/*
 * One process, read into a record.
 *
 * Everything here runs in the RCU section of a walk. On top of that:
 *   mm, nsproxy		task_lock of the task that has it
 *   sums over threads	signal->stats_lock, as thread_group_cputime()
 *   the split of CPU time	signal->prev_cputime.lock
 */

#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/nsproxy.h>
#include <linux/oom.h>
#include <linux/pid_namespace.h>
#include <linux/sched/coredump.h>
#include <linux/sched/cputime.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/task_io_accounting_ops.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "compat.h"
#include "internal.h"

void contmon_view_init(struct contmon_view *view, u64 fields, u32 flags)
{
	memset(view, 0, sizeof(*view));
	view->pid_ns = task_active_pid_ns(current);
	view->user_ns = current_user_ns();
	view->fields = fields | CONTMON_TASK_BASE;
	view->exact_rss = flags & CONTMON_EXACT_RSS;
	if (fields & CONTMON_TASK_IO)
		view->see_all = ns_capable_noaudit(&init_user_ns,
						   CAP_SYS_PTRACE);
}

/* Without this oom_score stays unknown */
void contmon_view_set_swap(struct contmon_view *view, u64 swap_total_bytes)
{
	view->oom_pages = totalram_pages() +
			  (unsigned long)(swap_total_bytes >> PAGE_SHIFT);
}

static void fill_base(struct contmon_task *rec, struct task_struct *leader,
		      pid_t pid, struct contmon_view *view)
{
	rec->pid = pid;
	rec->tgid = pid;
	if (pid_alive(leader))
		rec->ppid = task_tgid_nr_ns(rcu_dereference(leader->real_parent),
					    view->pid_ns);
	rec->state = (u8)task_state_to_char(leader);
	if (leader->flags & PF_KTHREAD)
		rec->flags |= CONTMON_TASK_KTHREAD;
	if (leader->exit_state || (leader->flags & PF_EXITING))
		rec->flags |= CONTMON_TASK_EXITING;
	rec->nr_threads = get_nr_threads(leader);
	rec->start_boottime_ns = leader->start_boottime;
	/* Without a lock, as the kernel does: a torn name is still a name */
	strscpy_pad((char *)rec->comm, leader->comm, sizeof(rec->comm));
	rec->valid |= CONTMON_TASK_BASE;
}

static u32 view_uid(struct contmon_view *view, kuid_t uid)
{
	if (view->user_ns == &init_user_ns)
		return __kuid_val(uid);
	return from_kuid_munged(view->user_ns, uid);
}

static u32 view_gid(struct contmon_view *view, kgid_t gid)
{
	if (view->user_ns == &init_user_ns)
		return __kgid_val(gid);
	return from_kgid_munged(view->user_ns, gid);
}

static void fill_cred(struct contmon_task *rec, struct task_struct *leader,
		      struct contmon_view *view)
{
	const struct cred *cred = __task_cred(leader);

	rec->uid = view_uid(view, cred->uid);
	rec->gid = view_gid(view, cred->gid);
	rec->euid = view_uid(view, cred->euid);
	rec->egid = view_gid(view, cred->egid);
	rec->valid |= CONTMON_TASK_CRED;
}

static void fill_sched(struct contmon_task *rec, struct task_struct *leader)
{
	rec->nice = task_nice(leader);
	rec->policy = leader->policy;
	rec->rt_priority = leader->rt_priority;
	rec->last_cpu = task_cpu(leader);
	rec->valid |= CONTMON_TASK_SCHED;
}

static void fill_cgroup(struct contmon_task *rec, struct task_struct *leader)
{
#ifdef CONFIG_CGROUPS
	rec->cgroup_id = cgroup_id(task_dfl_cgroup(leader));
	rec->valid |= CONTMON_TASK_CGROUP;
#endif
}

/* task_lock held */
static void fill_ns(struct contmon_task *rec, struct task_struct *leader)
{
	struct pid_namespace *pid_ns = task_active_pid_ns(leader);

	if (!leader->nsproxy || !pid_ns)
		return;
	rec->pid_ns = pid_ns->ns.inum;
#ifdef CONFIG_NET_NS
	rec->net_ns = leader->nsproxy->net_ns->ns.inum;
#endif
	rec->valid |= CONTMON_TASK_NS;
}

static u64 counter_bytes(struct mm_struct *mm, int member, bool exact)
{
	unsigned long pages = exact ? get_mm_counter_sum(mm, member) :
				      get_mm_counter(mm, member);

	return (u64)pages << PAGE_SHIFT;
}

/* task_lock of a task with this mm held */
static void fill_mem(struct contmon_task *rec, struct mm_struct *mm, bool exact)
{
	u64 rss;

	rec->vsz_bytes = (u64)mm->total_vm << PAGE_SHIFT;
	rec->rss_anon_bytes = counter_bytes(mm, MM_ANONPAGES, exact);
	rec->rss_file_bytes = counter_bytes(mm, MM_FILEPAGES, exact);
	rec->rss_shmem_bytes = counter_bytes(mm, MM_SHMEMPAGES, exact);
	rec->swap_bytes = counter_bytes(mm, MM_SWAPENTS, exact);
	rec->pgtables_bytes = mm_pgtables_bytes(mm);
	rec->locked_bytes = (u64)mm->locked_vm << PAGE_SHIFT;
	/* The kernel notes the peak only where RSS is about to fall */
	rss = rec->rss_anon_bytes + rec->rss_file_bytes + rec->rss_shmem_bytes;
	rec->rss_peak_bytes = max(rss, (u64)mm->hiwater_rss << PAGE_SHIFT);
	rec->valid |= CONTMON_TASK_MEM;
}

/*
 * What /proc/PID/oom_score shows: the OOM killer's points, moved to a scale
 * from 0 to 2000. @mm is NULL for tasks that it would never choose.
 */
static u32 oom_score(struct task_struct *leader, struct task_struct *owner,
		     struct mm_struct *mm, unsigned long total_pages)
{
	long adj = leader->signal->oom_score_adj;
	long points;

	if (!mm || is_global_init(leader) || adj == OOM_SCORE_ADJ_MIN ||
	    contmon_mm_oom_skip(mm) || in_vfork(owner))
		return 0;

	points = (long)(get_mm_rss(mm) + get_mm_counter(mm, MM_SWAPENTS) +
			mm_pgtables_bytes(mm) / PAGE_SIZE);
	points += adj * (long)(total_pages / 1000);
	return (u32)((1000 + points * 1000 / (long)total_pages) * 2 / 3);
}

static bool capable_over(struct contmon_view *view, struct user_namespace *ns)
{
	if (view->checked_ns != ns) {
		view->checked_ns = ns;
		view->checked_capable = ns_capable_noaudit(ns, CAP_SYS_PTRACE);
	}
	return view->checked_capable;
}

static bool same_ids(const struct cred *caller, const struct cred *cred)
{
	return uid_eq(caller->fsuid, cred->euid) &&
	       uid_eq(caller->fsuid, cred->suid) &&
	       uid_eq(caller->fsuid, cred->uid) &&
	       gid_eq(caller->fsgid, cred->egid) &&
	       gid_eq(caller->fsgid, cred->sgid) &&
	       gid_eq(caller->fsgid, cred->gid);
}

static bool same_caps(const struct cred *caller, const struct cred *cred)
{
	return caller->user_ns == cred->user_ns &&
	       cap_issubset(cred->cap_permitted, caller->cap_effective);
}

/*
 * The rule of ptrace_may_access(PTRACE_MODE_READ_FSCREDS), which modules
 * cannot call, with that of the capability module. Other security modules are
 * not asked. task_lock held, @mm is the task's or NULL.
 */
static bool may_see_io(struct contmon_view *view, struct task_struct *leader,
		       struct mm_struct *mm)
{
	const struct cred *caller = current_cred();
	const struct cred *cred = __task_cred(leader);
	struct user_namespace *dump_ns;

	if (view->see_all || same_thread_group(leader, current))
		return true;
	if (!(same_ids(caller, cred) && same_caps(caller, cred)) &&
	    !capable_over(view, cred->user_ns))
		return false;
	dump_ns = contmon_dumpable_ns(leader, mm);
	return !dump_ns || capable_over(view, dump_ns);
}

/*
 * All that needs the mm; @owner is the thread that has it, locked, and @mm is
 * NULL when no thread has one. Returns whether IO may be shown.
 */
static bool fill_from_mm(struct contmon_task *rec, struct task_struct *leader,
			 struct task_struct *owner, struct mm_struct *mm,
			 struct contmon_view *view)
{
	if (mm && (view->fields & CONTMON_TASK_MEM))
		fill_mem(rec, mm, view->exact_rss);
	if (view->oom_pages && (view->fields & CONTMON_TASK_OOM_SCORE)) {
		rec->oom_score = oom_score(leader, owner, mm, view->oom_pages);
		rec->valid |= CONTMON_TASK_OOM_SCORE;
	}
	return (view->fields & CONTMON_TASK_IO) &&
	       may_see_io(view, leader, mm);
}

#define FIELDS_MM (CONTMON_TASK_MEM | CONTMON_TASK_OOM_SCORE | CONTMON_TASK_IO)

/*
 * The leader may have exited while its threads live on, so take the mm of the
 * first thread that has one. A kernel thread's mm, if any, is borrowed.
 */
static bool fill_locked(struct contmon_task *rec, struct task_struct *leader,
			struct contmon_view *view)
{
	struct task_struct *t;
	bool see_io;

	if (leader->flags & PF_KTHREAD)
		return fill_from_mm(rec, leader, leader, NULL, view);

	for_each_thread(leader, t) {
		task_lock(t);
		if (t->mm) {
			see_io = fill_from_mm(rec, leader, t, t->mm, view);
			task_unlock(t);
			return see_io;
		}
		task_unlock(t);
	}
	return fill_from_mm(rec, leader, leader, NULL, view);
}

/* Sums over the threads of a process, those that are gone included */
struct thread_sums {
	u64 utime;
	u64 stime;
	u64 runtime;
	u64 minor_faults;
	u64 major_faults;
	u64 voluntary_switches;
	u64 involuntary_switches;
	struct task_io_accounting io;
};

static void sum_exited(struct thread_sums *sums, struct signal_struct *sig)
{
	sums->utime = sig->utime;
	sums->stime = sig->stime;
	sums->runtime = sig->sum_sched_runtime;
	sums->minor_faults = sig->min_flt;
	sums->major_faults = sig->maj_flt;
	sums->voluntary_switches = sig->nvcsw;
	sums->involuntary_switches = sig->nivcsw;
	sums->io = sig->ioac;
}

static void sum_thread(struct thread_sums *sums, struct task_struct *t)
{
	sums->utime += t->utime;
	sums->stime += t->stime;
	sums->runtime += READ_ONCE(t->se.sum_exec_runtime);
	sums->minor_faults += t->min_flt;
	sums->major_faults += t->maj_flt;
	sums->voluntary_switches += t->nvcsw;
	sums->involuntary_switches += t->nivcsw;
	task_io_accounting_add(&sums->io, &t->ioac);
}

/*
 * A thread that exits moves its numbers to the signal_struct under
 * stats_lock. Try without the lock first, then with it.
 */
static void sum_threads(struct thread_sums *sums, struct task_struct *leader)
{
	struct signal_struct *sig = leader->signal;
	struct task_struct *t;
	unsigned long flags;
	int nextseq = 0;
	int seq;

	do {
		seq = nextseq;
		flags = read_seqbegin_or_lock_irqsave(&sig->stats_lock, &seq);
		sum_exited(sums, sig);
		for_each_thread(leader, t)
			sum_thread(sums, t);
		nextseq = 1;
	} while (need_seqretry(&sig->stats_lock, seq));
	done_seqretry_irqrestore(&sig->stats_lock, seq, flags);
}

#ifdef CONFIG_VIRT_CPU_ACCOUNTING_NATIVE
static void split_runtime(struct contmon_task *rec,
			  const struct thread_sums *sums,
			  struct signal_struct *sig)
{
	rec->utime_ns = sums->utime;
	rec->stime_ns = sums->stime;
}
#else
/*
 * split_runtime() - user and system time that add up to the exact run time
 *
 * Ticks only sample the mode, so they give the ratio and the scheduler's clock
 * gives the total. A changing ratio must not make either run backwards, for
 * any reader: what was shown last stands in signal->prev_cputime, and we take
 * part in that as every reader of /proc/PID/stat and every getrusage() does.
 */
static void split_runtime(struct contmon_task *rec,
			  const struct thread_sums *sums,
			  struct signal_struct *sig)
{
	struct prev_cputime *prev = &sig->prev_cputime;
	u64 runtime = sums->runtime;
	unsigned long flags;
	u64 stime;

	raw_spin_lock_irqsave(&prev->lock, flags);
	if (prev->utime + prev->stime < runtime) {
		if (!sums->stime)
			stime = 0;
		else if (!sums->utime)
			stime = runtime;
		else
			stime = mul_u64_u64_div_u64(sums->stime, runtime,
						    sums->stime + sums->utime);
		/* prev->utime <= runtime - prev->stime, so both limits agree */
		stime = clamp(stime, prev->stime, runtime - prev->utime);
		prev->stime = stime;
		prev->utime = runtime - stime;
	}
	rec->utime_ns = prev->utime;
	rec->stime_ns = prev->stime;
	raw_spin_unlock_irqrestore(&prev->lock, flags);
}
#endif

static void fill_cpu(struct contmon_task *rec, const struct thread_sums *sums,
		     struct signal_struct *sig)
{
	split_runtime(rec, sums, sig);
	rec->runtime_ns = sums->runtime;
	rec->valid |= CONTMON_TASK_CPU;
}

static void fill_faults(struct contmon_task *rec,
			const struct thread_sums *sums)
{
	rec->minor_faults = sums->minor_faults;
	rec->major_faults = sums->major_faults;
	rec->voluntary_switches = sums->voluntary_switches;
	rec->involuntary_switches = sums->involuntary_switches;
	rec->valid |= CONTMON_TASK_FAULTS;
}

static void fill_io(struct contmon_task *rec, const struct thread_sums *sums)
{
#if defined(CONFIG_TASK_XACCT) && defined(CONFIG_TASK_IO_ACCOUNTING)
	rec->read_chars = sums->io.rchar;
	rec->write_chars = sums->io.wchar;
	rec->read_syscalls = sums->io.syscr;
	rec->write_syscalls = sums->io.syscw;
	rec->read_bytes = sums->io.read_bytes;
	rec->write_bytes = sums->io.write_bytes;
	rec->cancelled_write_bytes = sums->io.cancelled_write_bytes;
	rec->valid |= CONTMON_TASK_IO;
#endif
}

#define FIELDS_SUMS (CONTMON_TASK_CPU | CONTMON_TASK_FAULTS | CONTMON_TASK_IO)

static void fill_sums(struct contmon_task *rec, struct task_struct *leader,
		      u64 fields, bool see_io)
{
	struct thread_sums sums;

	sum_threads(&sums, leader);
	if (fields & CONTMON_TASK_CPU)
		fill_cpu(rec, &sums, leader->signal);
	if (fields & CONTMON_TASK_FAULTS)
		fill_faults(rec, &sums);
	if (see_io)
		fill_io(rec, &sums);
}

/**
 * contmon_task_fill() - read one process
 * @rec: written whole; may be memory that the user sees, but cannot write
 * @leader: the thread group leader
 * @pid: its id in @view's pid namespace
 * @view: who asks, and for what
 *
 * Inside rcu_read_lock(). Does not sleep or allocate.
 */
void contmon_task_fill(struct contmon_task *rec, struct task_struct *leader,
		       pid_t pid, struct contmon_view *view)
{
	u64 fields = view->fields;
	bool see_io = false;

	memset(rec, 0, sizeof(*rec));
	fill_base(rec, leader, pid, view);
	if (fields & CONTMON_TASK_CRED)
		fill_cred(rec, leader, view);
	if (fields & CONTMON_TASK_SCHED)
		fill_sched(rec, leader);
	if (fields & CONTMON_TASK_CGROUP)
		fill_cgroup(rec, leader);
	if (fields & CONTMON_TASK_NS) {
		task_lock(leader);
		fill_ns(rec, leader);
		task_unlock(leader);
	}
	if (fields & FIELDS_MM)
		see_io = fill_locked(rec, leader, view);
	if (fields & FIELDS_SUMS)
		fill_sums(rec, leader, fields, see_io);
	if (fields & CONTMON_TASK_OOM_ADJ) {
		rec->oom_score_adj = leader->signal->oom_score_adj;
		rec->valid |= CONTMON_TASK_OOM_ADJ;
	}
}

void contmon_states_count(struct contmon_states *states, u32 letter)
{
	switch (letter) {
	case 'R':
		states->running++;
		break;
	case 'S':
		states->sleeping++;
		break;
	case 'D':
		states->uninterruptible++;
		break;
	case 'T':
	case 't':
		states->stopped++;
		break;
	case 'Z':
	case 'X':
		states->zombie++;
		break;
	default:	/* I, P */
		states->idle++;
		break;
	}
}
