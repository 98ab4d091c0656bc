/* SPDX-License-Identifier: GPL-2.0-only */
/* The files of a cgroup with numbers that the driver cannot read. */
#ifndef CONTMOND_COLLECT_CGROUPFS_H
#define CONTMOND_COLLECT_CGROUPFS_H

#include <stddef.h>
#include <stdint.h>

#include <contmon.h>

#include "devices.h"

/* How old numbers of memory.stat may be, in seconds */
#define CGROUPFS_MEMORY_AGE 10

/* Groups of struct cgroup_stats: one for each file that could be read */
#define CGROUP_STATS_CPU	(1U << 0)
#define CGROUP_STATS_THROTTLED	(1U << 1)	/* with the cpu controller */
#define CGROUP_STATS_MEMORY	(1U << 2)
#define CGROUP_STATS_KERNEL	(1U << 3)	/* Linux 5.18 and later */
#define CGROUP_STATS_IO		(1U << 4)
#define CGROUP_STATS_FROZEN	(1U << 5)
#define CGROUP_STATS_PIDS	(1U << 6)
#define CGROUP_STATS_PEAK	(1U << 7)	/* cgroupfs_read_last() alone */

/**
 * struct memory_detail - more of memory.stat, in the order of that file
 *
 * Values that this kernel does not have are MEMORY_DETAIL_UNKNOWN.
 */
struct memory_detail {
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
	uint64_t inactive_anon_bytes;
	uint64_t active_anon_bytes;
	uint64_t inactive_file_bytes;
	uint64_t active_file_bytes;
	uint64_t unevictable_bytes;
	uint64_t slab_reclaimable_bytes;
	uint64_t slab_unreclaimable_bytes;
	uint64_t refaults_anon;
	uint64_t refaults_file;
	uint64_t scanned;
	uint64_t reclaimed;
	uint64_t faults;
	uint64_t major_faults;
};

#define MEMORY_DETAIL_UNKNOWN UINT64_MAX

/**
 * struct cgroup_stats - numbers of one cgroup
 * @valid: groups that are filled; the others have no meaning
 * @memory: of the group MEMORY
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
	uint64_t memory_peak_bytes;
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

#define CGROUPFS_NR_FILES 5

/**
 * struct memory_signs - without a change of these, memory.stat hardly changes
 *
 * It is the most expensive file, and most containers sleep. What changes
 * nevertheless is due to the kernel or to others: pages are written to disk,
 * age, or are mapped.
 */
struct memory_signs {
	uint64_t cpu_usec;
	uint64_t current_bytes;
	uint64_t swap_bytes;
	uint64_t events[5];
};

/**
 * struct cgroupfs - open file descriptors; begin with cgroupfs_init()
 * @memory: the numbers of memory.stat when it was last read
 * @signs: as of then
 * @memory_due_boottime_ns: when to read it again in any case; 0: now
 */
struct cgroupfs {
	int fds[CGROUPFS_NR_FILES];
	struct cgroup_stats memory;
	struct memory_signs signs;
	uint64_t memory_due_boottime_ns;
};

/** struct cgroupfs_buffer - buffer for the contents of a file; reusable */
struct cgroupfs_buffer {
	char *text;
	size_t allocated;
};

void cgroupfs_init(struct cgroupfs *files);

/**
 * cgroupfs_read() - read every file, and open those that are not open
 * @row: of the cgroup, read before
 * @directory: of the cgroup
 *
 * memory.stat is read only if something in struct memory_signs has changed, or
 * after CGROUPFS_MEMORY_AGE.
 * The group of a file that does not exist or cannot be opened is not valid.
 * Returns -ENODEV when the cgroup is gone, or -EMFILE or -ENFILE when there
 * were not enough descriptors to open a file (@ret is filled anyway).
 */
int cgroupfs_read(struct cgroupfs *files, const struct contmon_cgroup *row,
		  const char *directory, struct cgroupfs_buffer *buffer,
		  struct cgroup_stats *ret);

/**
 * cgroupfs_read_last() - read the total usage of an empty cgroup
 *
 * CPU, IO and peak memory. No group is valid if the cgroup is gone already.
 */
void cgroupfs_read_last(const char *directory, struct cgroupfs_buffer *buffer,
			struct cgroup_stats *ret);

/** cgroup_stats_done() - free what cgroupfs_read() has allocated */
void cgroup_stats_done(struct cgroup_stats *stats);

/** cgroupfs_close() - close the descriptors */
void cgroupfs_close(struct cgroupfs *files);

void cgroupfs_buffer_done(struct cgroupfs_buffer *buffer);

/*
 * Parse the contents of a file; @text is changed. For cgroupfs.c and its test.
 */
void cgroupfs_parse_cpu(char *text, struct cgroup_stats *stats);
void cgroupfs_parse_memory(char *text, struct cgroup_stats *stats);
void cgroupfs_parse_io(char *text, struct cgroup_stats *stats);
void cgroupfs_parse_events(char *text, struct cgroup_stats *stats);
void cgroupfs_parse_pids(char *text, struct cgroup_stats *stats);
void cgroupfs_parse_peak(char *text, struct cgroup_stats *stats);

#endif /* CONTMOND_COLLECT_CGROUPFS_H */
