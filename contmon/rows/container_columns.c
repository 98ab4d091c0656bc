// SPDX-License-Identifier: GPL-2.0-only
#include "container.h"
#include "container_columns.h"
#include "contmon/table/record.h"
#include "contmon/table/row_value.h"

static const struct cli_container *container_of(const struct cli_row *row)
{
	return (const struct cli_container *)row;
}

/* get_NAME(): a member of the sums, known if its group or its part is */
#define GET(name, side, group, expression)				\
	static struct cli_value get_##name(const struct cli_row *row)	\
	{								\
		const struct contmon_cgroup *sums =			\
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
GET(memory, bytes, CONTMON_CGROUP_MEMCG, sums->memory_current_bytes)
GET(limit, bytes, CONTMON_CGROUP_MEMCG, sums->memory_max_bytes)
GET(peak, bytes, CONTMON_CGROUP_MEMCG, sums->memory_peak_bytes)
GET(swap, bytes, CONTMON_CGROUP_MEMCG, sums->swap_current_bytes)
GET(oom_kills, number, CONTMON_CGROUP_MEMCG, (int64_t)sums->events_oom_kill)
GET(vsz_sum, bytes, CLI_CONTAINER_COUNTS, sums->vsz_sum_bytes)
GET(rss_sum, bytes, CLI_CONTAINER_COUNTS, sums->rss_anon_sum_bytes +
    sums->rss_file_sum_bytes + sums->rss_shmem_sum_bytes)
GET(cpu_live, ns, CLI_CONTAINER_COUNTS, sums->utime_sum_ns + sums->stime_sum_ns)
GET(cpu, ns, CONTMON_CGROUP_CPU, sums->cpu_usage_ns)
GET(read, bytes, CLI_CONTAINER_IO, sums->read_bytes_sum)
GET(write, bytes, CLI_CONTAINER_IO, sums->write_bytes_sum)

/* How much of its limit is used; not known without a limit */
static struct cli_value get_memory_share(const struct cli_row *row)
{
	const struct contmon_cgroup *sums = &container_of(row)->sums;
	double limit = (double)sums->memory_max_bytes;

	if (!(sums->valid & CONTMON_CGROUP_MEMCG) || limit <= 0 ||
	    sums->memory_max_bytes == CONTMON_UNLIMITED)
		return (struct cli_value){ 0 };
	return (struct cli_value){
		true, { .ratio = (double)sums->memory_current_bytes / limit } };
}

/* From here on it hurts. */
static const char *psi_color(const struct cli_row *row)
{
	struct cli_value value = cli_row_psi_worst(row);

	if (!value.known || value.ratio < 0.1)
		return NULL;
	return value.ratio < 0.4 ? "yellow" : "red";
}

static struct cli_value get_runtime(const struct cli_row *row)
{
	const struct cli_cgroup *cgroup = row->cgroup;
	const char *name = "?";

	if (cgroup->path)
		name = contmon_runtime_name(cgroup->identity.runtime);
	return (struct cli_value){ true, { .text = name } };
}

#define ID	.name = "id", .heading = "ID", .key = "container",	\
		.help = "first digits of its id",			\
		.kind = CLI_KIND_TEXT, .color = "cyan", .get = cli_row_id
#define NAME	.name = "name", .heading = "NAME",			\
		.key = "container_name", .kind = CLI_KIND_TEXT,		\
		.help = "what the engine calls it; contmon-engine tells", \
		.color = "cyan", .get = cli_row_name
#define TITLE	.name = "container", .heading = "CONTAINER",		\
		.key = "title", .kind = CLI_KIND_TEXT,			\
		.help = "its name, or first digits of its id",		\
		.color = "cyan", .get = cli_row_title
#define RUNTIME	.name = "runtime", .heading = "RUNTIME",		\
		.key = "runtime", .help = "docker, podman, ...",	\
		.kind = CLI_KIND_TEXT, .get = get_runtime
#define CGROUP	.name = "cgroup", .heading = "CGROUP",			\
		.key = "cgroup_path", .help = "path of its cgroup",	\
		.kind = CLI_KIND_TEXT, .shortens = true, .get = cli_row_path

const struct cli_column cli_container_columns[] = {
	{ ID },
	{ NAME, .most = 24, .optional = true },
	{ RUNTIME, .rank = 6 },
	{ NUMBER("tasks", "TASKS", "nr_tasks", COUNT, tasks,
		 "its processes"),
	  .rank = 1 },
	{ NUMBER("threads", "THREADS", "nr_threads", COUNT, threads,
		 "their threads"),
	  .rank = 8 },
	{ NUMBER("running", "RUN", "nr_running", COUNT, running,
		 "processes that run or could") },
	{ NUMBER("memory", "MEMORY", "memory_current_bytes", BYTES, memory,
		 "memory.current: charged to it, page cache included") },
	{ NUMBER("limit", "LIMIT", "memory_max_bytes", LIMIT, limit,
		 "memory.max; max: none"),
	  .rank = 1 },
	{ NUMBER("peak", "PEAK", "memory_peak_bytes", BYTES, peak,
		 "memory.peak: the most it ever had"),
	  .rank = 5 },
	{ NUMBER("swap", "SWAP", "swap_current_bytes", BYTES, swap,
		 "memory.swap.current"),
	  .rank = 7 },
	{ NUMBER("oom-kills", "OOM-KILLS", "events_oom_kill", COUNT, oom_kills,
		 "processes killed for want of memory") },
	{ NUMBER("vsz-sum", "VSZ-SUM", "vsz_sum_bytes", BYTES, vsz_sum,
		 "what its processes reserve") },
	{ NUMBER("rss-sum", "RSS-SUM", "rss_sum_bytes", BYTES, rss_sum,
		 "what they commit; shared pages count for each"),
	  .rank = 4 },
	{ NUMBER("cpu", "CPU", "cpu_usage_ns", NS, cpu,
		 "CPU time, that of ended processes included"),
	  .rank = 1 },
	{ NUMBER("cpu-live", "CPU-LIVE", "cpu_ns", NS, cpu_live,
		 "CPU time of the processes that live now") },
	{ NUMBER("read", "READ", "read_bytes_sum", BYTES, read,
		 "bytes that its processes fetched from storage"),
	  .rank = 2 },
	{ NUMBER("write", "WRITE", "write_bytes_sum", BYTES, write,
		 "bytes that they wrote, for storage"),
	  .rank = 2 },
	{ CGROUP, .tree = true, .rank = 3 },
	{ .name = NULL }
};

const struct cli_column cli_top_container_columns[] = {
	{ TITLE, .width = 18, .tree = true },
	{ ID, .width = 12, .rank = 6 },
	{ RUNTIME, .width = 10, .rank = 4 },
	{ MOVING("cpu", "CORES", "cpu_cores", CORES, cores,
		 "CPUs kept busy"),
	  .width = 6 },
	{ MOVING("cpu%", "CPU%", "cpu_share", RATIO, cpu_share,
		 "share of all CPUs of the host"),
	  .width = 6 },
	{ NUMBER("memory", "MEMORY", "memory_current_bytes", BYTES, memory,
		 "memory.current: charged to it, page cache included"),
	  .width = 7 },
	{ NUMBER("memory%", "OF LIMIT", "memory_share", RATIO, memory_share,
		 "memory as a share of its limit"),
	  .width = 14, .bar = true },
	{ NUMBER("limit", "LIMIT", "memory_max_bytes", LIMIT, limit,
		 "memory.max; max: none"),
	  .width = 7, .rank = 3 },
	{ NUMBER("peak", "PEAK", "memory_peak_bytes", BYTES, peak,
		 "memory.peak: the most it ever had"),
	  .width = 7, .rank = 8 },
	{ NUMBER("swap", "SWAP", "swap_current_bytes", BYTES, swap,
		 "memory.swap.current"),
	  .width = 7, .rank = 9 },
	{ MOVING("read", "READ/S", "read_rate", RATE, read_rate,
		 "bytes a second from storage"),
	  .width = 7, .rank = 1 },
	{ MOVING("write", "WRITE/S", "write_rate", RATE, write_rate,
		 "bytes a second to storage"),
	  .width = 7, .rank = 1 },
	{ MOVING("psi", "PSI", "psi_worst", RATIO, psi_worst,
		 "share of the time waited, for what it did most"),
	  .width = 6, .get_color = psi_color },
	{ MOVING("psi-cpu", "PSI-CPU", "psi_cpu", RATIO, psi_cpu,
		 "share of the time in which something waited for CPU"),
	  .width = 7, .rank = 2 },
	{ MOVING("psi-io", "PSI-IO", "psi_io", RATIO, psi_io,
		 "the same for IO"),
	  .width = 7, .rank = 2 },
	{ MOVING("psi-mem", "PSI-MEM", "psi_memory", RATIO, psi_memory,
		 "the same for memory"),
	  .width = 7, .rank = 2 },
	{ NUMBER("oom-kills", "OOMK", "events_oom_kill", COUNT, oom_kills,
		 "processes killed for want of memory"),
	  .width = 4, .rank = 7 },
	{ NUMBER("tasks", "TASKS", "nr_tasks", COUNT, tasks,
		 "its processes"),
	  .width = 5, .rank = 2 },
	{ NUMBER("threads", "THR", "nr_threads", COUNT, threads,
		 "their threads"),
	  .width = 5, .rank = 6 },
	{ CGROUP, .width = 20, .rank = 10 },
	{ .name = NULL }
};
