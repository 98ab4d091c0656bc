// SPDX-License-Identifier: GPL-2.0-only
#include "derive.h"

#include <math.h>

#include "base/rate.h"
#include "base/util.h"
#include "known.h"
#include "memory.h"
#include "settings.h"

#define NS_PER_SECOND 1e9
#define USEC_PER_SECOND 1e6

static double percent(double part, double whole)
{
	return whole > 0 ? 100 * part / whole : NAN;
}

static double nr_cpus(const struct sample *sample)
{
	const struct contmon_get_system *kernel = &sample->system.kernel;

	return known(kernel->fields, CONTMON_SYSTEM_CPU, kernel->nr_cpus);
}

static uint64_t elapsed(uint64_t before, uint64_t now)
{
	return now > before ? now - before : 0;
}

/* Containers */

/* A container of cgroup v1 is known only by its processes, so it has some. */
static bool is_empty(const struct sample_container *container)
{
	return container->scope->cgroup && !container->row.populated;
}

static void container_state(const struct sample_container *now,
			    struct container_row *row)
{
	if (is_empty(now)) {
		row->state = "empty";
		row->state_code = 3;
	} else if (now->stats.valid & CGROUP_STATS_FROZEN &&
		   now->stats.frozen) {
		row->state = "paused";
		row->state_code = 2;
	} else {
		row->state = "running";
		row->state_code = 1;
	}
}

static void container_cpu(const struct sample_container *before,
			  const struct sample_container *now,
			  const struct sample *sample,
			  struct container_row *row)
{
	const struct cgroup_stats *stats = &now->stats;
	double cores = NAN;

	if (before && before->stats.valid & stats->valid & CGROUP_STATS_CPU)
		cores = rate_per_second(before->stats.cpu_usec, stats->cpu_usec,
				    elapsed(before->stats.read_boottime_ns,
					    stats->read_boottime_ns));
	row->cpu_cores = cores / USEC_PER_SECOND;
	row->cpu_percent = percent(row->cpu_cores, nr_cpus(sample));
	row->cpu_seconds_total = known(stats->valid, CGROUP_STATS_CPU,
				       stats->cpu_usec) / USEC_PER_SECOND;
	row->cpu_user_seconds_total =
		known(stats->valid, CGROUP_STATS_CPU_MODES,
		      stats->cpu_user_usec) /
		USEC_PER_SECOND;
	row->cpu_system_seconds_total =
		known(stats->valid, CGROUP_STATS_CPU_MODES,
		      stats->cpu_system_usec) /
		USEC_PER_SECOND;
	row->cpu_periods_total = known(stats->valid, CGROUP_STATS_THROTTLED,
				       stats->cpu_periods);
	row->cpu_throttled_periods_total =
		known(stats->valid, CGROUP_STATS_THROTTLED,
		      stats->cpu_throttled_periods);
	row->cpu_throttled_seconds_total =
		known(stats->valid, CGROUP_STATS_THROTTLED,
		      stats->cpu_throttled_usec) / USEC_PER_SECOND;
}

static void container_limits(const struct sample_container *now,
			     struct container_row *row)
{
	const struct contmon_cgroup_limits *limits = &now->limits.now;
	const uint64_t valid = limits->valid;

	row->memory_limit_bytes =
		known_limit(valid, CONTMON_LIMIT_MEMORY,
			    limits->memory_bytes.effective);
	row->memory_limit_owner = now->limits.memory_owner;
	row->memory_max_bytes = known_limit(now->row.valid, MEMCG(MEMORY_MAX),
					    now->row.memory_max_bytes);
	row->memory_limit_percent =
		percent(known(now->row.valid, MEMCG(MEMORY_CURRENT),
			      now->row.memory_current_bytes),
			row->memory_limit_bytes);
	row->cpu_limit_cores =
		known_limit(valid, CONTMON_LIMIT_CPU,
			    limits->cpu_ns.effective) / NS_PER_SECOND;
	row->cpu_limit_owner = now->limits.cpu_owner;
	row->cpu_max_cores = known_limit(valid, CONTMON_LIMIT_CPU,
					 limits->cpu_ns.own) / NS_PER_SECOND;
	row->cpu_limit_throttled_seconds_total =
		known(valid, CONTMON_LIMIT_THROTTLED,
		      limits->cpu_throttled_ns) / NS_PER_SECOND;
}

static void container_pressure(const struct contmon_cgroup *cgroup,
			       struct container_row *row)
{
#define PSI(member, part)						\
	row->psi_##member##_seconds_total =				\
		known(cgroup->valid, CONTMON_CGROUP_PSI |		\
		      CONTMON_CGROUP_PART_PSI_##part,			\
		      cgroup->psi_##member##_ns) / NS_PER_SECOND
	PSI(cpu_some, CPU_SOME);
	PSI(cpu_full, CPU_FULL);
	PSI(io_some, IO);
	PSI(io_full, IO);
	PSI(memory_some, MEMORY);
	PSI(memory_full, MEMORY);
#undef PSI
}

static double sum(bool is_complete, uint64_t number)
{
	return is_complete ? (double)number : (double)NAN;
}

/* For containers and for the host, whose rows have the same members */
#define COUNT_TASKS(row, tally, is_complete) do {			\
	(row)->processes = sum(is_complete, (tally)->processes);	\
	(row)->threads = sum(is_complete, (tally)->threads);		\
	(row)->processes_running = sum(is_complete, (tally)->running);	\
	(row)->processes_sleeping = sum(is_complete, (tally)->sleeping); \
	(row)->processes_uninterruptible =				\
		sum(is_complete, (tally)->uninterruptible);		\
	(row)->processes_stopped = sum(is_complete, (tally)->stopped);	\
	(row)->processes_zombie = sum(is_complete, (tally)->zombie);	\
	(row)->processes_idle = sum(is_complete, (tally)->idle);	\
} while (0)

/* Processes of a container may be hidden, or in an invisible pid namespace. */
static bool sees_tasks(const struct sample_container *container,
		       const struct sample *sample)
{
	return is_empty(container) ||
	       (container->tally.processes > 0 && !sample->hides_tasks);
}

static void container_tasks(const struct sample_container *container,
			    const struct sample *sample,
			    struct container_row *row)
{
	const struct tally *tally = &container->tally;
	const bool complete = sees_tasks(container, sample);

	row->rss_sum_bytes = sum(complete, tally->rss_bytes);
	row->vsz_sum_bytes = sum(complete, tally->vsz_bytes);
	COUNT_TASKS(row, tally, complete);
	row->minor_faults = sum(complete, tally->minor_faults);
	row->major_faults = sum(complete, tally->major_faults);
}

static void container_io(const struct sample_container *before,
			 const struct sample_container *now,
			 struct container_row *row)
{
	const struct cgroup_stats *stats = &now->stats;
	const unsigned int valid = stats->valid;
	uint64_t ns;

	row->read_bytes_total = known(valid, CGROUP_STATS_IO,
				      stats->read_bytes);
	row->write_bytes_total = known(valid, CGROUP_STATS_IO,
				       stats->write_bytes);
	row->read_ops_total = known(valid, CGROUP_STATS_IO_OPS,
				    stats->read_ops);
	row->write_ops_total = known(valid, CGROUP_STATS_IO_OPS,
				     stats->write_ops);
	row->discard_bytes_total = known(valid, CGROUP_STATS_DISCARDS,
					 stats->discard_bytes);
	row->discard_ops_total = known(valid, CGROUP_STATS_DISCARD_OPS,
				       stats->discard_ops);
	row->read_bytes_per_second = NAN;
	row->write_bytes_per_second = NAN;
	if (!before || !(before->stats.valid & valid & CGROUP_STATS_IO))
		return;
	ns = elapsed(before->stats.read_boottime_ns, stats->read_boottime_ns);
	row->read_bytes_per_second = rate_per_second(before->stats.read_bytes,
						 stats->read_bytes, ns);
	row->write_bytes_per_second = rate_per_second(before->stats.write_bytes,
						  stats->write_bytes, ns);
}

void derive_created(const struct container_info *name,
		    struct container_row *row)
{
	row->created_ms = name && name->created_ms > 0 ?
		(double)name->created_ms : (double)NAN;
}

static void layer(const struct container_info *name, struct container_row *row)
{
	bool known = name->layer_ms > 0 && name->layer_bytes >= 0;

	row->writable_layer_bytes = known ? (double)name->layer_bytes :
					    (double)NAN;
	row->writable_layer_ms = known ? (double)name->layer_ms : (double)NAN;
}

void derive_named(const struct container_info *name, struct container_row *row)
{
	static const struct container_info nothing = { .restarts = -1 };

	if (!name)
		name = &nothing;
	row->engine = name->engine;
	row->engine_version = name->engine_version;
	row->image = name->image;
	row->command = name->command;
	row->health = name->health;
	row->restarts_total = name->restarts >= 0 ?
		(double)name->restarts : (double)NAN;
	layer(name, row);
}

/* An empty container has no process, and therefore no uptime. */
static void container_age(const struct sample_container *container,
			  const struct sample *sample,
			  struct container_row *row)
{
	const struct scope *scope = container->scope;

	row->started_ms = NAN;
	row->uptime_seconds = NAN;
	if (!scope->is_started)
		return;
	row->started_ms = (double)scope->started_ms;
	if (is_empty(container))
		return;
	row->uptime_seconds = (double)elapsed(scope->started_boottime_ns,
					      sample->boottime_ns) /
			      NS_PER_SECOND;
}

void derive_container(const struct sample_container *before,
		      const struct sample_container *now,
		      const struct sample *sample, struct container_row *row)
{
	row->t = (double)sample->t_ms;
	container_state(now, row);
	container_age(now, sample, row);
	container_cpu(before, now, sample, row);
	memory_fill(now, row);
	container_limits(now, row);
	container_pressure(&now->row, row);
	container_tasks(now, sample, row);
	container_io(before, now, row);
	settings_fill(now, row);
}

/* The host */

#define NR_MODES 8

/* Time of all CPUs in each mode, in the order of cpu_modes[]. */
static const struct {
	size_t from;
	size_t to;
} cpu_modes[NR_MODES] = {
#define MODE(mode) { offsetof(struct contmon_get_system, cpu_##mode##_ns), \
		     offsetof(struct system_row, cpu_##mode##_percent) }
	MODE(user), MODE(nice), MODE(system), MODE(irq), MODE(softirq),
	MODE(steal), MODE(iowait), MODE(idle),
#undef MODE
};

static uint64_t mode_ns(const struct contmon_get_system *kernel, size_t i)
{
	return *(const __u64 *)((const char *)kernel + cpu_modes[i].from);
}

static uint64_t not_busy_ns(const struct contmon_get_system *kernel)
{
	return kernel->cpu_idle_ns + kernel->cpu_iowait_ns +
	       kernel->cpu_steal_ns;
}

/* A mode that went backwards is unknown: the kernel may decrease iowait. */
static void system_cpu(const struct sample *before, const struct sample *now,
		       struct system_row *row)
{
	const struct contmon_get_system *new = &now->system.kernel;
	const struct contmon_get_system *old = &before->system.kernel;
	uint64_t ns = elapsed(old->taken_boottime_ns, new->taken_boottime_ns);
	size_t i;

	for (i = 0; i < NR_MODES; i++)
		*(double *)((char *)row + cpu_modes[i].to) =
			percent(rate_per_second(mode_ns(old, i),
						mode_ns(new, i), ns),
				new->nr_cpus * NS_PER_SECOND);
	row->cpu_percent =
		percent(rate_busy_cpus(not_busy_ns(old), not_busy_ns(new), ns,
				       new->nr_cpus), new->nr_cpus);
}

static void system_cpu_unknown(struct system_row *row)
{
	size_t i;

	for (i = 0; i < NR_MODES; i++)
		*(double *)((char *)row + cpu_modes[i].to) = NAN;
	row->cpu_percent = NAN;
}

static void system_memory(const struct contmon_system *system,
			  struct system_row *row)
{
	const struct contmon_get_system *kernel = &system->kernel;
	const uint64_t valid = kernel->fields, group = CONTMON_SYSTEM_MEMORY;

	row->ram_total_bytes = known(valid, group, kernel->ram_total_bytes);
	row->ram_free_bytes = known(valid, group, kernel->ram_free_bytes);
	row->ram_available_bytes =
		known(valid, group, kernel->ram_available_bytes);
	row->ram_used_bytes = row->ram_total_bytes - row->ram_available_bytes;
	row->ram_used_percent = percent(row->ram_used_bytes,
					row->ram_total_bytes);
	row->swap_total_bytes = (double)system->swap_total_bytes;
	row->swap_used_bytes = (double)(system->swap_total_bytes -
					system->swap_free_bytes);
}

static void system_tasks(const struct sample *sample, struct system_row *row)
{
	const struct tally *tally = &sample->tally;
	const bool complete = !sample->hides_tasks;

	row->reserved_bytes = sum(complete, tally->vsz_bytes);
	row->committed_bytes = sum(complete, tally->rss_bytes);
	COUNT_TASKS(row, tally, complete);
}

void derive_system(const struct sample *before, const struct sample *now,
		   struct system_row *row)
{
	const struct contmon_get_system *kernel = &now->system.kernel;
	const uint64_t valid = kernel->fields;

	row->t = (double)now->t_ms;
	row->nr_cpus = nr_cpus(now);
	row->load1 = known(valid, CONTMON_SYSTEM_LOAD,
			   kernel->load_milli[0]) / 1000;
	row->load5 = known(valid, CONTMON_SYSTEM_LOAD,
			   kernel->load_milli[1]) / 1000;
	row->load15 = known(valid, CONTMON_SYSTEM_LOAD,
			    kernel->load_milli[2]) / 1000;
	row->containers = sum(!now->hides_cgroups, now->nr_containers);
	row->oom_kills_total = known(now->vmstat.valid, VMSTAT_OOM_KILLS,
				     now->vmstat.oom_kills);
	if (before && before->system.kernel.fields & valid & CONTMON_SYSTEM_CPU)
		system_cpu(before, now, row);
	else
		system_cpu_unknown(row);
	system_memory(&now->system, row);
	system_tasks(now, row);
}

/* Processes */

static double cores_of(const struct contmon_task *same_pid,
		       const struct contmon_task *now, uint64_t before_ns,
		       uint64_t now_ns)
{
	uint64_t start_ns = same_pid ? same_pid->start_boottime_ns : 0;
	uint64_t used_before = 0;

	if (!(now->valid & CONTMON_TASK_CPU))
		return NAN;
	switch (rate_baseline(now->start_boottime_ns,
			      same_pid ? &start_ns : NULL, before_ns)) {
	case RATE_FROM_BEFORE:
		if (!same_pid || !(same_pid->valid & CONTMON_TASK_CPU))
			return NAN;
		used_before = same_pid->runtime_ns;
		break;
	case RATE_FROM_ZERO:
		break;
	case RATE_UNKNOWN:
		return NAN;
	}
	return rate_per_second(used_before, now->runtime_ns,
			       elapsed(before_ns, now_ns)) / NS_PER_SECOND;
}

void derive_cores(const struct sample *before, const struct sample *now,
		  double *ret)
{
	const struct contmon_tasks *old = before ? &before->tasks : NULL;
	size_t i, j = 0;

	for (i = 0; i < now->tasks.nr; i++) {
		const struct contmon_task *task = &now->tasks.entries[i];
		const struct contmon_task *same = NULL;

		ret[i] = NAN;
		if (!old)
			continue;
		while (j < old->nr && old->entries[j].pid < task->pid)
			j++;
		if (j < old->nr && old->entries[j].pid == task->pid)
			same = &old->entries[j];
		ret[i] = cores_of(same, task, old->taken_boottime_ns,
				  now->tasks.taken_boottime_ns);
	}
}

void derive_container_cores(const struct sample *sample, size_t i,
			    const double *cores, struct container_row *row)
{
	const struct sample_container *container = &sample->containers[i];
	size_t j;

	if (container->scope->cgroup ||
	    container->stats.valid & CGROUP_STATS_CPU)
		return;
	row->cpu_cores = sample->hides_tasks ? (double)NAN : 0;
	for (j = 0; j < sample->tasks.nr; j++) {
		if (sample->owners[j] == (int32_t)i)
			row->cpu_cores += cores[j];
	}
	row->cpu_percent = percent(row->cpu_cores, nr_cpus(sample));
}

static void process_memory(const struct contmon_task *task,
			   const struct sample *sample,
			   struct process_row *row)
{
	const struct contmon_get_system *kernel = &sample->system.kernel;
	const uint64_t valid = task->valid, group = CONTMON_TASK_MEM;

	row->vsz_bytes = known(valid, group, task->vsz_bytes);
	row->rss_anon_bytes = known(valid, group, task->rss_anon_bytes);
	row->rss_file_bytes = known(valid, group, task->rss_file_bytes);
	row->rss_shmem_bytes = known(valid, group, task->rss_shmem_bytes);
	row->rss_bytes = row->rss_anon_bytes + row->rss_file_bytes +
			 row->rss_shmem_bytes;
	row->swap_bytes = known(valid, group, task->swap_bytes);
	row->rss_percent_of_vsz = percent(row->rss_bytes, row->vsz_bytes);
	row->rss_percent_of_ram =
		percent(row->rss_bytes,
			known(kernel->fields, CONTMON_SYSTEM_MEMORY,
			      kernel->ram_total_bytes));
}

void derive_process(const struct contmon_task *task,
		    const struct sample *sample, struct process_row *row)
{
	const uint64_t valid = task->valid;
	const uint64_t page_faults = CONTMON_TASK_FAULTS |
				     CONTMON_TASK_PART_PAGE_FAULTS;

	row->t = (double)sample->t_ms;
	row->pid = task->pid;
	row->ppid = task->ppid;
	row->uid = known(valid, CONTMON_TASK_CRED, task->uid);
	row->nice = valid & CONTMON_TASK_SCHED ? task->nice : (double)NAN;
	row->threads = task->nr_threads;
	row->cpu_seconds_total = known(valid, CONTMON_TASK_CPU,
				       task->runtime_ns) / NS_PER_SECOND;
	row->cpu_user_seconds_total = known(valid, CONTMON_TASK_CPU,
					    task->utime_ns) / NS_PER_SECOND;
	row->cpu_system_seconds_total = known(valid, CONTMON_TASK_CPU,
					      task->stime_ns) / NS_PER_SECOND;
	process_memory(task, sample, row);
	row->minor_faults = known(valid, page_faults,
				  task->minor_faults);
	row->major_faults = known(valid, page_faults,
				  task->major_faults);
	row->read_bytes_total = known(valid, CONTMON_TASK_IO,
				      task->read_bytes);
	row->write_bytes_total = known(valid, CONTMON_TASK_IO,
				       task->write_bytes);
	row->oom_score = known(valid, CONTMON_TASK_OOM_SCORE, task->oom_score);
	row->oom_score_adj = valid & CONTMON_TASK_OOM_ADJ ?
		task->oom_score_adj : (double)NAN;
}
