// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "container.h"
#include "container_columns.h"
#include "contmon/table/record.h"
#include "owner_columns.h"
#include "rate_columns.h"

#include <math.h>

static struct cli_value get_short_id(const struct cli_row *row)
{
	const char *id = row->cgroup->short_id;

	return (struct cli_value){ *id, { .text = id } };
}

static const struct cli_container *container_of(const struct cli_row *row)
{
	return (const struct cli_container *)row;
}

/* get_NAME(): a member of the sums, known with its group or a part of it */
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

/* Bits that make a member of MEMCG known */
#define MEMCG(part) (CONTMON_CGROUP_MEMCG | CONTMON_CGROUP_PART_##part)

GET(processes, number, CLI_CGROUP_COUNTS, sums->nr_tasks)
GET(threads, number, CLI_CGROUP_COUNTS, sums->nr_threads)
GET(running, number, CLI_CGROUP_COUNTS, sums->nr_running)
GET(memory, bytes, MEMCG(MEMORY_CURRENT), sums->memory_current_bytes)
GET(memory_max, bytes, MEMCG(MEMORY_MAX), sums->memory_max_bytes)
GET(peak, bytes, MEMCG(MEMORY_PEAK), sums->memory_peak_bytes)
GET(swap, bytes, MEMCG(SWAP_CURRENT), sums->swap_current_bytes)
GET(oom_kills, number, MEMCG(OOM_KILLS), (int64_t)sums->events_oom_kill)
GET(vsz_sum, bytes, CLI_CGROUP_COUNTS, sums->vsz_sum_bytes)
GET(rss_sum, bytes, CLI_CGROUP_COUNTS, sums->rss_anon_sum_bytes +
    sums->rss_file_sum_bytes + sums->rss_shmem_sum_bytes)
GET(cpu_sum, ns, CLI_CGROUP_COUNTS, sums->utime_sum_ns + sums->stime_sum_ns)
GET(cpu, ns, CONTMON_CGROUP_CPU, sums->cpu_usage_ns)
GET(read_sum, bytes, CLI_CGROUP_IO, sums->read_bytes_sum)
GET(write_sum, bytes, CLI_CGROUP_IO, sums->write_bytes_sum)

static struct cli_value get_memory_limit(const struct cli_row *row)
{
	const struct contmon_cgroup_limits *limits = &container_of(row)->limits;

	return (struct cli_value){
		.known = limits->valid & CONTMON_LIMIT_MEMORY,
		.bytes = limits->memory_bytes.effective,
	};
}

/* Unknown without a limit */
static struct cli_value get_limit_percent(const struct cli_row *row)
{
	const struct contmon_cgroup *sums = &container_of(row)->sums;
	struct cli_value limit = get_memory_limit(row);

	if (!(sums->valid & MEMCG(MEMORY_CURRENT)) || !limit.known ||
	    limit.bytes == 0 || limit.bytes == CONTMON_UNLIMITED)
		return (struct cli_value){ 0 };
	return (struct cli_value){
		.known = true,
		.ratio = (double)sums->memory_current_bytes /
			 (double)limit.bytes,
	};
}

/* A quota in CPUs; without a quota it is infinite */
static struct cli_value quota(const struct cli_row *row, uint64_t ns)
{
	const struct contmon_cgroup_limits *limits = &container_of(row)->limits;

	return (struct cli_value){
		.known = limits->valid & CONTMON_LIMIT_CPU,
		.ratio = ns == CONTMON_UNLIMITED ? INFINITY :
			 (double)ns / (double)NS_PER_SECOND,
	};
}

static struct cli_value get_cpu_limit(const struct cli_row *row)
{
	return quota(row, container_of(row)->limits.cpu_ns.effective);
}

static struct cli_value get_cpu_max(const struct cli_row *row)
{
	return quota(row, container_of(row)->limits.cpu_ns.own);
}

static struct cli_value text_of(const char *path)
{
	return (struct cli_value){ path, { .text = path } };
}

static struct cli_value get_memory_limit_owner(const struct cli_row *row)
{
	return text_of(container_of(row)->memory_limit_owner);
}

static struct cli_value get_cpu_limit_owner(const struct cli_row *row)
{
	return text_of(container_of(row)->cpu_limit_owner);
}

static const struct cli_column columns[] = {
	{ .name = "id", .heading = "FULL-ID", .kind = CLI_KIND_TEXT,
	  .help = "full id",
	  .width = 64, .color = "cyan", .get = cli_row_container_id },
	{ .name = "short-id", .heading = "SHORT-ID", .kind = CLI_KIND_TEXT,
	  .help = "12 digits of the id",
	  .width = 12, .rank = 21, .color = "cyan", .get = get_short_id },
	{ .name = "processes", .heading = "PROCS", .kind = CLI_KIND_COUNT,
	  .help = "processes",
	  .width = 5, .rank = 10, .get = get_processes },
	{ .name = "threads", .heading = "THR", .kind = CLI_KIND_COUNT,
	  .help = "threads of its processes",
	  .width = 5, .rank = 19, .get = get_threads },
	{ .name = "processes-running", .heading = "RUN", .kind = CLI_KIND_COUNT,
	  .help = "processes that run or could run",
	  .width = 5, .get = get_running },
	{ .name = "memory-current-bytes", .heading = "MEMORY",
	  .kind = CLI_KIND_BYTES,
	  .help = "memory.current, page cache included",
	  .width = 7, .rank = 1, .get = get_memory },
	{ .name = "memory-limit-bytes", .heading = "LIMIT",
	  .kind = CLI_KIND_LIMIT,
	  .help = "the limit in effect: the lowest of all above, or max",
	  .width = 7, .rank = 11, .get = get_memory_limit },
	{ .name = "memory-limit-owner", .heading = "LIMIT-OWNER",
	  .kind = CLI_KIND_TEXT, .help = "path of the cgroup that sets it",
	  .width = 20, .least = 20, .rank = 20,
	  .get = get_memory_limit_owner },
	{ .name = "memory-max-bytes", .heading = "MAX", .kind = CLI_KIND_LIMIT,
	  .help = "memory.max, its own limit",
	  .width = 7, .get = get_memory_max },
	{ .name = "memory-limit-percent", .heading = "OF LIMIT",
	  .kind = CLI_KIND_PERCENT,
	  .help = "memory as a share of the limit in effect",
	  .width = 14, .bar = true, .rank = 3, .get = get_limit_percent },
	{ .name = "memory-peak-bytes", .heading = "PEAK",
	  .kind = CLI_KIND_BYTES,
	  .help = "memory.peak: the most it ever had",
	  .width = 7, .rank = 16, .get = get_peak },
	{ .name = "swap-current-bytes", .heading = "SWAP",
	  .kind = CLI_KIND_BYTES,
	  .help = "memory.swap.current",
	  .width = 7, .rank = 17, .get = get_swap },
	{ .name = "oom-kills-total", .heading = "OOMK", .kind = CLI_KIND_COUNT,
	  .help = "processes killed when out of memory",
	  .width = 4, .rank = 13, .get = get_oom_kills },
	{ .name = "vsz-sum-bytes", .heading = "VSZ-SUM", .kind = CLI_KIND_BYTES,
	  .help = "what its processes reserve",
	  .width = 7, .get = get_vsz_sum },
	{ .name = "rss-sum-bytes", .heading = "RSS-SUM", .kind = CLI_KIND_BYTES,
	  .help = "what they commit; counts shared pages for each",
	  .width = 7, .rank = 14, .get = get_rss_sum },
	{ .name = "cpu-seconds-total", .heading = "CPU-TIME",
	  .kind = CLI_KIND_SECONDS,
	  .help = "CPU time, of ended processes too",
	  .width = 11, .rank = 5, .get = get_cpu },
	{ .name = "cpu-limit-cores", .heading = "CPU-LIMIT",
	  .kind = CLI_KIND_CORES,
	  .help = "CPUs that the quota in effect allows, or max",
	  .width = 9, .rank = 12, .get = get_cpu_limit },
	{ .name = "cpu-limit-owner", .heading = "QUOTA-OWNER",
	  .kind = CLI_KIND_TEXT, .help = "path of the cgroup that sets it",
	  .width = 20, .least = 20, .rank = 20, .get = get_cpu_limit_owner },
	{ .name = "cpu-max-cores", .heading = "CPU-MAX",
	  .kind = CLI_KIND_CORES, .help = "cpu.max, its own quota",
	  .width = 7, .get = get_cpu_max },
	{ .name = "cpu-sum-seconds", .heading = "CPU-SUM",
	  .kind = CLI_KIND_SECONDS,
	  .help = "CPU time of its living processes",
	  .width = 11, .get = get_cpu_sum },
	{ .name = "read-sum-bytes", .heading = "READ", .kind = CLI_KIND_BYTES,
	  .help = "bytes its living processes read from storage",
	  .width = 7, .rank = 13, .get = get_read_sum },
	{ .name = "write-sum-bytes", .heading = "WRITE", .kind = CLI_KIND_BYTES,
	  .help = "bytes they wrote for storage",
	  .width = 7, .rank = 13, .get = get_write_sum },
	{ .name = NULL }
};

void cli_offer_container_columns(struct cli_layout *layout, bool live)
{
	layout->subject = "container";
	cli_layout_offer(layout, cli_owner_columns);
	cli_layout_offer(layout, columns);
	if (live) {
		cli_layout_offer(layout, cli_rate_columns);
		cli_layout_offer(layout, cli_pressure_columns);
	}
}
