// SPDX-License-Identifier: GPL-2.0-only
#include "container.h"
#include "record.h"
#include "rollup.h"

static const struct cli_container *container_of(const struct cli_row *row)
{
	return (const struct cli_container *)row;
}

/* get_NAME(): a member of the sums, known if its group or its part is */
#define GET(name, side, group, expression)				\
	static struct cli_value get_##name(const struct cli_row *row)	\
	{								\
		const struct contmon_container *sums =			\
			&container_of(row)->sums;			\
									\
		return (struct cli_value){				\
			.known = sums->valid & (group),			\
			.side = (expression),				\
		};							\
	}

GET(tasks, number, CLI_CONTAINER_COUNTS, sums->nr_tasks)
GET(threads, number, CLI_CONTAINER_COUNTS, sums->nr_threads)
GET(running, number, CLI_CONTAINER_COUNTS, sums->nr_running)
GET(memory, bytes, CONTMON_CONTAINER_MEMCG, sums->memory_current_bytes)
GET(limit, bytes, CONTMON_CONTAINER_MEMCG, sums->memory_max_bytes)
GET(peak, bytes, CONTMON_CONTAINER_MEMCG, sums->memory_peak_bytes)
GET(swap, bytes, CONTMON_CONTAINER_MEMCG, sums->swap_current_bytes)
GET(oom_kills, number, CONTMON_CONTAINER_MEMCG, (int64_t)sums->events_oom_kill)
GET(vsz_sum, bytes, CLI_CONTAINER_COUNTS, sums->vsz_sum_bytes)
GET(rss_sum, bytes, CLI_CONTAINER_COUNTS, sums->rss_anon_sum_bytes +
    sums->rss_file_sum_bytes + sums->rss_shmem_sum_bytes)
GET(cpu, ns, CLI_CONTAINER_COUNTS, sums->utime_sum_ns + sums->stime_sum_ns)
GET(usage, ns, CONTMON_CONTAINER_CPU, sums->cpu_usage_ns)
GET(read, bytes, CLI_CONTAINER_IO, sums->read_bytes_sum)
GET(write, bytes, CLI_CONTAINER_IO, sums->write_bytes_sum)

/* get_NAME(): a member of the rates */
#define GET_RATE(name, side, what, member)				\
	static struct cli_value get_##name(const struct cli_row *row)	\
	{								\
		const struct cli_rates *rates =				\
			&container_of(row)->rates;			\
									\
		return (struct cli_value){				\
			.known = rates->what##_known,			\
			.side = rates->member,				\
		};							\
	}

GET_RATE(cores, ratio, cpu, cpu_cores)
GET_RATE(cpu_share, ratio, cpu, cpu_share)
GET_RATE(read_rate, bytes, io, read_bytes)
GET_RATE(write_rate, bytes, io, write_bytes)
GET_RATE(psi_cpu, ratio, psi, psi_cpu)
GET_RATE(psi_io, ratio, psi, psi_io)
GET_RATE(psi_memory, ratio, psi, psi_memory)

/* Of what it waits for most */
static struct cli_value get_psi_worst(const struct cli_row *row)
{
	const struct cli_rates *rates = &container_of(row)->rates;
	double worst = rates->psi_cpu;

	if (rates->psi_io > worst)
		worst = rates->psi_io;
	if (rates->psi_memory > worst)
		worst = rates->psi_memory;
	return (struct cli_value){ rates->psi_known, { .ratio = worst } };
}

/* How much of its limit is used; not known without a limit */
static struct cli_value get_memory_share(const struct cli_row *row)
{
	const struct contmon_container *sums = &container_of(row)->sums;
	double limit = (double)sums->memory_max_bytes;

	if (!(sums->valid & CONTMON_CONTAINER_MEMCG) || limit <= 0 ||
	    sums->memory_max_bytes == CONTMON_UNLIMITED)
		return (struct cli_value){ 0 };
	return (struct cli_value){
		true, { .ratio = (double)sums->memory_current_bytes / limit } };
}

static struct cli_value get_id(const struct cli_row *row)
{
	return (struct cli_value){
		true, { .text = container_of(row)->cgroup->label } };
}

static struct cli_value get_runtime(const struct cli_row *row)
{
	const struct cli_cgroup *cgroup = container_of(row)->cgroup;
	const char *name = "?";

	if (cgroup->path)
		name = contmon_runtime_name(cgroup->identity.runtime);
	return (struct cli_value){ true, { .text = name } };
}

static struct cli_value get_cgroup(const struct cli_row *row)
{
	const char *path = container_of(row)->cgroup->path;

	return (struct cli_value){ true, { .text = path ? path : "?" } };
}

#define NUMBER(_name, _heading, _key, _kind, _get)			\
		.name = _name, .heading = _heading, .key = _key,	\
		.kind = CLI_KIND_##_kind, .get = get_##_get
#define ID	.name = "id", .heading = "ID", .key = "container",	\
		.kind = CLI_KIND_TEXT, .color = "cyan", .get = get_id
#define RUNTIME	.name = "runtime", .heading = "RUNTIME",		\
		.key = "runtime", .kind = CLI_KIND_TEXT, .get = get_runtime
#define CGROUP	.name = "cgroup", .heading = "CGROUP",			\
		.key = "cgroup_path", .kind = CLI_KIND_TEXT,		\
		.shortens = true, .get = get_cgroup

const struct cli_column cli_container_columns[] = {
	{ ID },
	{ RUNTIME, .rank = 5 },
	{ NUMBER("tasks", "TASKS", "nr_tasks", COUNT, tasks) },
	{ NUMBER("threads", "THREADS", "nr_threads", COUNT, threads),
	  .rank = 7 },
	{ NUMBER("running", "RUN", "nr_running", COUNT, running) },
	{ NUMBER("memory", "MEMORY", "memory_current_bytes", BYTES, memory) },
	{ NUMBER("limit", "LIMIT", "memory_max_bytes", LIMIT, limit) },
	{ NUMBER("peak", "PEAK", "memory_peak_bytes", BYTES, peak),
	  .rank = 4 },
	{ NUMBER("swap", "SWAP", "swap_current_bytes", BYTES, swap),
	  .rank = 6 },
	{ NUMBER("oom-kills", "OOM-KILLS", "events_oom_kill", COUNT,
		 oom_kills) },
	{ NUMBER("vsz-sum", "VSZ-SUM", "vsz_sum_bytes", BYTES, vsz_sum) },
	{ NUMBER("rss-sum", "RSS-SUM", "rss_sum_bytes", BYTES, rss_sum),
	  .rank = 3 },
	{ NUMBER("cpu", "CPU", "cpu_ns", NS, cpu) },
	{ NUMBER("usage", "USAGE", "cpu_usage_ns", NS, usage) },
	{ NUMBER("read", "READ", "read_bytes_sum", BYTES, read), .rank = 2 },
	{ NUMBER("write", "WRITE", "write_bytes_sum", BYTES, write),
	  .rank = 2 },
	{ CGROUP, .tree = true, .rank = 1 },
	{ .name = NULL }
};

const struct cli_column cli_top_container_columns[] = {
	{ ID, .width = 12, .tree = true },
	{ RUNTIME, .width = 10, .rank = 4 },
	{ NUMBER("cpu", "CORES", "cpu_cores", CORES, cores), .width = 6 },
	{ NUMBER("cpu%", "CPU%", "cpu_share", RATIO, cpu_share), .width = 6 },
	{ NUMBER("memory", "MEMORY", "memory_current_bytes", BYTES, memory),
	  .width = 10 },
	{ NUMBER("memory%", "OF LIMIT", "memory_share", RATIO, memory_share),
	  .width = 11, .bar = true },
	{ NUMBER("limit", "LIMIT", "memory_max_bytes", LIMIT, limit),
	  .width = 10, .rank = 5 },
	{ NUMBER("peak", "PEAK", "memory_peak_bytes", BYTES, peak),
	  .width = 10, .rank = 8 },
	{ NUMBER("swap", "SWAP", "swap_current_bytes", BYTES, swap),
	  .width = 10, .rank = 9 },
	{ NUMBER("read", "READ", "read_rate", RATE, read_rate), .width = 11,
	  .rank = 1 },
	{ NUMBER("write", "WRITE", "write_rate", RATE, write_rate),
	  .width = 11, .rank = 1 },
	{ NUMBER("psi", "PSI", "psi_worst", RATIO, psi_worst), .width = 6 },
	{ NUMBER("psi-cpu", "PSI-CPU", "psi_cpu", RATIO, psi_cpu),
	  .width = 7, .rank = 2 },
	{ NUMBER("psi-io", "PSI-IO", "psi_io", RATIO, psi_io), .width = 7,
	  .rank = 2 },
	{ NUMBER("psi-mem", "PSI-MEM", "psi_memory", RATIO, psi_memory),
	  .width = 7, .rank = 2 },
	{ NUMBER("oom-kills", "OOMK", "events_oom_kill", COUNT, oom_kills),
	  .width = 4, .rank = 7 },
	{ NUMBER("tasks", "TASKS", "nr_tasks", COUNT, tasks), .width = 5,
	  .rank = 5 },
	{ NUMBER("threads", "THR", "nr_threads", COUNT, threads), .width = 5,
	  .rank = 6 },
	{ CGROUP, .width = 20, .rank = 10 },
	{ .name = NULL }
};
