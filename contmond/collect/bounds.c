// SPDX-License-Identifier: GPL-2.0-only
#include "bounds.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "small_file.h"

#define UNKNOWN CONTMON_UNLIMITED

enum {
	MEMORY_HIGH,
	PIDS,
	MEMORY_MAX,
	CPU_NS,
	NR_BOUNDS,
};

static const size_t offsets[NR_BOUNDS] = {
	[MEMORY_HIGH] = offsetof(struct settings, memory_high),
	[PIDS] = offsetof(struct settings, pids),
	[MEMORY_MAX] = offsetof(struct settings, memory_max),
	[CPU_NS] = offsetof(struct settings, cpu_ns),
};

static struct bound *bound_of(struct settings *settings, size_t i)
{
	return (struct bound *)((char *)settings + offsets[i]);
}

void bounds_init(struct settings *settings)
{
	size_t i;

	for (i = 0; i < NR_BOUNDS; i++)
		*bound_of(settings, i) = (struct bound){ UNKNOWN, UNKNOWN,
							 NULL };
}

static void free_devices(struct settings *settings)
{
	free(settings->devices);
	settings->devices = NULL;
	settings->nr_devices = 0;
}

void bounds_done(struct settings *settings)
{
	size_t i;

	free_devices(settings);
	for (i = 0; i < NR_BOUNDS; i++)
		free(bound_of(settings, i)->owner);
}

int bounds_copy(const struct settings *settings, struct settings *ret)
{
	size_t i, bytes = settings->nr_devices * sizeof(*ret->devices);
	bool failed = false;

	if (bytes > 0) {
		ret->devices = malloc(bytes);
		failed = !ret->devices;
		if (ret->devices)
			memcpy(ret->devices, settings->devices, bytes);
	}
	for (i = 0; i < NR_BOUNDS; i++) {
		struct bound *bound = bound_of(ret, i);
		const char *owner = bound->owner;

		bound->owner = owner ? strdup(owner) : NULL;
		failed |= owner && !bound->owner;
	}
	if (failed)
		bounds_done(ret);
	return failed ? -ENOMEM : 0;
}

static int lower(struct bound *bound, uint64_t value, const char *path)
{
	if (value >= bound->effective)
		return 0;
	free(bound->owner);
	bound->owner = strdup(*path ? path : "/");
	bound->effective = value;
	return bound->owner ? 0 : -ENOMEM;
}

static void cut_last(char *path)
{
	*strrchr(path, '/') = '\0';
}

/*
 * On the way from a cgroup up to the root of the hierarchy
 * @fd: of the directory, or an error
 */
struct climb {
	enum directory from;
	char *directory;
	char *path;
	int fd;
	bool is_own;				/* still at the cgroup itself */
	bool is_unknown[NR_BOUNDS];	/* one of them */
	bool is_unknown_io;
};

static int read_limit(int directory, const char *file, uint64_t *ret)
{
	char text[SMALL_FILE_MAX];
	int r = small_file_read(directory, file, text);

	if (r == 0)
		*ret = small_file_number(text, NULL);
	return r;
}

/* Without a limit the file has the largest number of pages, in bytes. */
static int read_memory_limit(int directory, const char *file, uint64_t *ret)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	int r = read_limit(directory, file, ret);

	if (r == 0 && *ret >= INT64_MAX / page * page)
		*ret = UNKNOWN;
	return r;
}

/* Without a quota the file has -1, which is no number. */
static int read_quota(int directory, const char *file, uint64_t *ret)
{
	uint64_t quota, period;
	double ns;
	int r = read_limit(directory, file, &quota);

	if (r < 0)
		return r;
	if (quota == UNKNOWN) {
		*ret = UNKNOWN;
		return 0;
	}
	r = read_limit(directory, "cpu.cfs_period_us", &period);
	if (r < 0)
		return r == -ENOENT ? -ENODATA : r;
	if (period == UNKNOWN || period == 0)
		return -EPROTO;
	/* As a double, because the product may be too large. */
	ns = (double)quota * 1e9 / (double)period;
	*ret = ns < (double)UNKNOWN ? (uint64_t)ns : UNKNOWN;
	return 0;
}

static const struct {
	enum directory directory;
	const char *file;
	size_t bound;
	int (*read)(int directory, const char *file, uint64_t *ret);
} limits[] = {
	{ DIRECTORY_V2, "memory.high", MEMORY_HIGH, read_limit },
	{ DIRECTORY_V2, "pids.max", PIDS, read_limit },
	{ DIRECTORY_CPU, "cpu.cfs_quota_us", CPU_NS, read_quota },
	{ DIRECTORY_MEMORY, "memory.limit_in_bytes", MEMORY_MAX,
	  read_memory_limit },
	{ DIRECTORY_PIDS, "pids.max", PIDS, read_limit },
};

static int read_bound(struct settings *settings, size_t i, struct climb *climb)
{
	size_t at = limits[i].bound;
	struct bound *bound = bound_of(settings, at);
	uint64_t value = UNKNOWN;
	int r;

	if (limits[i].directory != climb->from)
		return 0;
	r = limits[i].read(climb->fd, limits[i].file, &value);
	if (small_file_is_our_fault(r))
		return r;
	if (r < 0 && r != -ENOENT)
		climb->is_unknown[at] = true;
	if (climb->is_own)
		bound->own = value;
	return lower(bound, value, climb->path);
}

static int read_io_max(struct settings *settings, struct climb *climb)
{
	char text[SMALL_FILE_MAX];
	int r;

	if (climb->from != DIRECTORY_V2)
		return 0;
	r = small_file_read(climb->fd, "io.max", text);
	if (r == 0)
		return devices_parse_max(text, climb->is_own,
					 &settings->devices,
					 &settings->nr_devices);
	climb->is_unknown_io |= r != -ENOENT;
	return small_file_is_our_fault(r) ? r : 0;
}

static int read_throttles(struct settings *settings, const char *path)
{
	static const struct {
		const char *file;
		size_t rate;
	} files[] = {
#define THROTTLE(name, rate) { "blkio.throttle." name "_device",	\
			       offsetof(struct device_rates, rate) }
		THROTTLE("read_bps", read_bytes),
		THROTTLE("write_bps", write_bytes),
		THROTTLE("read_iops", read_ops),
		THROTTLE("write_iops", write_ops),
#undef THROTTLE
	};
	_cleanup_close_ int directory = small_directory_open(path);
	char text[SMALL_FILE_MAX];
	int r = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files) && !small_file_is_our_fault(r); i++) {
		r = small_file_read(directory, files[i].file, text);
		if (r == 0)
			r = devices_parse_throttle(text, files[i].rate,
						   &settings->devices,
						   &settings->nr_devices);
	}
	return small_file_is_our_fault(r) ? r : 0;
}

/* A limit above that cannot be read may be the lowest one. */
static void forget_unknown(struct settings *settings,
			   const struct climb *climb)
{
	size_t i;

	for (i = 0; i < NR_BOUNDS; i++) {
		struct bound *bound = bound_of(settings, i);

		if (!climb->is_unknown[i])
			continue;
		free(bound->owner);
		*bound = (struct bound){ bound->own, UNKNOWN, NULL };
	}
	if (climb->is_unknown_io)
		free_devices(settings);
}

/*
 * Does the cgroup that @climb has arrived at count the memory of those below
 * it? Since Linux 5.11 each does. It may if that cannot be read: then its limit
 * is unknown, and so are those above.
 */
static int has_memory_below(struct climb *climb, bool *ret)
{
	char text[SMALL_FILE_MAX];
	int r;

	*ret = true;
	if (climb->from != DIRECTORY_MEMORY)
		return 0;
	r = small_file_read(climb->fd, "memory.use_hierarchy", text);
	if (r == 0)
		*ret = small_file_number(text, NULL) != 0;
	else
		climb->is_unknown[MEMORY_MAX] |= r != -ENOENT;
	return small_file_is_our_fault(r) ? r : 0;
}

static void step_up(struct climb *climb)
{
	int below = climb->fd;

	cut_last(climb->directory);
	cut_last(climb->path);
	climb->fd = small_directory_above(below, climb->directory);
	climb->is_own = false;
	close_p(&below);
}

static int climb_up(struct settings *settings, struct climb *climb)
{
	bool applies = true;
	size_t i;
	int r = 0;

	while (applies) {
		for (i = 0; i < ARRAY_SIZE(limits) && r == 0; i++)
			r = read_bound(settings, i, climb);
		if (r == 0)
			r = read_io_max(settings, climb);
		if (r < 0 || !strrchr(climb->path, '/'))
			break;
		step_up(climb);
		r = has_memory_below(climb, &applies);
	}
	forget_unknown(settings, climb);
	return r;
}

static int climb_from(struct settings *settings, enum directory from,
		      const char *directory, const char *path)
{
	_cleanup_free_ char *in = strdup(directory), *at = strdup(path);
	struct climb climb = {
		.from = from,
		.directory = in,
		.path = at,
		.is_own = true,
	};
	int r;

	if (!in || !at)
		return -ENOMEM;
	climb.fd = small_directory_open(in);
	r = climb_up(settings, &climb);
	close_p(&climb.fd);
	return r;
}

/*
 * Where a controller of v2 is not enabled there is no file, but a limit above
 * may still apply.
 */
int bounds_read(struct settings *settings,
		const struct directories *directories)
{
	static const enum directory from[] = {
		DIRECTORY_V2, DIRECTORY_CPU, DIRECTORY_MEMORY, DIRECTORY_PIDS,
	};
	size_t i;
	int r = 0;

	for (i = 0; i < ARRAY_SIZE(from) && r == 0; i++) {
		const char *path = directories->paths[from[i]];

		if (path)
			r = climb_from(settings, from[i], path,
				       path +
				       directories->root_lengths[from[i]]);
	}
	if (r == 0 && directories->paths[DIRECTORY_BLKIO])
		r = read_throttles(settings,
				   directories->paths[DIRECTORY_BLKIO]);
	return r;
}
