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
#include "flat.h"

#define MIN_READ_BYTES 4096
#define MAX_FILE_BYTES (1U << 20)

struct cgroup_file {
	const char *name;
	void (*parse)(char *text, struct cgroup_stats *stats);
};

/* memory.stat comes after the file that says if it has to be read. */
static const struct cgroup_file cgroup_files[CGROUPFS_NR_FILES] = {
	{ "cpu.stat", cgroupfs_parse_cpu },
#define MEMORY_FILE 1
	[MEMORY_FILE] = { "memory.stat", cgroupfs_parse_memory },
	{ "io.stat", cgroupfs_parse_io },
	{ "cgroup.events", cgroupfs_parse_events },
	{ "pids.current", cgroupfs_parse_pids },
};

static const struct cgroup_file last_files[] = {
	{ "cpu.stat", cgroupfs_parse_cpu },
	{ "memory.peak", cgroupfs_parse_peak },
	{ "io.stat", cgroupfs_parse_io },
};

void cgroupfs_parse_cpu(char *text, struct cgroup_stats *stats)
{
	static const struct wanted wanted[] = {
		WANTED("usage_usec", cpu_usec, CGROUP_STATS_CPU),
		WANTED("user_usec", cpu_user_usec, 0),
		WANTED("system_usec", cpu_system_usec, 0),
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

static void copy_memory(const struct cgroup_stats *from,
			struct cgroup_stats *to)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(memory_wanted); i++) {
		size_t at = memory_wanted[i].offset;

		memcpy((char *)to + at, (const char *)from + at,
		       sizeof(uint64_t));
		to->valid |= from->valid & memory_wanted[i].group;
	}
}

void cgroupfs_parse_events(char *text, struct cgroup_stats *stats)
{
	static const struct wanted wanted[] = {
		WANTED("frozen", frozen, CGROUP_STATS_FROZEN),
	};

	flat_parse(text, wanted, ARRAY_SIZE(wanted), stats);
}

void cgroupfs_parse_peak(char *text, struct cgroup_stats *stats)
{
	stats->memory_peak_bytes = strtoull(text, NULL, 10);
	stats->valid |= CGROUP_STATS_PEAK;
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
	stats->valid |= CGROUP_STATS_IO;
}

void cgroupfs_parse_pids(char *text, struct cgroup_stats *stats)
{
	stats->pids_current = strtoull(text, NULL, 10);
	stats->valid |= CGROUP_STATS_PIDS;
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
 * Reads a whole file from its beginning. The kernel returns these files in one
 * piece, so a read that does not fill the buffer has reached the end, and no
 * second read is needed.
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

static struct memory_signs memory_signs(const struct contmon_cgroup *row,
					const struct cgroup_stats *stats)
{
	return (struct memory_signs){
		.cpu_usec = stats->cpu_usec,
		.current_bytes = row->memory_current_bytes,
		.swap_bytes = row->swap_current_bytes,
		.events = { row->events_low, row->events_high, row->events_max,
			    row->events_oom, row->events_oom_kill },
	};
}

/* If a sign is unknown it may have changed. */
static bool keeps_memory(const struct cgroupfs *files,
			 const struct contmon_cgroup *row,
			 const struct cgroup_stats *stats)
{
	struct memory_signs signs = memory_signs(row, stats);

	return (stats->valid & CGROUP_STATS_CPU) &&
	       (row->valid & (CONTMON_CGROUP_MEMCG |
			      CONTMON_CGROUP_PART_MEMORY_CURRENT)) &&
	       stats->read_boottime_ns < files->memory_due_boottime_ns &&
	       memcmp(&signs, &files->signs, sizeof(signs)) == 0;
}

/* Containers first seen together are not all due at the same time. */
static void keep_memory(struct cgroupfs *files,
			const struct contmon_cgroup *row,
			const struct cgroup_stats *stats)
{
	uint64_t age = files->memory_due_boottime_ns ? CGROUPFS_MEMORY_AGE :
		1 + row->cgroup_id % CGROUPFS_MEMORY_AGE;

	files->memory.valid = 0;
	copy_memory(stats, &files->memory);
	files->signs = memory_signs(row, stats);
	files->memory_due_boottime_ns = stats->read_boottime_ns +
					age * NS_PER_SECOND;
}

static int read_one(struct cgroupfs *files, size_t i, const char *directory,
		    struct cgroupfs_buffer *buffer, struct cgroup_stats *stats)
{
	int r = open_file(&files->fds[i], directory, cgroup_files[i].name);

	if (r == 0)
		r = read_file(files->fds[i], buffer);
	if (r == 0)
		cgroup_files[i].parse(buffer->text, stats);
	return r;
}

int cgroupfs_read(struct cgroupfs *files, const struct contmon_cgroup *row,
		  const char *directory, struct cgroupfs_buffer *buffer,
		  struct cgroup_stats *ret)
{
	struct cgroup_stats stats = {
		.read_boottime_ns = clock_boottime_ns(),
	};
	int shortage = 0;
	size_t i;
	int r;

	memset(&stats.memory, 0xff, sizeof(stats.memory));
	for (i = 0; i < CGROUPFS_NR_FILES; i++) {
		if (i == MEMORY_FILE && keeps_memory(files, row, &stats)) {
			copy_memory(&files->memory, &stats);
			continue;
		}
		r = read_one(files, i, directory, buffer, &stats);
		if (is_shortage(r))
			shortage = r;
		if (r == -ENODEV) {
			cgroup_stats_done(&stats);
			return r;
		}
		if (i == MEMORY_FILE && r == 0)
			keep_memory(files, row, &stats);
	}
	*ret = stats;
	return shortage;
}

void cgroupfs_read_last(const char *directory, struct cgroupfs_buffer *buffer,
			struct cgroup_stats *ret)
{
	struct cgroup_stats stats = {
		.read_boottime_ns = clock_boottime_ns(),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(last_files); i++) {
		_cleanup_close_ int fd = -1;

		if (open_file(&fd, directory, last_files[i].name) == 0 &&
		    read_file(fd, buffer) == 0)
			last_files[i].parse(buffer->text, &stats);
	}
	/* Only the sums are needed. */
	cgroup_stats_done(&stats);
	*ret = stats;
}
