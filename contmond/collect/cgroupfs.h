/* SPDX-License-Identifier: GPL-2.0-only */
/* The files of a container's cgroups that the driver cannot read */
#ifndef CONTMOND_COLLECT_CGROUPFS_H
#define CONTMOND_COLLECT_CGROUPFS_H

#include <stddef.h>
#include <stdint.h>

#include <contmon.h>

#include "cgroup_stats.h"
#include "directories.h"

/* Maximum age of the numbers of memory.stat, in seconds */
#define CGROUPFS_MEMORY_AGE 10

#define CGROUPFS_NR_FILES 22

/**
 * struct memory_signs - while these do not change, memory.stat hardly does
 *
 * It is the most expensive file, and most containers sleep. What changes
 * nevertheless is caused by the kernel or by others: pages are written to disk,
 * age, or are mapped.
 */
struct memory_signs {
	uint64_t cpu_usec;
	uint64_t current_bytes;
	uint64_t swap_bytes;
	uint64_t events[5];
	uint64_t failures;
};

/**
 * struct cgroupfs - open file descriptors; initialise with cgroupfs_init()
 * @memory: the numbers of memory.stat when it was last read
 * @signs: the signs at that time
 * @memory_due_boottime_ns: when to read it again in any case; 0 for now
 */
struct cgroupfs {
	int fds[CGROUPFS_NR_FILES];
	struct cgroup_stats memory;
	struct memory_signs signs;
	uint64_t memory_due_boottime_ns;
};

/** struct cgroupfs_buffer - reusable buffer for the contents of a file */
struct cgroupfs_buffer {
	char *text;
	size_t allocated;
};

void cgroupfs_init(struct cgroupfs *files);

/**
 * cgroupfs_read() - read every file, and open those that are not open
 * @row: of its cgroup in v2, read before
 *
 * memory.stat is read only if something in struct memory_signs has changed, or
 * after CGROUPFS_MEMORY_AGE.
 * The group of a file that does not exist or cannot be opened is not valid.
 * Returns -ENODEV when the cgroup in v2 is gone. With other errors @ret is
 * filled as far as possible: -ESTALE when a cgroup in v1 is gone, so that its
 * directory may be another one now; -EMFILE or -ENFILE when there were not
 * enough descriptors to open a file.
 */
int cgroupfs_read(struct cgroupfs *files, const struct contmon_cgroup *row,
		  const struct directories *directories,
		  struct cgroupfs_buffer *buffer, struct cgroup_stats *ret);

/**
 * cgroupfs_read_last() - read the total usage of an empty cgroup
 *
 * CPU, IO and PEAK. No group is valid if the cgroup is gone already.
 */
void cgroupfs_read_last(const struct directories *directories,
			struct cgroupfs_buffer *buffer,
			struct cgroup_stats *ret);

/** cgroupfs_read_memory() - read how much memory it has, PEAK and CURRENT */
void cgroupfs_read_memory(const struct directories *directories,
			  struct cgroupfs_buffer *buffer,
			  struct cgroup_stats *ret);

/** cgroupfs_close() - close the descriptors */
void cgroupfs_close(struct cgroupfs *files);

void cgroupfs_buffer_done(struct cgroupfs_buffer *buffer);

#endif /* CONTMOND_COLLECT_CGROUPFS_H */
