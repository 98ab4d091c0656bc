// SPDX-License-Identifier: GPL-2.0-only
#include "memory.h"

#include <stddef.h>

#include "base/util.h"
#include "known.h"

/* The parts are read a little later, so their sum may exceed the whole. */
static void memory_rest(struct container_row *row)
{
	double rest = row->memory_current_bytes - row->memory_anon_bytes -
		      row->memory_file_bytes - row->memory_kernel_bytes -
		      row->memory_sock_bytes;

	row->memory_other_bytes = rest < 0 ? 0 : rest;
}

/* cgroup v1 counts only how often the limit was reached. */
static void memory_events(const struct contmon_cgroup *cgroup,
			  const struct cgroup_stats *stats,
			  struct container_row *row)
{
	const uint64_t valid = cgroup->valid, part = MEMCG(EVENTS);

	row->memory_low_events_total = known(valid, part, cgroup->events_low);
	row->memory_high_events_total = known(valid, part,
					      cgroup->events_high);
	row->memory_max_events_total = valid & part ?
		(double)cgroup->events_max :
		known(stats->valid, CGROUP_STATS_FAILURES,
		      stats->memory_failures);
	row->memory_oom_events_total = known(valid, part, cgroup->events_oom);
}

/* A number of memory.stat, if this kernel has it there */
static double known_memory(const struct cgroup_stats *stats, uint64_t group,
			   uint64_t value)
{
	return value == MEMORY_UNKNOWN ? (double)NAN :
					 known(stats->valid, group, value);
}

static void memory_parts(const struct cgroup_stats *stats,
			 struct container_row *row)
{
#define PART(member, group)						\
	row->memory_##member##_bytes =					\
		known_memory(stats, CGROUP_STATS_##group,		\
			     stats->memory_##member##_bytes)
	PART(anon, MEMORY);
	PART(file, MEMORY);
	PART(shmem, MEMORY);
	PART(kernel, KERNEL);
	PART(kernel_stack, MEMORY);
	PART(page_tables, MEMORY);
	PART(slab, MEMORY);
	PART(sock, MEMORY);
#undef PART
}

/**
 * struct detail - a number of memory.stat that not every kernel has
 * @column: in struct container_row; @member: in struct memory_detail
 */
struct detail {
	size_t column;
	size_t member;
};

#define DETAIL(column, member) \
	{ offsetof(struct container_row, memory_##column), \
	  offsetof(struct memory_detail, member) }

static const struct detail details[] = {
	DETAIL(percpu_bytes, percpu_bytes),
	DETAIL(vmalloc_bytes, vmalloc_bytes),
	DETAIL(zswap_bytes, zswap_bytes),
	DETAIL(zswapped_bytes, zswapped_bytes),
	DETAIL(file_mapped_bytes, file_mapped_bytes),
	DETAIL(file_dirty_bytes, file_dirty_bytes),
	DETAIL(file_writeback_bytes, file_writeback_bytes),
	DETAIL(swap_cached_bytes, swap_cached_bytes),
	DETAIL(anon_huge_bytes, anon_huge_bytes),
	DETAIL(file_huge_bytes, file_huge_bytes),
	DETAIL(inactive_anon_bytes, inactive_anon_bytes),
	DETAIL(active_anon_bytes, active_anon_bytes),
	DETAIL(inactive_file_bytes, inactive_file_bytes),
	DETAIL(active_file_bytes, active_file_bytes),
	DETAIL(unevictable_bytes, unevictable_bytes),
	DETAIL(slab_reclaimable_bytes, slab_reclaimable_bytes),
	DETAIL(slab_unreclaimable_bytes, slab_unreclaimable_bytes),
	DETAIL(secondary_page_tables_bytes, secondary_page_tables_bytes),
	DETAIL(shmem_huge_bytes, shmem_huge_bytes),
	DETAIL(hugetlb_bytes, hugetlb_bytes),
	DETAIL(refaults_anon_total, refaults_anon),
	DETAIL(refaults_file_total, refaults_file),
	DETAIL(scanned_total, scanned),
	DETAIL(reclaimed_total, reclaimed),
	DETAIL(faults_total, faults),
	DETAIL(major_faults_total, major_faults),
	DETAIL(refaults_activated_anon_total, refaults_activated_anon),
	DETAIL(refaults_activated_file_total, refaults_activated_file),
	DETAIL(refaults_restored_anon_total, refaults_restored_anon),
	DETAIL(refaults_restored_file_total, refaults_restored_file),
	DETAIL(shadow_nodes_reclaimed_total, shadow_nodes_reclaimed),
	DETAIL(demoted_kswapd_total, demoted_kswapd),
	DETAIL(demoted_direct_total, demoted_direct),
	DETAIL(demoted_khugepaged_total, demoted_khugepaged),
	DETAIL(demoted_proactive_total, demoted_proactive),
	DETAIL(promoted_total, promoted),
	DETAIL(swapped_in_total, swapped_in),
	DETAIL(swapped_out_total, swapped_out),
	DETAIL(scanned_kswapd_total, scanned_kswapd),
	DETAIL(scanned_direct_total, scanned_direct),
	DETAIL(scanned_khugepaged_total, scanned_khugepaged),
	DETAIL(scanned_proactive_total, scanned_proactive),
	DETAIL(reclaimed_kswapd_total, reclaimed_kswapd),
	DETAIL(reclaimed_direct_total, reclaimed_direct),
	DETAIL(reclaimed_khugepaged_total, reclaimed_khugepaged),
	DETAIL(reclaimed_proactive_total, reclaimed_proactive),
	DETAIL(scanned_active_total, scanned_active),
	DETAIL(activated_total, activated),
	DETAIL(deactivated_total, deactivated),
	DETAIL(lazily_freed_total, lazily_freed),
	DETAIL(lazily_reclaimed_total, lazily_reclaimed),
	DETAIL(swapped_in_zero_total, swapped_in_zero),
	DETAIL(swapped_out_zero_total, swapped_out_zero),
	DETAIL(zswapped_in_total, zswapped_in),
	DETAIL(zswapped_out_total, zswapped_out),
	DETAIL(zswap_written_back_total, zswap_written_back),
	DETAIL(huge_faults_total, huge_faults),
	DETAIL(huge_collapses_total, huge_collapses),
	DETAIL(huge_swapped_out_total, huge_swapped_out),
	DETAIL(huge_split_for_swap_total, huge_split_for_swap),
	DETAIL(numa_migrated_total, numa_migrated),
	DETAIL(numa_pte_updates_total, numa_pte_updates),
	DETAIL(numa_hint_faults_total, numa_hint_faults),
};

static void memory_detail(const struct cgroup_stats *stats,
			  struct container_row *row)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(details); i++) {
		uint64_t value = *(const uint64_t *)
			((const char *)&stats->memory + details[i].member);
		double *column = (double *)((char *)row + details[i].column);

		*column = known_memory(stats, CGROUP_STATS_MEMORY, value);
	}
}

void memory_fill(const struct sample_container *now,
		 struct container_row *row)
{
	const struct contmon_cgroup_limits *limits = &now->limits.now;
	const struct contmon_cgroup *cgroup = &now->row;
	const struct cgroup_stats *stats = &now->stats;
	const uint64_t valid = cgroup->valid;
	uint64_t inactive = stats->memory.inactive_file_bytes;

	row->memory_current_bytes = known(valid, MEMCG(MEMORY_CURRENT),
					  cgroup->memory_current_bytes);
	row->memory_peak_bytes = known(valid, MEMCG(MEMORY_PEAK),
				       cgroup->memory_peak_bytes);
	row->swap_current_bytes = known(valid, MEMCG(SWAP_CURRENT),
					cgroup->swap_current_bytes);
	row->swap_limit_bytes = known_limit(limits->valid, CONTMON_LIMIT_SWAP,
					    limits->swap_bytes.effective);
	row->swap_limit_owner = now->limits.swap_owner;
	row->swap_max_bytes = known_limit(valid, MEMCG(SWAP_MAX),
					  cgroup->swap_max_bytes);
	row->oom_kills_total = known(valid, MEMCG(OOM_KILLS),
				     cgroup->events_oom_kill);
	/* inactive_file is read a little later and may exceed current. */
	if (inactive > cgroup->memory_current_bytes)
		inactive = cgroup->memory_current_bytes;
	row->memory_working_set_bytes = row->memory_current_bytes -
		known(stats->valid, CGROUP_STATS_MEMORY, inactive);
	memory_parts(stats, row);
	memory_detail(stats, row);
	memory_rest(row);
	memory_events(cgroup, stats, row);
}
