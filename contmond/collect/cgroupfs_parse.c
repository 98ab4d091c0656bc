// SPDX-License-Identifier: GPL-2.0-only
#include "cgroupfs_parse.h"

#include <string.h>

#include "base/util.h"
#include "flat.h"

void cgroupfs_parse_cpu(char *text, struct cgroup_stats *stats)
{
	static const struct wanted wanted[] = {
		WANTED("usage_usec", cpu_usec, CGROUP_STATS_CPU),
		WANTED("user_usec", cpu_user_usec, 0),
		WANTED("system_usec", cpu_system_usec, CGROUP_STATS_CPU_MODES),
		WANTED("nr_periods", cpu_periods, 0),
		WANTED("nr_throttled", cpu_throttled_periods, 0),
		WANTED("throttled_usec", cpu_throttled_usec,
		       CGROUP_STATS_THROTTLED),
	};

	flat_parse(text, wanted, ARRAY_SIZE(wanted), stats);
}

/* All that Linux 6.18 has, in the order of the file */
static const struct wanted memory_wanted[] = {
	WANTED("anon", memory_anon_bytes, 0),
	WANTED("file", memory_file_bytes, 0),
	WANTED("kernel", memory_kernel_bytes, CGROUP_STATS_KERNEL),
	WANTED("kernel_stack", memory_kernel_stack_bytes, 0),
	WANTED("pagetables", memory_page_tables_bytes, 0),
	WANTED("sec_pagetables", memory.secondary_page_tables_bytes, 0),
	WANTED("percpu", memory.percpu_bytes, 0),
	WANTED("sock", memory_sock_bytes, 0),
	WANTED("vmalloc", memory.vmalloc_bytes, 0),
	WANTED("shmem", memory_shmem_bytes, 0),
	WANTED("zswap", memory.zswap_bytes, 0),
	WANTED("zswapped", memory.zswapped_bytes, 0),
	WANTED("file_mapped", memory.file_mapped_bytes, 0),
	WANTED("file_dirty", memory.file_dirty_bytes, 0),
	WANTED("file_writeback", memory.file_writeback_bytes, 0),
	WANTED("swapcached", memory.swap_cached_bytes, 0),
	WANTED("anon_thp", memory.anon_huge_bytes, 0),
	WANTED("file_thp", memory.file_huge_bytes, 0),
	WANTED("shmem_thp", memory.shmem_huge_bytes, 0),
	WANTED("inactive_anon", memory.inactive_anon_bytes, 0),
	WANTED("active_anon", memory.active_anon_bytes, 0),
	WANTED("inactive_file", memory.inactive_file_bytes,
	       CGROUP_STATS_MEMORY),
	WANTED("active_file", memory.active_file_bytes, 0),
	WANTED("unevictable", memory.unevictable_bytes, 0),
	WANTED("slab_reclaimable", memory.slab_reclaimable_bytes, 0),
	WANTED("slab_unreclaimable", memory.slab_unreclaimable_bytes,
	       0),
	WANTED("slab", memory_slab_bytes, 0),
	WANTED("hugetlb", memory.hugetlb_bytes, 0),
	WANTED("workingset_refault_anon", memory.refaults_anon, 0),
	WANTED("workingset_refault_file", memory.refaults_file, 0),
	WANTED("workingset_activate_anon", memory.refaults_activated_anon, 0),
	WANTED("workingset_activate_file", memory.refaults_activated_file, 0),
	WANTED("workingset_restore_anon", memory.refaults_restored_anon, 0),
	WANTED("workingset_restore_file", memory.refaults_restored_file, 0),
	WANTED("workingset_nodereclaim", memory.shadow_nodes_reclaimed, 0),
	WANTED("pgdemote_kswapd", memory.demoted_kswapd, 0),
	WANTED("pgdemote_direct", memory.demoted_direct, 0),
	WANTED("pgdemote_khugepaged", memory.demoted_khugepaged, 0),
	WANTED("pgdemote_proactive", memory.demoted_proactive, 0),
	WANTED("pgpromote_success", memory.promoted, 0),
	WANTED("pgscan", memory.scanned, 0),
	WANTED("pgsteal", memory.reclaimed, 0),
	WANTED("pswpin", memory.swapped_in, 0),
	WANTED("pswpout", memory.swapped_out, 0),
	WANTED("pgscan_kswapd", memory.scanned_kswapd, 0),
	WANTED("pgscan_direct", memory.scanned_direct, 0),
	WANTED("pgscan_khugepaged", memory.scanned_khugepaged, 0),
	WANTED("pgscan_proactive", memory.scanned_proactive, 0),
	WANTED("pgsteal_kswapd", memory.reclaimed_kswapd, 0),
	WANTED("pgsteal_direct", memory.reclaimed_direct, 0),
	WANTED("pgsteal_khugepaged", memory.reclaimed_khugepaged, 0),
	WANTED("pgsteal_proactive", memory.reclaimed_proactive, 0),
	WANTED("pgfault", memory.faults, 0),
	WANTED("pgmajfault", memory.major_faults, 0),
	WANTED("pgrefill", memory.scanned_active, 0),
	WANTED("pgactivate", memory.activated, 0),
	WANTED("pgdeactivate", memory.deactivated, 0),
	WANTED("pglazyfree", memory.lazily_freed, 0),
	WANTED("pglazyfreed", memory.lazily_reclaimed, 0),
	WANTED("swpin_zero", memory.swapped_in_zero, 0),
	WANTED("swpout_zero", memory.swapped_out_zero, 0),
	WANTED("zswpin", memory.zswapped_in, 0),
	WANTED("zswpout", memory.zswapped_out, 0),
	WANTED("zswpwb", memory.zswap_written_back, 0),
	WANTED("thp_fault_alloc", memory.huge_faults, 0),
	WANTED("thp_collapse_alloc", memory.huge_collapses, 0),
	WANTED("thp_swpout", memory.huge_swapped_out, 0),
	WANTED("thp_swpout_fallback", memory.huge_split_for_swap, 0),
	WANTED("numa_pages_migrated", memory.numa_migrated, 0),
	WANTED("numa_pte_updates", memory.numa_pte_updates, 0),
	WANTED("numa_hint_faults", memory.numa_hint_faults, 0),
};

void cgroupfs_parse_memory(char *text, struct cgroup_stats *stats)
{
	flat_parse(text, memory_wanted, ARRAY_SIZE(memory_wanted), stats);
}

void cgroupfs_parse_events(char *text, struct cgroup_stats *stats)
{
	static const struct wanted wanted[] = {
		WANTED("frozen", frozen, CGROUP_STATS_FROZEN),
	};

	flat_parse(text, wanted, ARRAY_SIZE(wanted), stats);
}

/* A line per device */
void cgroupfs_parse_io(char *text, struct cgroup_stats *stats)
{
	struct device_io io;
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n"))) {
		if (devices_parse_stat(line, &io))
			cgroup_stats_add(stats, &io);
	}
	stats->valid |= CGROUP_STATS_ALL_IO;
}
