// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads one process or thread into a record.
 *
 * Everything here runs in the RCU section of a walk. mm and nsproxy are read
 * under task_lock of the task that has them. Each fill function writes all
 * members of its group, zeros if they are unknown, so that records need not be
 * cleared first.
 */

#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/nsproxy.h>
#include <linux/oom.h>
#include <linux/pid_namespace.h>
#include <linux/sched/coredump.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <net/net_namespace.h>

#include "compat.h"
#include "internal.h"
#include "sums.h"
#include "usage.h"
#include "waits.h"

/* The groups of contmond: the contents of the small files of /proc/PID */
#define FIELDS_USUAL (CONTMON_TASK_BASE | CONTMON_TASK_CRED | \
		      CONTMON_TASK_SCHED | CONTMON_TASK_CGROUP | \
		      CONTMON_TASK_MEM | CONTMON_TASK_CPU | \
		      CONTMON_TASK_FAULTS | CONTMON_TASK_IO | \
		      CONTMON_TASK_OOM_ADJ | CONTMON_TASK_OOM_SCORE)

/*
 * The query of contmond, made from the initial namespaces. The fill functions
 * take the query twice: as @query, and as @known, whose members decide which
 * code runs. @known is either @query itself or this constant, which is equal to
 * it in those members and lets the compiler make the decisions.
 */
static const struct contmon_query usual_query = {
	.view = {
		.pid_ns = &init_pid_ns,
		.user_ns = &init_user_ns,
		.root = &cgrp_dfl_root.cgrp,
	},
	.fields = FIELDS_USUAL,
};

static bool is_usual(const struct contmon_query *query)
{
	return query->fields == usual_query.fields && !query->exact_rss &&
	       !query->threads &&
	       query->view.pid_ns == usual_query.view.pid_ns &&
	       query->view.user_ns == usual_query.view.user_ns &&
	       query->view.root == usual_query.view.root &&
	       query->view.boottime_offset_ns ==
	       usual_query.view.boottime_offset_ns;
}

void contmon_query_init(struct contmon_query *query, u64 fields, u32 flags)
{
	memset(query, 0, sizeof(*query));
	contmon_view_init(&query->view);
	query->fields = fields;
	query->exact_rss = flags & CONTMON_EXACT_RSS;
	query->threads = flags & CONTMON_THREADS;
	query->usual = is_usual(query);
}

/* Without this, oom_score is unknown */
void contmon_query_set_swap(struct contmon_query *query, u64 swap_total_bytes)
{
	query->oom_pages = totalram_pages() +
			  (unsigned long)(swap_total_bytes >> PAGE_SHIFT);
}

/* Clears the members from @first to @last */
#define clear_group(rec, first, last)					\
	memset((u8 *)(rec) + offsetof(struct contmon_task, first), 0,	\
	       offsetofend(struct contmon_task, last) -			\
	       offsetof(struct contmon_task, first))

/* The id of a task's process as the caller sees it */
static __always_inline pid_t view_tgid(struct contmon_query *query,
				       struct task_struct *task,
				       const struct contmon_query *known)
{
	if (known->view.pid_ns == &init_pid_ns)
		return task_tgid_nr(task);
	return task_tgid_nr_ns(task, query->view.pid_ns);
}

/* A short cut for the most common state */
static __always_inline u8 state_of(struct task_struct *task)
{
	if (READ_ONCE(task->__state) == TASK_INTERRUPTIBLE && !task->exit_state)
		return 'S';
	return (u8)task_state_to_char(task);
}

static __always_inline u32 flags_of(struct task_struct *task)
{
	unsigned int flags = READ_ONCE(task->flags);
	u32 ret = 0;

	if (flags & PF_KTHREAD)
		ret |= CONTMON_TASK_KTHREAD;
	if (task->exit_state || (flags & PF_EXITING))
		ret |= CONTMON_TASK_EXITING;
	return ret;
}

static __always_inline void fill_base(struct contmon_task *rec,
				      struct task_struct *task, pid_t pid,
				      struct contmon_query *query,
				      const struct contmon_query *known)
{
	rec->pid = pid;
	rec->tgid = known->threads ? view_tgid(query, task, known) : pid;
	/*
	 * It was found by its id in this RCU section, so neither it nor its
	 * parent, which outlives it in the table, has been freed.
	 */
	rec->ppid = view_tgid(query, rcu_dereference(task->real_parent), known);
	rec->state = state_of(task);
	rec->flags = flags_of(task);
	rec->nr_threads = get_nr_threads(task);
	rec->start_boottime_ns =
		contmon_view_boottime_ns(&known->view, task->start_boottime);
	/* Without a lock, as in the kernel: a torn name is still terminated */
	BUILD_BUG_ON(sizeof(rec->comm) != sizeof(task->comm));
	memcpy(rec->comm, task->comm, sizeof(rec->comm));
	rec->comm[sizeof(rec->comm) - 1] = 0;
}

static __always_inline u64 fill_cred(struct contmon_task *rec,
				     struct task_struct *task,
				     struct contmon_query *query,
				     const struct contmon_query *known)
{
	const struct cred *cred = __task_cred(task);

	if (known->view.user_ns == &init_user_ns) {
		rec->uid = __kuid_val(cred->uid);
		rec->gid = __kgid_val(cred->gid);
		rec->euid = __kuid_val(cred->euid);
		rec->egid = __kgid_val(cred->egid);
	} else {
		rec->uid = from_kuid_munged(query->view.user_ns, cred->uid);
		rec->gid = from_kgid_munged(query->view.user_ns, cred->gid);
		rec->euid = from_kuid_munged(query->view.user_ns, cred->euid);
		rec->egid = from_kgid_munged(query->view.user_ns, cred->egid);
	}
	return CONTMON_TASK_CRED;
}

static __always_inline u64 fill_sched(struct contmon_task *rec,
				      struct task_struct *task)
{
	rec->nice = task_nice(task);
	rec->policy = task->policy;
	rec->rt_priority = task->rt_priority;
	rec->last_cpu = task_cpu(task);
	return CONTMON_TASK_SCHED;
}

static __always_inline u64 fill_cgroup(struct contmon_task *rec,
				       struct task_struct *task,
				       struct contmon_query *query,
				       const struct contmon_query *known)
{
	struct cgroup *cgrp = known->threads ? task_dfl_cgroup(task) :
					       contmon_process_cgroup(task);

	/* Each is at or below the root of the default hierarchy */
	if (known->view.root == &cgrp_dfl_root.cgrp) {
		rec->cgroup_id = cgroup_id(cgrp);
		return CONTMON_TASK_CGROUP;
	}
	rec->cgroup_id = contmon_view_cgroup_id(&query->view, cgrp);
	return rec->cgroup_id ? CONTMON_TASK_CGROUP : 0;
}

/* task_lock held */
static u64 fill_ns(struct contmon_task *rec, struct task_struct *task)
{
	struct pid_namespace *pid_ns = task_active_pid_ns(task);

	if (!task->nsproxy || !pid_ns) {
		clear_group(rec, pid_ns, net_ns);
		return 0;
	}
	rec->pid_ns = pid_ns->ns.inum;
	rec->net_ns = task->nsproxy->net_ns->ns.inum;
	return CONTMON_TASK_NS;
}

/* task_lock of a task with this mm held */
static __always_inline u64 fill_mem(struct contmon_task *rec,
				    struct mm_struct *mm, bool exact)
{
	u64 peak = (u64)READ_ONCE(mm->hiwater_rss) << PAGE_SHIFT;

	rec->vsz_bytes = (u64)READ_ONCE(mm->total_vm) << PAGE_SHIFT;
	rec->rss_anon_bytes = contmon_mm_bytes(mm, MM_ANONPAGES, exact);
	rec->rss_file_bytes = contmon_mm_bytes(mm, MM_FILEPAGES, exact);
	rec->rss_shmem_bytes = contmon_mm_bytes(mm, MM_SHMEMPAGES, exact);
	rec->swap_bytes = contmon_mm_bytes(mm, MM_SWAPENTS, exact);
	rec->pgtables_bytes = mm_pgtables_bytes(mm);
	rec->locked_bytes = (u64)READ_ONCE(mm->locked_vm) << PAGE_SHIFT;
	/* The kernel updates the peak only when RSS is about to fall */
	rec->rss_peak_bytes = max(rec->rss_anon_bytes + rec->rss_file_bytes +
				  rec->rss_shmem_bytes, peak);
	return CONTMON_TASK_MEM;
}

/* What the OOM killer counts: RSS, swap and page tables */
static __always_inline unsigned long
oom_pages_of(const struct contmon_task *rec, struct mm_struct *mm,
	     const struct contmon_query *known)
{
	if ((known->fields & CONTMON_TASK_MEM) &&
	    known->exact_rss == CONTMON_OOM_IS_EXACT)
		return (rec->rss_anon_bytes + rec->rss_file_bytes +
			rec->rss_shmem_bytes + rec->swap_bytes +
			rec->pgtables_bytes) >> PAGE_SHIFT;
	return contmon_oom_rss(mm) + mm_pgtables_bytes(mm) / PAGE_SIZE;
}

/*
 * The value of /proc/PID/oom_score: the OOM killer's points, scaled to a range
 * of 0 to 2000. A task without an @mm is never chosen.
 */
static __always_inline u32 oom_score(const struct contmon_task *rec,
				     struct task_struct *task,
				     struct task_struct *owner,
				     struct mm_struct *mm,
				     struct contmon_query *query,
				     const struct contmon_query *known)
{
	long adj = task->signal->oom_score_adj;
	long total = (long)query->oom_pages;
	long points;

	if (!mm || is_global_init(task) || adj == OOM_SCORE_ADJ_MIN ||
	    contmon_mm_oom_skip(mm) ||
	    (READ_ONCE(owner->vfork_done) && in_vfork(owner)))
		return 0;

	points = (long)oom_pages_of(rec, mm, known);
	if (adj)
		points += adj * (total / 1000);
	return (u32)((1000 + points * 1000 / total) * 2 / 3);
}

/*
 * Fills all groups that come from the mm. @owner is the thread that has it, and
 * is locked; @mm is NULL when no thread has one.
 */
static __always_inline u64 fill_from_mm(struct contmon_task *rec,
					struct task_struct *task,
					struct task_struct *owner,
					struct mm_struct *mm,
					struct contmon_query *query,
					const struct contmon_query *known)
{
	u64 valid = 0;

	if (mm && (known->fields & CONTMON_TASK_MEM))
		valid |= fill_mem(rec, mm, known->exact_rss);
	else
		clear_group(rec, vsz_bytes, rss_peak_bytes);
	if (query->oom_pages && (known->fields & CONTMON_TASK_OOM_SCORE)) {
		rec->oom_score = oom_score(rec, task, owner, mm, query, known);
		valid |= CONTMON_TASK_OOM_SCORE;
	} else {
		rec->oom_score = 0;
	}
	return valid;
}

/* When only the leader has exited, one of its threads still has the mm */
static noinline u64 fill_from_thread(struct contmon_task *rec,
				     struct task_struct *task,
				     struct contmon_query *query)
{
	struct mm_struct *mm;
	struct task_struct *t;
	u64 valid;

	while ((t = contmon_owner_find(&query->owner, task))) {
		task_lock(t);
		mm = t->mm;
		if (mm)
			valid = fill_from_mm(rec, task, t, mm, query, query);
		task_unlock(t);
		if (mm)
			return valid;
	}
	return fill_from_mm(rec, task, NULL, NULL, query, query);
}

#define FIELDS_GUARDED (CONTMON_TASK_IO | CONTMON_TASK_NS)

/*
 * Fills what ptrace guards; the lock of @task is held. Returns IO among the
 * valid groups if it may be shown; it is filled later, with the other usage.
 */
static __always_inline u64 fill_guarded(struct contmon_task *rec,
					struct task_struct *task,
					struct mm_struct *mm,
					struct contmon_query *query,
					const struct contmon_query *known)
{
	bool shown = (known->fields & FIELDS_GUARDED) &&
		     (query->view.see_all ||
		      contmon_may_read(&query->view, task, mm));
	u64 valid = 0;

	if (shown && (known->fields & CONTMON_TASK_NS))
		valid |= fill_ns(rec, task);
	else
		clear_group(rec, pid_ns, net_ns);
	if (shown)
		valid |= known->fields & CONTMON_TASK_IO;
	return valid;
}

/* A kernel thread has no mm of its own: it may borrow that of a process */
static __always_inline u64 fill_locked(struct contmon_task *rec,
				       struct task_struct *task,
				       struct contmon_query *query,
				       const struct contmon_query *known)
{
	struct mm_struct *mm;
	u64 valid;

	task_lock(task);
	mm = task->flags & PF_KTHREAD ? NULL : task->mm;
	valid = fill_guarded(rec, task, mm, query, known);
	/* A thread gives up its mm some time before it has an exit_state */
	if (unlikely(!mm && !thread_group_empty(task))) {
		task_unlock(task);
		return valid | fill_from_thread(rec, task, query);
	}
	valid |= fill_from_mm(rec, task, task, mm, query, known);
	task_unlock(task);
	return valid;
}

static struct contmon_usage *usage_of(struct contmon_task *rec)
{
	BUILD_BUG_ON(offsetofend(struct contmon_task, cancelled_write_bytes) -
		     offsetof(struct contmon_task, utime_ns) !=
		     sizeof(struct contmon_usage));
	return (struct contmon_usage *)&rec->utime_ns;
}

#define FIELDS_USAGE (CONTMON_TASK_CPU | CONTMON_TASK_FAULTS | CONTMON_TASK_IO)

static __always_inline void read_usage(struct contmon_usage *usage,
				       struct task_struct *task,
				       const struct contmon_query *known,
				       bool io)
{
	if (known->threads)
		contmon_usage_thread(usage, task, io);
	else
		contmon_usage_process(usage, task, io);
}

static bool may_still_read(struct task_struct *task,
			   struct contmon_query *query)
{
	struct mm_struct *mm;
	bool may;

	task_lock(task);
	mm = task->flags & PF_KTHREAD ? NULL : task->mm;
	may = contmon_may_read(&query->view, task, mm);
	task_unlock(task);
	return may;
}

/*
 * Since the right was checked, the process may have run a program with more
 * rights, whose IO tells, for example, how long a password is. /proc/PID/io has
 * a lock against that, but it sleeps. So the right is checked again after the
 * IO was read. The record is written last, because the user may be looking at
 * it in the mapping. Returns whether IO may be shown.
 */
static noinline bool fill_guarded_usage(struct contmon_task *rec,
					struct task_struct *task,
					struct contmon_query *query)
{
	struct contmon_usage usage;
	bool shown;

	read_usage(&usage, task, query, true);
	smp_rmb();	/* the IO, then the right: see above */
	shown = may_still_read(task, query);
	if (!shown)
		contmon_usage_no_io(&usage);
	*usage_of(rec) = usage;
	return shown;
}

/* Returns @valid with the groups that were filled, without IO if it was not */
static __always_inline u64 fill_usage(struct contmon_task *rec,
				      struct task_struct *task,
				      struct contmon_query *query,
				      const struct contmon_query *known,
				      u64 valid)
{
	bool wants_io = known->fields & CONTMON_TASK_IO;

	if (likely(query->view.see_all))
		read_usage(usage_of(rec), task, known, wants_io);
	else if (!(valid & CONTMON_TASK_IO))
		read_usage(usage_of(rec), task, known, false);
	else if (!fill_guarded_usage(rec, task, query))
		valid &= ~CONTMON_TASK_IO;

	if (!(known->fields & CONTMON_TASK_CPU))
		clear_group(rec, utime_ns, runtime_ns);
	if (!(known->fields & CONTMON_TASK_FAULTS))
		clear_group(rec, minor_faults, involuntary_switches);
	return valid |
	       (known->fields & (CONTMON_TASK_CPU | CONTMON_TASK_FAULTS));
}

#define FIELDS_LOCKED (CONTMON_TASK_MEM | CONTMON_TASK_OOM_SCORE | \
		       FIELDS_GUARDED)

static __always_inline void fill(struct contmon_task *rec,
				 struct task_struct *task, pid_t pid,
				 struct contmon_query *query,
				 const struct contmon_query *known)
{
	u64 valid = CONTMON_TASK_BASE;

	fill_base(rec, task, pid, query, known);
	if (known->fields & CONTMON_TASK_CRED)
		valid |= fill_cred(rec, task, query, known);
	else
		clear_group(rec, uid, egid);
	if (known->fields & CONTMON_TASK_SCHED)
		valid |= fill_sched(rec, task);
	else
		clear_group(rec, nice, last_cpu);
	if (known->fields & CONTMON_TASK_CGROUP)
		valid |= fill_cgroup(rec, task, query, known);
	else
		rec->cgroup_id = 0;

	if (known->fields & FIELDS_LOCKED) {
		valid |= fill_locked(rec, task, query, known);
	} else {
		clear_group(rec, pid_ns, rss_peak_bytes);
		rec->oom_score = 0;
	}
	if (known->fields & FIELDS_USAGE)
		valid = fill_usage(rec, task, query, known, valid);
	else
		clear_group(rec, utime_ns, cancelled_write_bytes);
	if (known->fields & CONTMON_TASK_OOM_ADJ) {
		rec->oom_score_adj = task->signal->oom_score_adj;
		valid |= CONTMON_TASK_OOM_ADJ;
	} else {
		rec->oom_score_adj = 0;
	}

	if (known->fields & (CONTMON_TASK_RUNQ | CONTMON_TASK_DELAY))
		valid |= contmon_waits_fill(rec, task, query);
	else
		contmon_waits_clear(rec);
	rec->valid = valid;
}

/* A copy of the code for the usual query, without its decisions */
void contmon_task_fill_usual(struct contmon_task *rec, struct task_struct *task,
			     pid_t pid, struct contmon_query *query)
{
	fill(rec, task, pid, query, &usual_query);
}

void contmon_task_fill_other(struct contmon_task *rec, struct task_struct *task,
			     pid_t pid, struct contmon_query *query)
{
	fill(rec, task, pid, query, query);
}
