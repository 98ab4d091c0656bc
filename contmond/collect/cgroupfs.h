/* SPDX-License-Identifier: GPL-2.0-only */
/* The files of one cgroup that hold what the driver cannot know. */
#ifndef CONTMOND_COLLECT_CGROUPFS_H
#define CONTMOND_COLLECT_CGROUPFS_H

#include <stddef.h>
#include <stdint.h>

/* Groups of struct cgroup_stats: one for each file that could be read */
#define CGROUP_STATS_CPU	(1U << 0)
#define CGROUP_STATS_THROTTLED	(1U << 1)	/* with the cpu controller */
#define CGROUP_STATS_MEMORY	(1U << 2)
#define CGROUP_STATS_KERNEL	(1U << 3)	/* Linux 5.18 and later */
#define CGROUP_STATS_IO		(1U << 4)
#define CGROUP_STATS_FROZEN	(1U << 5)

/**
 * struct cgroup_stats - one reading
 * @valid: groups that are filled; the others mean nothing
 * @read_boottime_ns: when it was begun
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
	uint64_t memory_inactive_file_bytes;
	uint64_t memory_kernel_bytes;
	uint64_t memory_kernel_stack_bytes;
	uint64_t memory_page_tables_bytes;
	uint64_t memory_slab_bytes;
	uint64_t memory_sock_bytes;
	uint64_t read_bytes;
	uint64_t write_bytes;
	uint64_t read_ops;
	uint64_t write_ops;
	uint64_t frozen;
};

#define CGROUPFS_NR_FILES 4

/** struct cgroupfs - kept file descriptors; begin with cgroupfs_init() */
struct cgroupfs {
	int fds[CGROUPFS_NR_FILES];
};

/** struct cgroupfs_buffer - what a file is read into; serves all cgroups */
struct cgroupfs_buffer {
	char *text;
	size_t allocated;
};

void cgroupfs_init(struct cgroupfs *files);

/**
 * cgroupfs_read() - read every file, open those that are not
 * @directory: the cgroup's
 *
 * A file that is not there or that cannot be opened leaves its group invalid.
 * Returns -ENODEV when the cgroup is gone, -EMFILE or -ENFILE when there were
 * too few descriptors to open a file (@ret is filled nevertheless).
 */
int cgroupfs_read(struct cgroupfs *files, const char *directory,
		  struct cgroupfs_buffer *buffer, struct cgroup_stats *ret);

/** cgroupfs_close() - give the descriptors back */
void cgroupfs_close(struct cgroupfs *files);

void cgroupfs_buffer_done(struct cgroupfs_buffer *buffer);

/* What the files say; @text is changed. For cgroupfs.c and its test. */
void cgroupfs_parse_cpu(char *text, struct cgroup_stats *stats);
void cgroupfs_parse_memory(char *text, struct cgroup_stats *stats);
void cgroupfs_parse_io(char *text, struct cgroup_stats *stats);
void cgroupfs_parse_events(char *text, struct cgroup_stats *stats);

#endif /* CONTMOND_COLLECT_CGROUPFS_H */
