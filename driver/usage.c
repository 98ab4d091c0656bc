// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a process or a thread has used: CPU time, faults, switches, IO.
 *
 * The numbers of a process are sums over its threads, those that are gone
 * included. A thread that exits moves its own to the signal_struct under
 * signal->stats_lock; reading both sides under that lock counts it once.
 */

#include <linux/math64.h>
#include <linux/sched.h>
#include <linux/sched/cputime.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "internal.h"
#include "usage.h"

static __always_inline void add_io(struct contmon_usage *usage,
		   const struct task_io_accounting *io)
{
#ifdef CONFIG_TASK_XACCT
	usage->read_chars += io->rchar;
	usage->write_chars += io->wchar;
	usage->read_syscalls += io->syscr;
	usage->write_syscalls += io->syscw;
#endif
#ifdef CONFIG_TASK_IO_ACCOUNTING
	usage->read_bytes += io->read_bytes;
	usage->write_bytes += io->write_bytes;
	usage->cancelled_write_bytes += io->cancelled_write_bytes;
#endif
}

static __always_inline void add_thread(struct contmon_usage *usage, struct task_struct *t,
		       bool io)
{
	usage->utime_ns += t->utime;
	usage->stime_ns += t->stime;
	usage->runtime_ns += READ_ONCE(t->se.sum_exec_runtime);
	usage->minor_faults += t->min_flt;
	usage->major_faults += t->maj_flt;
	usage->voluntary_switches += t->nvcsw;
	usage->involuntary_switches += t->nivcsw;
	if (io)
		add_io(usage, &t->ioac);
}

static __always_inline void set_exited(struct contmon_usage *usage,
		       const struct signal_struct *sig, bool io)
{
	usage->utime_ns = sig->utime;
	usage->stime_ns = sig->stime;
	usage->runtime_ns = sig->sum_sched_runtime;
	usage->minor_faults = sig->min_flt;
	usage->major_faults = sig->maj_flt;
	usage->voluntary_switches = sig->nvcsw;
	usage->involuntary_switches = sig->nivcsw;
	usage->read_chars = 0;
	usage->write_chars = 0;
	usage->read_syscalls = 0;
	usage->write_syscalls = 0;
	usage->read_bytes = 0;
	usage->write_bytes = 0;
	usage->cancelled_write_bytes = 0;
	if (io)
		add_io(usage, &sig->ioac);
}

#ifdef CONFIG_VIRT_CPU_ACCOUNTING_NATIVE
static void split_runtime(struct contmon_usage *usage,
			  struct signal_struct *sig)
{
}
#else
/* The newest split that was shown to anybody; prev->lock held */
static void advance_split(struct prev_cputime *prev,
			  const struct contmon_usage *usage)
{
	u64 runtime = usage->runtime_ns;
	u64 stime;

	if (prev->utime + prev->stime >= runtime)
		return;
	if (!usage->stime_ns)
		stime = 0;
	else if (!usage->utime_ns)
		stime = runtime;
	else
		stime = mul_u64_u64_div_u64(usage->stime_ns, runtime,
					    usage->stime_ns + usage->utime_ns);
	/* The sum of the former two is below runtime, so both limits agree */
	stime = clamp(stime, prev->stime, runtime - prev->utime);
	WRITE_ONCE(prev->stime, stime);
	WRITE_ONCE(prev->utime, runtime - stime);
}

/*
 * split_runtime() - user and system time that add up to the exact run time
 *
 * Ticks only sample the mode, so they give the ratio and the scheduler's clock
 * gives the total. A changing ratio must not make either run backwards, for
 * any reader: what was shown last stands in signal->prev_cputime, and we take
 * part in that as every reader of /proc/PID/stat and every getrusage() does.
 *
 * A process that has not run since somebody looked needs no lock: its split
 * adds up already.
 */
static void split_runtime(struct contmon_usage *usage,
			  struct signal_struct *sig)
{
	struct prev_cputime *prev = &sig->prev_cputime;
	u64 utime = READ_ONCE(prev->utime);
	u64 stime = READ_ONCE(prev->stime);
	unsigned long flags;

	if (utime + stime != usage->runtime_ns) {
		raw_spin_lock_irqsave(&prev->lock, flags);
		advance_split(prev, usage);
		utime = prev->utime;
		stime = prev->stime;
		raw_spin_unlock_irqrestore(&prev->lock, flags);
	}
	usage->utime_ns = utime;
	usage->stime_ns = stime;
}
#endif

/**
 * contmon_usage_process() - sums over the threads of a process
 * @usage: set; the IO members are 0 unless @io
 * @leader: the thread group leader
 * @io: whether IO is wanted
 *
 * Inside rcu_read_lock(). Tries without the lock first, as the kernel does.
 */
void contmon_usage_process(struct contmon_usage *usage,
			   struct task_struct *leader, bool io)
{
	struct signal_struct *sig = leader->signal;
	struct task_struct *t;
	unsigned long flags;
	int nextseq = 0;
	int seq;

	do {
		seq = nextseq;
		flags = read_seqbegin_or_lock_irqsave(&sig->stats_lock, &seq);
		set_exited(usage, sig, io);
		contmon_for_each_thread(leader, t)
			add_thread(usage, t, io);
		nextseq = 1;
	} while (need_seqretry(&sig->stats_lock, seq));
	done_seqretry_irqrestore(&sig->stats_lock, seq, flags);
	split_runtime(usage, sig);
}

/* contmon_usage_thread() - what one thread has used; as above */
void contmon_usage_thread(struct contmon_usage *usage, struct task_struct *t,
			  bool io)
{
	memset(usage, 0, sizeof(*usage));
	add_thread(usage, t, io);
	task_cputime_adjusted(t, &usage->utime_ns, &usage->stime_ns);
}

#define NR_MEMBERS (sizeof(struct contmon_usage) / sizeof(u64))

void contmon_usage_add(struct contmon_usage *sum,
		       const struct contmon_usage *usage)
{
	const u64 *from = (const u64 *)usage;
	u64 *to = (u64 *)sum;
	unsigned int i;

	for (i = 0; i < NR_MEMBERS; i++)
		to[i] += from[i];
}
