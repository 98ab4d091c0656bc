// SPDX-License-Identifier: GPL-2.0-only
#include "settings.h"

#include "known.h"

static double setting(const struct settings *settings, uint64_t value)
{
	return known_limit(settings->due_boottime_ns, UINT64_MAX, value);
}

void settings_fill(const struct sample_container *now,
		   struct container_row *row)
{
	const struct settings *settings = &now->settings;

#define SETTING(column, member) \
	row->column = setting(settings, settings->member)
	SETTING(cpu_weight, cpu_weight);
	SETTING(cpuset_cpus, cpuset_cpus);
	SETTING(io_weight, io_weight);
	SETTING(memory_high_bytes, memory_high.own);
	SETTING(memory_high_limit_bytes, memory_high.effective);
	SETTING(swap_peak_bytes, swap_peak_bytes);
	SETTING(swap_max_events_total, swap_max_events);
	SETTING(swap_fail_events_total, swap_fail_events);
	SETTING(pids_peak, pids_peak);
	SETTING(pids_max, pids.own);
	SETTING(pids_limit, pids.effective);
	SETTING(pids_max_events_total, pids_max_events);
#undef SETTING
	row->memory_high_limit_owner = settings->memory_high.owner;
	row->pids_limit_owner = settings->pids.owner;
	row->pids_current = known(now->stats.valid, CGROUP_STATS_PIDS,
				  now->stats.pids_current);
}
