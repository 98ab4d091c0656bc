/* SPDX-License-Identifier: GPL-2.0-only */
/* The files of a cgroup with numbers that the driver cannot read. */
#ifndef CONTMOND_COLLECT_CGROUPFS_H
#define CONTMOND_COLLECT_CGROUPFS_H

#include <stddef.h>
#include <stdint.h>

#include <contmon.h>

#include "cgroup_stats.h"

/* How old numbers of memory.stat may be, in seconds */
#define CGROUPFS_MEMORY_AGE 10

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
