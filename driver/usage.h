/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The usage of a process or thread: CPU time, faults, switches, IO.
 *
 * The usage of a process is the sum over its threads, including those that are
 * gone. A thread that exits moves its usage to the signal_struct under
 * signal->stats_lock; reading both in one section of that lock counts it once.
 *
 * The functions are inline because they run for each process of each snapshot,
 * and a call would cost half as much as the sums.
 */
#ifndef CONTMON_USAGE_H
#define CONTMON_USAGE_H

#include <linux/context_tracking_state.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/sched/cputime.h>
#include <linux/sched/signal.h>
#include <linux/seqlock.h>
#include <linux/types.h>

/**
 * struct contmon_usage - counters that only grow, all u64
 *
 * In the order of struct contmon_task and of the sums and the exited_ part of
 * struct contmon_cgroup, so that each of those can be used as this structure.
 */
struct contmon_usage {
	u64 utime_ns;
	u64 stime_ns;
	u64 runtime_ns;
	u64 minor_faults;
	u64 major_faults;
	u64 voluntary_switches;
	u64 involuntary_switches;
	u64 read_chars;
	u64 write_chars;
	u64 read_syscalls;
	u64 write_syscalls;
	u64 read_bytes;
	u64 write_bytes;
	u64 cancelled_write_bytes;
};

/* What a thread may be changing: the value is the one before or after */
#define contmon_usage_now(member) data_race(member)

/* The faults and switches of one thread */
static __always_inline void contmon_usage_add_counts(struct contmon_usage *sum,
						     struct task_struct *t)
{
	sum->minor_faults += contmon_usage_now(t->min_flt);
	sum->major_faults += contmon_usage_now(t->maj_flt);
	sum->voluntary_switches += contmon_usage_now(t->nvcsw);
	sum->involuntary_switches += contmon_usage_now(t->nivcsw);
}

static __always_inline void
contmon_usage_add_io(struct contmon_usage *sum,
		     const struct task_io_accounting *io)
{
	sum->read_chars += contmon_usage_now(io->rchar);
	sum->write_chars += contmon_usage_now(io->wchar);
	sum->read_syscalls += contmon_usage_now(io->syscr);
	sum->write_syscalls += contmon_usage_now(io->syscw);
	sum->read_bytes += contmon_usage_now(io->read_bytes);
	sum->write_bytes += contmon_usage_now(io->write_bytes);
	sum->cancelled_write_bytes +=
		contmon_usage_now(io->cancelled_write_bytes);
}

/*
 * The user and system time of a thread, as far as ticks tell; only their ratio
 * is used.
 *
 * A CPU of nohz_full= has no ticks. A thread that stays in user mode there has
 * all its recent time in vtime, not yet in utime. The kernel's task_cputime()
 * adds that, but only this function, which splits the thread's exact run time
 * in the right ratio, is exported.
 */
static __always_inline void contmon_usage_ticks(struct task_struct *t,
						u64 *utime, u64 *stime)
{
	if (context_tracking_enabled()) {
		task_cputime_adjusted(t, utime, stime);
	} else {
		*utime = t->utime;
		*stime = t->stime;
	}
}

void contmon_usage_gone(struct contmon_usage *usage, struct signal_struct *sig,
			bool io);
void contmon_usage_add_others(struct contmon_usage *usage,
			      struct signal_struct *sig,
			      struct task_struct *first, bool io);

/* The sum of one thread and of all threads that are gone */
static __always_inline void contmon_usage_both(struct contmon_usage *usage,
					       struct signal_struct *sig,
					       struct task_struct *t)
{
	u64 utime, stime;

	contmon_usage_ticks(t, &utime, &stime);
	usage->utime_ns = sig->utime + utime;
	usage->stime_ns = sig->stime + stime;
	usage->runtime_ns = sig->sum_sched_runtime + t->se.sum_exec_runtime;
	usage->minor_faults = sig->min_flt + t->min_flt;
	usage->major_faults = sig->maj_flt + t->maj_flt;
	usage->voluntary_switches = sig->nvcsw + t->nvcsw;
	usage->involuntary_switches = sig->nivcsw + t->nivcsw;
}

static __always_inline void contmon_usage_both_io(struct contmon_usage *usage,
						  struct signal_struct *sig,
						  struct task_struct *t)
{
	struct task_io_accounting *gone = &sig->ioac;
	struct task_io_accounting *own = &t->ioac;

	usage->read_chars = gone->rchar + own->rchar;
	usage->write_chars = gone->wchar + own->wchar;
	usage->read_syscalls = gone->syscr + own->syscr;
	usage->write_syscalls = gone->syscw + own->syscw;
	usage->read_bytes = gone->read_bytes + own->read_bytes;
	usage->write_bytes = gone->write_bytes + own->write_bytes;
	usage->cancelled_write_bytes = gone->cancelled_write_bytes +
				       own->cancelled_write_bytes;
}

static __always_inline void contmon_usage_no_io(struct contmon_usage *usage)
{
	usage->read_chars = 0;
	usage->write_chars = 0;
	usage->read_syscalls = 0;
	usage->write_syscalls = 0;
	usage->read_bytes = 0;
	usage->write_bytes = 0;
	usage->cancelled_write_bytes = 0;
}

/* One pass over the threads. With one thread, it is one addition per member */
static __always_inline void
contmon_usage_sum(struct contmon_usage *usage, struct signal_struct *sig,
		  bool io)
{
	struct list_head *head = &sig->thread_head;
	struct task_struct *t;

	t = list_first_or_null_rcu(head, struct task_struct, thread_node);
	if (unlikely(!t)) {
		contmon_usage_gone(usage, sig, io);
		return;
	}
	contmon_usage_both(usage, sig, t);
	if (io)
		contmon_usage_both_io(usage, sig, t);
	else
		contmon_usage_no_io(usage);
	if (rcu_access_pointer(list_next_rcu(&t->thread_node)) != head)
		contmon_usage_add_others(usage, sig, t, io);
}

void contmon_usage_sum_locked(struct contmon_usage *usage,
			      struct signal_struct *sig, bool io);
void contmon_usage_advance_split(struct contmon_usage *usage,
				 struct prev_cputime *prev);

/*
 * User and system time that add up to the exact run time.
 *
 * Ticks only sample the mode, so they give the ratio, and the scheduler's clock
 * gives the total. A changing ratio must not make either time run backwards for
 * any reader. So signal->prev_cputime keeps the last split, and it is read and
 * updated here as by /proc/PID/stat and getrusage().
 *
 * A process that has not run since needs no lock: its split adds up already.
 * For any other process, contmon_usage_last_split() returns false.
 */
static __always_inline bool
contmon_usage_last_split(struct contmon_usage *usage, struct signal_struct *sig)
{
#ifndef CONFIG_VIRT_CPU_ACCOUNTING_NATIVE
	u64 utime = READ_ONCE(sig->prev_cputime.utime);
	u64 stime = READ_ONCE(sig->prev_cputime.stime);

	if (unlikely(utime + stime != usage->runtime_ns))
		return false;
	usage->utime_ns = utime;
	usage->stime_ns = stime;
#endif
	return true;
}

static __always_inline void contmon_usage_split(struct contmon_usage *usage,
						struct signal_struct *sig)
{
#ifndef CONFIG_VIRT_CPU_ACCOUNTING_NATIVE
	if (unlikely(!contmon_usage_last_split(usage, sig)))
		contmon_usage_advance_split(usage, &sig->prev_cputime);
#endif
}

/**
 * contmon_usage_process() - sums over the threads of a process
 * @usage: set; the IO members are 0 unless @io
 * @task: any thread of it, or its leader after it was released
 * @io: whether IO is wanted
 *
 * Inside rcu_read_lock(). Reads without the lock first, as the kernel does.
 */
static __always_inline void contmon_usage_process(struct contmon_usage *usage,
						  struct task_struct *task,
						  bool io)
{
	struct signal_struct *sig = task->signal;
	unsigned int seq = read_seqbegin(&sig->stats_lock);

	contmon_usage_sum(usage, sig, io);
	if (unlikely(read_seqretry(&sig->stats_lock, seq)))
		contmon_usage_sum_locked(usage, sig, io);
	contmon_usage_split(usage, sig);
}

void contmon_usage_dying(struct contmon_usage *usage,
			 struct task_struct *leader);
void contmon_usage_thread(struct contmon_usage *usage, struct task_struct *t,
			  bool io);

static __always_inline void contmon_usage_add(struct contmon_usage *sum,
					      const struct contmon_usage *usage)
{
	sum->utime_ns += usage->utime_ns;
	sum->stime_ns += usage->stime_ns;
	sum->runtime_ns += usage->runtime_ns;
	sum->minor_faults += usage->minor_faults;
	sum->major_faults += usage->major_faults;
	sum->voluntary_switches += usage->voluntary_switches;
	sum->involuntary_switches += usage->involuntary_switches;
	sum->read_chars += usage->read_chars;
	sum->write_chars += usage->write_chars;
	sum->read_syscalls += usage->read_syscalls;
	sum->write_syscalls += usage->write_syscalls;
	sum->read_bytes += usage->read_bytes;
	sum->write_bytes += usage->write_bytes;
	sum->cancelled_write_bytes += usage->cancelled_write_bytes;
}

/**
 * contmon_usage_add_simple() - add a process that is quick to read
 * @sum: unchanged on failure
 * @leader: of the process, inside rcu_read_lock()
 *
 * Most processes have only ever had one thread, and have not run since the last
 * split. If the lock was never taken for writing, nothing has been moved to
 * signal_struct, and the counters of the thread are those of the process. They
 * are added in place, and need no second look at the lock: if the thread ends
 * meanwhile, they remain as they are. Returns false for any other process.
 *
 * A thread that exits takes the lock for writing before it leaves the count of
 * threads. So the count is read first: if it is 1 because another thread has
 * left, the sequence is not 0 any more. Pairs with write_seqlock() in
 * __exit_signal().
 */
static __always_inline bool
contmon_usage_add_simple(struct contmon_usage *sum, struct task_struct *leader)
{
	struct signal_struct *sig = leader->signal;
	const seqcount_t *moves = &sig->stats_lock.seqcount.seqcount;
	struct contmon_usage times = {
		.utime_ns = contmon_usage_now(leader->utime),
		.stime_ns = contmon_usage_now(leader->stime),
		.runtime_ns = contmon_usage_now(leader->se.sum_exec_runtime),
	};

	if (contmon_usage_now(get_nr_threads(leader)) != 1)
		return false;
	smp_rmb();	/* the count, then the sequence: see above */
	/*
	 * No raw_read_seqcount(): KCSAN takes all reads that follow for those
	 * of a section that read_seqcount_retry() ends.
	 */
	if (smp_load_acquire(&moves->sequence) ||
	    !contmon_usage_last_split(&times, sig))
		return false;
	sum->utime_ns += times.utime_ns;
	sum->stime_ns += times.stime_ns;
	sum->runtime_ns += times.runtime_ns;
	contmon_usage_add_counts(sum, leader);
	contmon_usage_add_io(sum, &leader->ioac);
	return true;
}

void contmon_usage_add_process(struct contmon_usage *sum,
			       struct task_struct *leader);

#endif /* CONTMON_USAGE_H */
