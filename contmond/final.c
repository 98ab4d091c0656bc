// SPDX-License-Identifier: GPL-2.0-only
#include "final.h"

#include <math.h>
#include <sys/wait.h>

#include "base/clock.h"

/* As shells and engines encode it */
static double exit_code(uint32_t status)
{
	return WIFSIGNALED((int)status) ? 128 + WTERMSIG((int)status) :
					  WEXITSTATUS((int)status);
}

static void fill_from_files(const struct cgroup_stats *stats,
			    struct store_final *final)
{
	if (stats->valid & CGROUP_STATS_CPU)
		final->cpu_seconds = (double)stats->cpu_usec / 1e6;
	if (stats->valid & CGROUP_STATS_CPU_MODES) {
		final->cpu_user_seconds = (double)stats->cpu_user_usec / 1e6;
		final->cpu_system_seconds =
			(double)stats->cpu_system_usec / 1e6;
	}
	if (stats->valid & CGROUP_STATS_PEAK)
		final->memory_peak_bytes = (double)stats->memory_peak_bytes;
	if (stats->valid & CGROUP_STATS_IO) {
		final->read_bytes = (double)stats->read_bytes;
		final->write_bytes = (double)stats->write_bytes;
	}
	if (stats->valid & CGROUP_STATS_IO_OPS) {
		final->read_ops = (double)stats->read_ops;
		final->write_ops = (double)stats->write_ops;
	}
}

/* For a cgroup that was removed before its files could be read */
static void fill_from_exits(const struct run *run, struct store_final *final)
{
	if (!run->is_whole || run->exits == 0)
		return;
	if (!(run->stats.valid & CGROUP_STATS_CPU)) {
		final->cpu_user_seconds = (double)run->utime_ns / 1e9;
		final->cpu_system_seconds = (double)run->stime_ns / 1e9;
		final->cpu_seconds = final->cpu_user_seconds +
				     final->cpu_system_seconds;
	}
	if (!(run->stats.valid & CGROUP_STATS_PEAK))
		final->memory_peak_bytes = (double)run->rss_peak_bytes;
}

static double oom_kills(const struct run *run, const struct container_row *row)
{
	double sampled = row ? row->oom_kills_total : (double)NAN;

	if (isnan(sampled) && run->is_whole)
		sampled = 0;
	return sampled + (double)run->scope->oom_kills_since;
}

void final_of_run(const struct run *run, const struct container_row *row,
		  struct store_final *ret)
{
	uint64_t start_ns = run->made_boottime_ns;

	if (run->is_whole && run->first_start_boottime_ns > 0)
		start_ns = run->first_start_boottime_ns;
	store_final_init(ret);
	ret->ended_ms = (double)clock_realtime_ms(run->emptied_boottime_ns ?:
						  run->removed_boottime_ns);
	if (start_ns > 0)
		ret->started_ms = (double)clock_realtime_ms(start_ns);
	if (run_has_exit_status(run))
		ret->exit_code = exit_code(run->first_exit_status);
	ret->oom_kills = oom_kills(run, row);
	fill_from_files(&run->stats, ret);
	fill_from_exits(run, ret);
}

void final_of_name(const struct container_info *name, struct store_final *ret)
{
	store_final_init(ret);
	ret->ended_ms = (double)name->finished_ms;
	if (name->exit_code >= 0)
		ret->exit_code = (double)name->exit_code;
	if (name->oom_killed >= 0)
		ret->oom_killed = (double)name->oom_killed;
	if (name->restarts >= 0)
		ret->restarts = (double)name->restarts;
}
