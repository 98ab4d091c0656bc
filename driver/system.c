// SPDX-License-Identifier: GPL-2.0-only
/* GET_SYSTEM: the host as a whole */

#include <linux/cpumask.h>
#include <linux/kernel_stat.h>
#include <linux/mm.h>
#include <linux/sched/loadavg.h>
#include <linux/sched/signal.h>
#include <linux/tick.h>

#include "compat.h"
#include "internal.h"
#include "sums.h"
#include "walk.h"

static void fill_memory(struct contmon_get_system *arg)
{
	struct sysinfo info;

	si_meminfo(&info);
	arg->ram_total_bytes = (u64)info.totalram * info.mem_unit;
	arg->ram_free_bytes = (u64)info.freeram * info.mem_unit;
	arg->ram_shared_bytes = (u64)info.sharedram * info.mem_unit;
	arg->ram_buffers_bytes = (u64)info.bufferram * info.mem_unit;
	arg->ram_available_bytes = (u64)si_mem_available() << PAGE_SHIFT;
}

/*
 * An idle CPU without a tick does not update its counters. The tick code has
 * the current value, in microseconds, or returns -1 where it is not used.
 */
static u64 idle_ns(int cpu, u64 (*read_us)(int cpu, u64 *now), u64 counted_ns)
{
	u64 us = cpu_online(cpu) ? read_us(cpu, NULL) : -1ULL;

	return us == -1ULL ? counted_ns : us * NSEC_PER_USEC;
}

static void fill_cpu(struct contmon_get_system *arg)
{
	struct kernel_cpustat stat;
	u64 *t = stat.cpustat;
	int cpu;

	for_each_possible_cpu(cpu) {
		kcpustat_cpu_fetch(&stat, cpu);
		arg->cpu_user_ns += t[CPUTIME_USER];
		arg->cpu_nice_ns += t[CPUTIME_NICE];
		arg->cpu_system_ns += t[CPUTIME_SYSTEM];
		arg->cpu_idle_ns += idle_ns(cpu, get_cpu_idle_time_us,
					    t[CPUTIME_IDLE]);
		arg->cpu_iowait_ns += idle_ns(cpu, get_cpu_iowait_time_us,
					      t[CPUTIME_IOWAIT]);
		arg->cpu_irq_ns += t[CPUTIME_IRQ];
		arg->cpu_softirq_ns += t[CPUTIME_SOFTIRQ];
		arg->cpu_steal_ns += t[CPUTIME_STEAL];
	}
	arg->nr_cpus = num_online_cpus();
}

static void fill_load(struct contmon_get_system *arg)
{
	int i;

	for (i = 0; i < 3; i++)
		arg->load_milli[i] = (u32)((avenrun[i] * 1000) >> FSHIFT);
}

struct adding {
	struct contmon_sums sums;
	bool exact_rss;
};

static void add_task(struct task_struct *task, pid_t pid, void *data)
{
	struct adding *adding = data;

	contmon_sums_count(&adding->sums, task);
	if (unlikely(adding->exact_rss))
		contmon_sums_memory_exact(&adding->sums, task);
	else
		contmon_sums_memory(&adding->sums, task);
}

static int fill_tasks(struct contmon_get_system *arg)
{
	struct adding adding = { .exact_rss = arg->flags & CONTMON_EXACT_RSS };
	const struct contmon_sums *sums = &adding.sums;
	struct contmon_query query;
	int ret;

	contmon_query_init(&query, CONTMON_TASK_MEM, arg->flags);
	ret = contmon_visit_processes(&query, add_task, &adding);
	arg->nr_tasks = sums->nr_tasks;
	arg->nr_threads = sums->nr_threads;
	arg->nr_running = sums->nr_in_state[CONTMON_RUNNING];
	arg->nr_sleeping = sums->nr_in_state[CONTMON_SLEEPING];
	arg->nr_uninterruptible = sums->nr_in_state[CONTMON_UNINTERRUPTIBLE];
	arg->nr_stopped = sums->nr_in_state[CONTMON_STOPPED];
	arg->nr_zombie = sums->nr_in_state[CONTMON_ZOMBIE];
	arg->nr_idle = sums->nr_in_state[CONTMON_IDLE];
	arg->reserved_bytes = sums->vsz_bytes;
	arg->committed_bytes = sums->rss_anon_bytes + sums->rss_file_bytes +
			       sums->rss_shmem_bytes;
	return ret;
}

long contmon_get_system(struct contmon_file *file, void *_arg)
{
	struct contmon_get_system *arg = _arg;
	u64 fields = arg->fields;
	u32 flags = arg->flags;
	u32 size = arg->size;
	struct contmon_view view;
	int ret;

	ret = contmon_check_bits(flags, CONTMON_EXACT_RSS);
	if (ret)
		return ret;
	ret = contmon_check_bits(fields, CONTMON_SYSTEM_ALL);
	if (ret)
		return ret;

	memset(arg, 0, sizeof(*arg));
	arg->size = size;
	arg->flags = flags;
	arg->fields = fields;
	contmon_view_init(&view);
	arg->taken_boottime_ns = contmon_view_now_boottime_ns(&view);
	if (fields & CONTMON_SYSTEM_MEMORY)
		fill_memory(arg);
	if (fields & CONTMON_SYSTEM_CPU)
		fill_cpu(arg);
	if (fields & CONTMON_SYSTEM_LOAD)
		fill_load(arg);
	return fields & CONTMON_SYSTEM_TASKS ? fill_tasks(arg) : 0;
}
