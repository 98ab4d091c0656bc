// SPDX-License-Identifier: GPL-2.0-only
#include "cgroup1_row.h"

#include <stdbool.h>

static void add(struct contmon_cgroup *row, bool is_known, uint64_t part,
		__u64 *member, uint64_t value)
{
	if (!is_known || row->valid & (CONTMON_CGROUP_MEMCG | part))
		return;
	*member = value;
	row->valid |= part;
}

void cgroup1_row(const struct cgroup_stats *stats,
		 const struct settings *settings, struct contmon_cgroup *row)
{
	const unsigned int valid = stats->valid;
	const uint64_t swap_bytes = stats->memory.swap_bytes;

	add(row, valid & CGROUP_STATS_CURRENT,
	    CONTMON_CGROUP_PART_MEMORY_CURRENT, &row->memory_current_bytes,
	    stats->memory_current_bytes);
	add(row, valid & CGROUP_STATS_PEAK, CONTMON_CGROUP_PART_MEMORY_PEAK,
	    &row->memory_peak_bytes, stats->memory_peak_bytes);
	add(row, settings->memory_max.own != CONTMON_UNLIMITED,
	    CONTMON_CGROUP_PART_MEMORY_MAX, &row->memory_max_bytes,
	    settings->memory_max.own);
	add(row, valid & CGROUP_STATS_MEMORY && swap_bytes != MEMORY_UNKNOWN,
	    CONTMON_CGROUP_PART_SWAP_CURRENT, &row->swap_current_bytes,
	    swap_bytes);
	add(row, valid & CGROUP_STATS_OOM_KILLS, CONTMON_CGROUP_PART_OOM_KILLS,
	    &row->events_oom_kill, stats->oom_kills);
}
