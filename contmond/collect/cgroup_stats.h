/* SPDX-License-Identifier: GPL-2.0-only */
/* The numbers in the files of one cgroup. */
#ifndef CONTMOND_COLLECT_CGROUP_STATS_H
#define CONTMOND_COLLECT_CGROUP_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "devices.h"

/* Groups of struct cgroup_stats: what is known together */
#define CGROUP_STATS_CPU	(1U << 0)
#define CGROUP_STATS_THROTTLED	(1U << 1)	/* with the cpu controller */
#define CGROUP_STATS_MEMORY	(1U << 2)
#define CGROUP_STATS_KERNEL	(1U << 3)	/* Linux 5.18 and later */
#define CGROUP_STATS_IO		(1U << 4)	/* bytes */
#define CGROUP_STATS_FROZEN	(1U << 5)
#define CGROUP_STATS_PIDS	(1U << 6)
#define CGROUP_STATS_CPU_MODES	(1U << 7)	/* user and system */
#define CGROUP_STATS_IO_OPS	(1U << 8)
#define CGROUP_STATS_DISCARDS	(1U << 9)	/* bytes */
#define CGROUP_STATS_DISCARD_OPS (1U << 10)
#define CGROUP_STATS_ALL_IO	(CGROUP_STATS_IO | CGROUP_STATS_IO_OPS | \
				 CGROUP_STATS_DISCARDS | \
				 CGROUP_STATS_DISCARD_OPS)
/* In each sample only of cgroup v1: the driver has them of v2. */
#define CGROUP_STATS_PEAK	(1U << 11)
#define CGROUP_STATS_CURRENT	(1U << 12)
#define CGROUP_STATS_OOM_KILLS	(1U << 13)
#define CGROUP_STATS_FAILURES	(1U << 14)

/** struct memory_detail - more of memory.stat, in the order of that file */
struct memory_detail {
	uint64_t secondary_page_tables_bytes;
	uint64_t percpu_bytes;
	uint64_t vmalloc_bytes;
	uint64_t zswap_bytes;
	uint64_t zswapped_bytes;
	uint64_t file_mapped_bytes;
	uint64_t file_dirty_bytes;
	uint64_t file_writeback_bytes;
	uint64_t swap_cached_bytes;
	uint64_t anon_huge_bytes;
	uint64_t file_huge_bytes;
	uint64_t shmem_huge_bytes;
	uint64_t inactive_anon_bytes;
	uint64_t active_anon_bytes;
	uint64_t inactive_file_bytes;
	uint64_t active_file_bytes;
	uint64_t unevictable_bytes;
	uint64_t slab_reclaimable_bytes;
	uint64_t slab_unreclaimable_bytes;
	uint64_t hugetlb_bytes;
	uint64_t refaults_anon;
	uint64_t refaults_file;
	uint64_t scanned;
	uint64_t reclaimed;
	uint64_t faults;
	uint64_t major_faults;
	uint64_t refaults_activated_anon;
	uint64_t refaults_activated_file;
	uint64_t refaults_restored_anon;
	uint64_t refaults_restored_file;
	uint64_t shadow_nodes_reclaimed;
	uint64_t demoted_kswapd;
	uint64_t demoted_direct;
	uint64_t demoted_khugepaged;
	uint64_t demoted_proactive;
	uint64_t promoted;
	uint64_t swapped_in;
	uint64_t swapped_out;
	uint64_t scanned_kswapd;
	uint64_t scanned_direct;
	uint64_t scanned_khugepaged;
	uint64_t scanned_proactive;
	uint64_t reclaimed_kswapd;
	uint64_t reclaimed_direct;
	uint64_t reclaimed_khugepaged;
	uint64_t reclaimed_proactive;
	uint64_t scanned_active;
	uint64_t activated;
	uint64_t deactivated;
	uint64_t lazily_freed;
	uint64_t lazily_reclaimed;
	uint64_t swapped_in_zero;
	uint64_t swapped_out_zero;
	uint64_t zswapped_in;
	uint64_t zswapped_out;
	uint64_t zswap_written_back;
	uint64_t huge_faults;
	uint64_t huge_collapses;
	uint64_t huge_swapped_out;
	uint64_t huge_split_for_swap;
	uint64_t numa_migrated;
	uint64_t numa_pte_updates;
	uint64_t numa_hint_faults;
	uint64_t swap_bytes;	/* of cgroup v1 */
};

/* A number that memory.stat of this kernel does not have */
#define MEMORY_UNKNOWN UINT64_MAX

/**
 * struct cgroup_stats - numbers of one cgroup; begin with cgroup_stats_init()
 * @valid: groups that are filled; the others have no meaning
 * @memory_anon_bytes: of the group MEMORY, as all to @memory, or MEMORY_UNKNOWN
 * @memory_kernel_bytes: of the group KERNEL
 * @memory_failures: how often the limit was reached
 * @read_boottime_ns: when reading began
 * @devices: the IO of each device; freed by cgroup_stats_done()
 */
struct cgroup_stats {
	unsigned int valid;
	uint64_t read_boottime_ns;
	uint64_t cpu_usec;
	uint64_t cpu_user_usec;
	uint64_t cpu_system_usec;
	uint64_t cpu_throttled_usec;
	uint64_t cpu_periods;
	uint64_t cpu_throttled_periods;
	uint64_t memory_anon_bytes;
	uint64_t memory_file_bytes;
	uint64_t memory_shmem_bytes;
	uint64_t memory_kernel_bytes;
	uint64_t memory_kernel_stack_bytes;
	uint64_t memory_page_tables_bytes;
	uint64_t memory_slab_bytes;
	uint64_t memory_sock_bytes;
	struct memory_detail memory;
	uint64_t memory_current_bytes;
	uint64_t memory_peak_bytes;
	uint64_t memory_failures;
	uint64_t oom_kills;
	uint64_t read_bytes;
	uint64_t write_bytes;
	uint64_t read_ops;
	uint64_t write_ops;
	uint64_t discard_bytes;
	uint64_t discard_ops;
	struct device_io *devices;
	size_t nr_devices;
	uint64_t pids_current;
	uint64_t frozen;
};

/** cgroup_stats_init() - nothing is known; reading begins */
void cgroup_stats_init(struct cgroup_stats *stats);

/** cgroup_stats_copy_memory() - only the numbers of memory.stat */
void cgroup_stats_copy_memory(const struct cgroup_stats *from,
			      struct cgroup_stats *to);

/** cgroup_stats_add() - add the IO of a device, and count it in the sums */
void cgroup_stats_add(struct cgroup_stats *stats, const struct device_io *io);

/** cgroup_stats_done() - free the devices */
void cgroup_stats_done(struct cgroup_stats *stats);

#endif /* CONTMOND_COLLECT_CGROUP_STATS_H */
