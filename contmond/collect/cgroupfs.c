// SPDX-License-Identifier: GPL-2.0-only
#include "cgroupfs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/util.h"
#include "cgroup1_files.h"
#include "cgroupfs_parse.h"
#include "flat.h"

#define MIN_READ_BYTES 4096
#define MAX_FILE_BYTES (1U << 20)

/* When a file is read: by each sample, of an empty cgroup, or after a kill */
#define SAMPLED 1
#define EMPTIED 2
#define KILLED 4
#define BOTH (SAMPLED | EMPTIED)

/**
 * struct cgroup_file - a file with numbers
 * @parse: NULL for a file with a single number
 * @offset: of that in struct cgroup_stats
 * @group: the group of that
 * @unless: not read if one of these groups is known already
 * @is_memory: memory.stat
 */
struct cgroup_file {
	int when;
	enum directory directory;
	const char *name;
	void (*parse)(char *text, struct cgroup_stats *stats);
	size_t offset;
	unsigned int group;
	unsigned int unless;
	bool is_memory;
};

#define TEXT(when, in, file, parser, ...)				\
	{ when, DIRECTORY_##in, file, .parse = parser, __VA_ARGS__ }
#define NUMBER(when, in, file, member, is_known)			\
	{ when, DIRECTORY_##in, file,					\
	  .offset = offsetof(struct cgroup_stats, member),		\
	  .group = CGROUP_STATS_##is_known }

/* memory.stat comes after the files that say if it has to be read. */
static const struct cgroup_file cgroup_files[] = {
	TEXT(BOTH, V2, "cpu.stat", cgroupfs_parse_cpu),
	TEXT(BOTH, V2, "io.stat", cgroupfs_parse_io),
	TEXT(SAMPLED, V2, "cgroup.events", cgroupfs_parse_events),
	NUMBER(SAMPLED, V2, "pids.current", pids_current, PIDS),
	NUMBER(KILLED, V2, "memory.current", memory_current_bytes, CURRENT),
	NUMBER(EMPTIED | KILLED, V2, "memory.peak", memory_peak_bytes, PEAK),
	TEXT(SAMPLED, V2, "memory.stat", cgroupfs_parse_memory,
	     .is_memory = true),
	TEXT(BOTH, CPUACCT, "cpuacct.stat", cgroup1_parse_modes,
	     .unless = CGROUP_STATS_CPU),
	TEXT(BOTH, CPUACCT, "cpuacct.usage", cgroup1_parse_usage,
	     .unless = CGROUP_STATS_CPU),
	TEXT(BOTH, CPU, "cpu.stat", cgroup1_parse_cpu),
	TEXT(BOTH, BLKIO, "blkio.throttle.io_service_bytes_recursive",
	     cgroup1_parse_io_bytes),
	TEXT(BOTH, BLKIO, "blkio.throttle.io_service_bytes",
	     cgroup1_parse_io_bytes, .unless = CGROUP_STATS_IO),
	TEXT(BOTH, BLKIO, "blkio.throttle.io_serviced_recursive",
	     cgroup1_parse_io_ops),
	TEXT(BOTH, BLKIO, "blkio.throttle.io_serviced", cgroup1_parse_io_ops,
	     .unless = CGROUP_STATS_IO_OPS),
	NUMBER(SAMPLED, PIDS, "pids.current", pids_current, PIDS),
	TEXT(SAMPLED, FREEZER, "freezer.state", cgroup1_parse_freezer),
	NUMBER(SAMPLED | KILLED, MEMORY, "memory.usage_in_bytes",
	       memory_current_bytes, CURRENT),
	NUMBER(BOTH | KILLED, MEMORY, "memory.max_usage_in_bytes",
	       memory_peak_bytes, PEAK),
	NUMBER(SAMPLED, MEMORY, "memory.failcnt", memory_failures, FAILURES),
	TEXT(SAMPLED, MEMORY, "memory.oom_control", cgroup1_parse_oom_control),
	TEXT(SAMPLED, MEMORY, "memory.stat", cgroup1_parse_memory,
	     .is_memory = true),
	/* After memory.stat, whose numbers may be those of before. */
	NUMBER(SAMPLED, MEMORY, "memory.kmem.usage_in_bytes",
	       memory_kernel_bytes, KERNEL),
};

_Static_assert(ARRAY_SIZE(cgroup_files) == CGROUPFS_NR_FILES,
	       "a descriptor for each file");

static void parse(const struct cgroup_file *file, char *text,
		  struct cgroup_stats *stats)
{
	if (file->parse)
		file->parse(text, stats);
	else if (flat_number(text, (uint64_t *)((char *)stats + file->offset)))
		stats->valid |= file->group;
}

/* NULL: it is not read. */
static const char *directory_of(const struct cgroup_file *file, int when,
				const struct directories *directories,
				const struct cgroup_stats *stats)
{
	if (!(file->when & when) || stats->valid & file->unless)
		return NULL;
	return directories->paths[file->directory];
}

void cgroupfs_init(struct cgroupfs *files)
{
	size_t i;

	*files = (struct cgroupfs){ 0 };
	for (i = 0; i < CGROUPFS_NR_FILES; i++)
		files->fds[i] = -1;
}

void cgroupfs_buffer_done(struct cgroupfs_buffer *buffer)
{
	free(buffer->text);
	*buffer = (struct cgroupfs_buffer){ 0 };
}

void cgroupfs_close(struct cgroupfs *files)
{
	size_t i;

	for (i = 0; i < CGROUPFS_NR_FILES; i++)
		close_p(&files->fds[i]);
	cgroupfs_init(files);
}

static int open_file(int *fd, const char *directory, const char *name)
{
	char path[PATH_MAX];

	if (*fd >= 0)
		return 0;
	if (snprintf(path, sizeof(path), "%s/%s", directory, name) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	*fd = open(path, O_RDONLY | O_CLOEXEC);
	return *fd < 0 ? -errno : 0;
}

static int grow(struct cgroupfs_buffer *buffer, size_t length)
{
	char *grown;

	if (length + MIN_READ_BYTES < buffer->allocated)
		return 0;
	if (buffer->allocated >= MAX_FILE_BYTES)
		return -EFBIG;
	grown = realloc(buffer->text, buffer->allocated + 2 * MIN_READ_BYTES);
	if (!grown)
		return -ENOMEM;
	buffer->text = grown;
	buffer->allocated += 2 * MIN_READ_BYTES;
	return 0;
}

/*
 * Reads a whole file. The kernel returns these files in one piece, so a read
 * that does not fill the buffer has reached the end, and no second read is
 * needed.
 */
static int read_file(int fd, struct cgroupfs_buffer *buffer)
{
	size_t length = 0, room;
	ssize_t r;
	int error;

	do {
		error = grow(buffer, length);
		if (error < 0)
			return error;
		room = buffer->allocated - length - 1;
		r = pread(fd, buffer->text + length, room, (off_t)length);
		if (r < 0)
			return -errno;
		length += (size_t)r;
	} while ((size_t)r == room);
	buffer->text[length] = '\0';
	return 0;
}

static bool is_shortage(int error)
{
	return error == -EMFILE || error == -ENFILE;
}

static bool knows_current(const struct contmon_cgroup *row,
			  const struct cgroup_stats *stats)
{
	return stats->valid & CGROUP_STATS_CURRENT ||
	       row->valid & (CONTMON_CGROUP_MEMCG |
			     CONTMON_CGROUP_PART_MEMORY_CURRENT);
}

static struct memory_signs memory_signs(const struct contmon_cgroup *row,
					const struct cgroup_stats *stats)
{
	return (struct memory_signs){
		.cpu_usec = stats->cpu_usec,
		.current_bytes = stats->valid & CGROUP_STATS_CURRENT ?
			stats->memory_current_bytes :
			row->memory_current_bytes,
		.swap_bytes = row->swap_current_bytes,
		.events = { row->events_low, row->events_high, row->events_max,
			    row->events_oom, row->events_oom_kill },
		.failures = stats->memory_failures,
	};
}

/* An unknown sign may have changed. */
static bool keeps_memory(const struct cgroupfs *files,
			 const struct contmon_cgroup *row,
			 const struct cgroup_stats *stats)
{
	struct memory_signs signs = memory_signs(row, stats);

	return (stats->valid & CGROUP_STATS_CPU) && knows_current(row, stats) &&
	       stats->read_boottime_ns < files->memory_due_boottime_ns &&
	       memcmp(&signs, &files->signs, sizeof(signs)) == 0;
}

/* Spreads the due times of containers that were first seen together. */
static void keep_memory(struct cgroupfs *files,
			const struct contmon_cgroup *row,
			const struct cgroup_stats *stats)
{
	uint64_t age = files->memory_due_boottime_ns ? CGROUPFS_MEMORY_AGE :
		1 + row->cgroup_id % CGROUPFS_MEMORY_AGE;

	files->memory.valid = 0;
	cgroup_stats_copy_memory(stats, &files->memory);
	files->signs = memory_signs(row, stats);
	files->memory_due_boottime_ns = stats->read_boottime_ns +
					age * NS_PER_SECOND;
}

/* Returns 0 if there is nothing to read. */
static int read_one(struct cgroupfs *files, size_t i,
		    const struct contmon_cgroup *row,
		    const struct directories *directories,
		    struct cgroupfs_buffer *buffer, struct cgroup_stats *stats)
{
	const struct cgroup_file *file = &cgroup_files[i];
	const char *directory = directory_of(file, SAMPLED, directories, stats);
	int r;

	if (!directory)
		return 0;
	if (file->is_memory && keeps_memory(files, row, stats)) {
		cgroup_stats_copy_memory(&files->memory, stats);
		return 0;
	}
	r = open_file(&files->fds[i], directory, file->name);
	if (r == 0)
		r = read_file(files->fds[i], buffer);
	if (r < 0)
		return r;
	parse(file, buffer->text, stats);
	if (file->is_memory)
		keep_memory(files, row, stats);
	return 0;
}

int cgroupfs_read(struct cgroupfs *files, const struct contmon_cgroup *row,
		  const struct directories *directories,
		  struct cgroupfs_buffer *buffer, struct cgroup_stats *ret)
{
	struct cgroup_stats stats;
	int r, error = 0;
	size_t i;

	cgroup_stats_init(&stats);
	for (i = 0; i < CGROUPFS_NR_FILES; i++) {
		r = read_one(files, i, row, directories, buffer, &stats);
		if (r == -ENODEV && cgroup_files[i].directory == DIRECTORY_V2) {
			cgroup_stats_done(&stats);
			return r;
		}
		if (r == -ENODEV)
			error = -ESTALE;
		else if (is_shortage(r) && error != -ESTALE)
			error = r;
	}
	*ret = stats;
	return error;
}

/* Of the devices only the sums are needed. */
static void read_once(int when, const struct directories *directories,
		      struct cgroupfs_buffer *buffer, struct cgroup_stats *ret)
{
	struct cgroup_stats stats;
	size_t i;

	cgroup_stats_init(&stats);
	for (i = 0; i < CGROUPFS_NR_FILES; i++) {
		const struct cgroup_file *file = &cgroup_files[i];
		const char *directory = directory_of(file, when, directories,
						     &stats);
		_cleanup_close_ int fd = -1;

		if (directory && open_file(&fd, directory, file->name) == 0 &&
		    read_file(fd, buffer) == 0)
			parse(file, buffer->text, &stats);
	}
	cgroup_stats_done(&stats);
	*ret = stats;
}

void cgroupfs_read_last(const struct directories *directories,
			struct cgroupfs_buffer *buffer,
			struct cgroup_stats *ret)
{
	read_once(EMPTIED, directories, buffer, ret);
}

void cgroupfs_read_memory(const struct directories *directories,
			  struct cgroupfs_buffer *buffer,
			  struct cgroup_stats *ret)
{
	read_once(KILLED, directories, buffer, ret);
}
