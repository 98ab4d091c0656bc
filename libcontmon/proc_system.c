// SPDX-License-Identifier: LGPL-2.1-or-later
/* The host's numbers from /proc/meminfo, stat and loadavg */
#include "proc_source.h"

#include <errno.h>
#include <unistd.h>

static int read_memory(struct proc_source *p, struct contmon_get_system *system)
{
	uint64_t total, free, available, shared, buffers;
	ssize_t n = proc_read(&p->file, p->root_fd, "meminfo");

	if (n < 0)
		return (int)n;
	if (proc_parse_size(p->file.text, "MemTotal:", &total) < 0 ||
	    proc_parse_size(p->file.text, "MemFree:", &free) < 0 ||
	    proc_parse_size(p->file.text, "MemAvailable:", &available) < 0 ||
	    proc_parse_size(p->file.text, "Shmem:", &shared) < 0 ||
	    proc_parse_size(p->file.text, "Buffers:", &buffers) < 0)
		return -EPROTO;

	system->ram_total_bytes = total;
	system->ram_free_bytes = free;
	system->ram_available_bytes = available;
	system->ram_shared_bytes = shared;
	system->ram_buffers_bytes = buffers;
	system->fields |= CONTMON_SYSTEM_MEMORY;
	return 0;
}

static int read_cpu(struct proc_source *p, struct contmon_get_system *system)
{
	ssize_t n = proc_read(&p->file, p->root_fd, "stat");
	uint64_t ticks[8];

	if (n < 0)
		return (int)n;
	if (proc_parse_cpu(p->file.text, ticks) < 0)
		return -EPROTO;

	system->cpu_user_ns = ticks[0] * p->tick_ns;
	system->cpu_nice_ns = ticks[1] * p->tick_ns;
	system->cpu_system_ns = ticks[2] * p->tick_ns;
	system->cpu_idle_ns = ticks[3] * p->tick_ns;
	system->cpu_iowait_ns = ticks[4] * p->tick_ns;
	system->cpu_irq_ns = ticks[5] * p->tick_ns;
	system->cpu_softirq_ns = ticks[6] * p->tick_ns;
	system->cpu_steal_ns = ticks[7] * p->tick_ns;
	system->nr_cpus = (uint32_t)sysconf(_SC_NPROCESSORS_ONLN);
	system->fields |= CONTMON_SYSTEM_CPU;
	return 0;
}

static int read_load(struct proc_source *p, struct contmon_get_system *system)
{
	ssize_t n = proc_read(&p->file, p->root_fd, "loadavg");

	if (n < 0)
		return (int)n;
	if (proc_parse_loadavg(p->file.text, system->load_milli) < 0)
		return -EPROTO;
	system->fields |= CONTMON_SYSTEM_LOAD;
	return 0;
}

static void fill_tasks(const struct contmon_cgroup *sums,
		       struct contmon_get_system *system)
{
	system->nr_tasks = sums->nr_tasks;
	system->nr_threads = sums->nr_threads;
	system->nr_running = sums->nr_running;
	system->nr_sleeping = sums->nr_sleeping;
	system->nr_uninterruptible = sums->nr_uninterruptible;
	system->nr_stopped = sums->nr_stopped;
	system->nr_zombie = sums->nr_zombie;
	system->nr_idle = sums->nr_idle;
	system->reserved_bytes = sums->vsz_sum_bytes;
	system->committed_bytes = sums->rss_anon_sum_bytes +
				  sums->rss_file_sum_bytes +
				  sums->rss_shmem_sum_bytes;
	system->fields |= CONTMON_SYSTEM_TASKS;
}

/* Sums over all tasks, as for the tasks of a cgroup */
static int read_tasks(struct contmon *c, struct contmon_get_system *system)
{
	const struct contmon_query query = { .fields = CONTMON_TASK_MEM };
	struct contmon_cgroup sums = { 0 };
	struct contmon_tasks tasks = { 0 };
	size_t i;
	int r;

	r = proc_query_tasks(c, &query, &tasks);
	for (i = 0; r == 0 && i < tasks.nr; i++)
		proc_add_task(&sums, &tasks.entries[i]);
	if (r == 0 && proc_sees_all(&tasks))
		fill_tasks(&sums, system);
	contmon_tasks_done(&tasks);
	return r;
}

/* A missing or malformed file turns off only its own group. */
static int fill(struct contmon *c, uint64_t fields,
		struct contmon_get_system *system)
{
	static const struct {
		uint64_t group;
		int (*read)(struct proc_source *p,
			    struct contmon_get_system *system);
	} readers[] = {
		{ CONTMON_SYSTEM_MEMORY, read_memory },
		{ CONTMON_SYSTEM_CPU, read_cpu },
		{ CONTMON_SYSTEM_LOAD, read_load },
	};
	size_t i;
	int r;

	for (i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		if (!(fields & readers[i].group))
			continue;
		r = readers[i].read(c->proc, system);
		if (proc_is_our_fault(r))
			return r;
	}
	return fields & CONTMON_SYSTEM_TASKS ? read_tasks(c, system) : 0;
}

int proc_get_system(struct contmon *c, uint64_t fields, uint32_t flags,
		    struct contmon_system *ret)
{
	struct contmon_system system = {
		.kernel.size = sizeof(system.kernel),
		.kernel.taken_boottime_ns = contmon_now_ns(CLOCK_BOOTTIME),
	};
	int r;

	if (flags || (fields & ~CONTMON_SYSTEM_ALL))
		return -EOPNOTSUPP;
	r = fill(c, fields, &system.kernel);
	if (r == 0)
		r = contmon_read_swap(&system.swap_total_bytes,
				      &system.swap_free_bytes);
	if (r < 0)
		return r;
	*ret = system;
	return 0;
}
