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

/* In the order of the file */
static const struct wanted memory_wanted[] = {
	WANTED("anon", memory_anon_bytes, 0),
	WANTED("file", memory_file_bytes, 0),
	WANTED("kernel", memory_kernel_bytes, CGROUP_STATS_KERNEL),
	WANTED("kernel_stack", memory_kernel_stack_bytes, 0),
	WANTED("pagetables", memory_page_tables_bytes, 0),
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
	WANTED("workingset_refault_anon", memory.refaults_anon, 0),
	WANTED("workingset_refault_file", memory.refaults_file, 0),
	WANTED("pgscan", memory.scanned, 0),
	WANTED("pgsteal", memory.reclaimed, 0),
	WANTED("pgfault", memory.faults, 0),
	WANTED("pgmajfault", memory.major_faults, 0),
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
