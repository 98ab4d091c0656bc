// SPDX-License-Identifier: GPL-2.0-only
#include "settings.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/util.h"

#define UNKNOWN CONTMON_UNLIMITED
#define MAX_BYTES 4096

/* A number of a file: its first, or the one that follows @key in its line */
static const struct {
	const char *file;
	const char *key;
	size_t offset;
} numbers[] = {
#define NUMBER(file, key, member) \
	{ file, key, offsetof(struct settings, member) }
	NUMBER("cpu.weight", NULL, cpu_weight),
	NUMBER("io.weight", "default ", io_weight),
	NUMBER("memory.swap.peak", NULL, swap_peak_bytes),
	NUMBER("memory.swap.events", "max ", swap_max_events),
	NUMBER("memory.swap.events", "fail ", swap_fail_events),
	NUMBER("pids.peak", NULL, pids_peak),
	NUMBER("pids.events", "max ", pids_max_events),
#undef NUMBER
};

/* Limits that also apply to the cgroups below */
static const struct {
	const char *file;
	size_t offset;
} bounds[] = {
	{ "memory.high", offsetof(struct settings, memory_high) },
	{ "pids.max", offsetof(struct settings, pids) },
};

static uint64_t *number_of(struct settings *settings, size_t i)
{
	return (uint64_t *)((char *)settings + numbers[i].offset);
}

static struct bound *bound_of(struct settings *settings, size_t i)
{
	return (struct bound *)((char *)settings + bounds[i].offset);
}

void settings_init(struct settings *settings)
{
	size_t i;

	*settings = (struct settings){
		.cpu_quota_usec = UNKNOWN,
		.cpu_period_usec = UNKNOWN,
		.cpuset_cpus = UNKNOWN,
	};
	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		*number_of(settings, i) = UNKNOWN;
	for (i = 0; i < ARRAY_SIZE(bounds); i++)
		*bound_of(settings, i) = (struct bound){ UNKNOWN, UNKNOWN,
							 NULL };
}

static void free_devices(struct settings *settings)
{
	free(settings->devices);
	settings->devices = NULL;
	settings->nr_devices = 0;
}

void settings_done(struct settings *settings)
{
	size_t i;

	free_devices(settings);

	for (i = 0; i < ARRAY_SIZE(bounds); i++)
		free(bound_of(settings, i)->owner);
	settings_init(settings);
}

/* Returns a negative errno, -ENOENT without the controller. */
static int read_text(const char *directory, const char *name, char *ret)
{
	_cleanup_close_ int fd = -1;
	char path[PATH_MAX];
	ssize_t n;

	if (snprintf(path, sizeof(path), "%s/%s", directory, name) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, ret, MAX_BYTES - 1);
	if (n < 0)
		return -errno;
	ret[n] = '\0';
	return 0;
}

static bool is_our_fault(int error)
{
	return error == -EMFILE || error == -ENFILE || error == -ENOMEM;
}

/* "max" and text that is not a number give UNKNOWN. */
static uint64_t parse_number(const char *text, const char *key)
{
	const char *at = text;
	char *end;
	uint64_t value;

	while (key && at && strncmp(at, key, strlen(key)) != 0) {
		at = strchr(at, '\n');
		at += at ? 1 : 0;
	}
	if (!at)
		return UNKNOWN;
	at += key ? strlen(key) : 0;
	if (*at < '0' || *at > '9')
		return UNKNOWN;
	value = strtoull(at, &end, 10);
	return *end == '\n' || *end == '\0' ? value : UNKNOWN;
}

/* The number of CPUs in "0-3,5" */
static uint64_t count_cpus(const char *text)
{
	uint64_t nr = 0;
	const char *at = text;

	while (*at >= '0' && *at <= '9') {
		char *end;
		uint64_t first = strtoull(at, &end, 10), last = first;

		if (*end == '-')
			last = strtoull(end + 1, &end, 10);
		if (last < first || (*end && !strchr(",\n", *end)))
			return UNKNOWN;
		nr += last - first + 1;
		at = end + (*end == ',');
	}
	return nr > 0 ? nr : UNKNOWN;
}

/* "50000 100000", or "max 100000" */
static void parse_cpu_max(char *text, struct settings *settings)
{
	char *period = strchr(text, ' ');

	if (!period)
		return;
	*period++ = '\0';
	settings->cpu_quota_usec = parse_number(text, NULL);
	settings->cpu_period_usec = parse_number(period, NULL);
}

static int read_cpu(struct settings *settings, const char *directory)
{
	char text[MAX_BYTES];
	int r = read_text(directory, "cpuset.cpus.effective", text);

	if (r == 0)
		settings->cpuset_cpus = count_cpus(text);
	if (is_our_fault(r))
		return r;
	r = read_text(directory, "cpu.max", text);
	if (r == 0)
		parse_cpu_max(text, settings);
	return is_our_fault(r) ? r : 0;
}

static int read_numbers(struct settings *settings, const char *directory)
{
	const char *read = NULL;
	char text[MAX_BYTES];
	size_t i;
	int r = 0;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		if (read != numbers[i].file)
			r = read_text(directory, numbers[i].file, text);
		read = numbers[i].file;
		if (is_our_fault(r))
			return r;
		if (r == 0)
			*number_of(settings, i) = parse_number(text,
							       numbers[i].key);
	}
	return read_cpu(settings, directory);
}

static int lower(struct bound *bound, uint64_t value, const char *path)
{
	char *owner;

	if (value >= bound->effective)
		return 0;
	owner = strdup(*path ? path : "/");
	if (!owner)
		return -ENOMEM;
	free(bound->owner);
	bound->owner = owner;
	bound->effective = value;
	return 0;
}

static void cut_last(char *path)
{
	*strrchr(path, '/') = '\0';
}

/* On the way from a cgroup up to the root of the hierarchy */
struct climb {
	char *directory;
	char *path;
	bool is_own;				/* still at the cgroup itself */
	bool is_unknown[ARRAY_SIZE(bounds)];	/* one of them */
	bool is_unknown_io;
};

static int read_bound(struct settings *settings, size_t i, struct climb *climb)
{
	struct bound *bound = bound_of(settings, i);
	char text[MAX_BYTES];
	uint64_t value = UNKNOWN;
	int r = read_text(climb->directory, bounds[i].file, text);

	if (is_our_fault(r))
		return r;
	if (r == 0)
		value = parse_number(text, NULL);
	else if (r != -ENOENT)
		climb->is_unknown[i] = true;
	if (climb->is_own)
		bound->own = value;
	return lower(bound, value, climb->path);
}

static int read_io_max(struct settings *settings, struct climb *climb)
{
	char text[MAX_BYTES];
	int r = read_text(climb->directory, "io.max", text);

	if (r == 0)
		return devices_parse_max(text, climb->is_own,
					 &settings->devices,
					 &settings->nr_devices);
	climb->is_unknown_io |= r != -ENOENT;
	return is_our_fault(r) ? r : 0;
}

/* A limit above that cannot be read may be the lowest one. */
static void forget_unknown(struct settings *settings,
			   const struct climb *climb)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bounds); i++) {
		struct bound *bound = bound_of(settings, i);

		if (!climb->is_unknown[i])
			continue;
		free(bound->owner);
		*bound = (struct bound){ bound->own, UNKNOWN, NULL };
	}
	if (climb->is_unknown_io)
		free_devices(settings);
}

static int climb_up(struct settings *settings, struct climb *climb)
{
	size_t i;
	int r = 0;

	while (true) {
		for (i = 0; i < ARRAY_SIZE(bounds) && r == 0; i++)
			r = read_bound(settings, i, climb);
		if (r == 0)
			r = read_io_max(settings, climb);
		if (r < 0 || !strrchr(climb->path, '/'))
			break;
		cut_last(climb->directory);
		cut_last(climb->path);
		climb->is_own = false;
	}
	forget_unknown(settings, climb);
	return r;
}

/*
 * Where a controller is not enabled there is no file, but a limit above may
 * still apply.
 */
static int read_bounds(struct settings *settings, const char *directory,
		       const char *path)
{
	_cleanup_free_ char *in = strdup(directory), *at = strdup(path);
	struct climb climb = { .directory = in, .path = at, .is_own = true };

	return in && at ? climb_up(settings, &climb) : -ENOMEM;
}

int settings_read(struct settings *settings, uint64_t cgroup_id,
		  const char *directory, const char *path,
		  uint64_t now_boottime_ns)
{
	uint64_t age = settings->due_boottime_ns ?
		SETTINGS_AGE : 1 + cgroup_id % SETTINGS_AGE;
	struct settings found;
	int r;

	if (now_boottime_ns < settings->due_boottime_ns)
		return 0;
	settings_init(&found);
	found.due_boottime_ns = now_boottime_ns + age * NS_PER_SECOND;
	r = read_numbers(&found, directory);
	if (r == 0)
		r = read_bounds(&found, directory, path);
	if (r < 0) {
		settings_done(&found);
		return r;
	}
	settings_done(settings);
	*settings = found;
	return 0;
}

int settings_copy(const struct settings *settings, struct settings *ret)
{
	struct settings copy = *settings;
	bool failed = false;
	size_t i, bytes = settings->nr_devices * sizeof(*copy.devices);

	if (bytes > 0) {
		copy.devices = malloc(bytes);
		failed = !copy.devices;
		if (copy.devices)
			memcpy(copy.devices, settings->devices, bytes);
	}

	for (i = 0; i < ARRAY_SIZE(bounds); i++) {
		struct bound *bound = bound_of(&copy, i);
		const char *owner = bound->owner;

		bound->owner = owner ? strdup(owner) : NULL;
		failed |= owner && !bound->owner;
	}
	if (failed) {
		settings_done(&copy);
		return -ENOMEM;
	}
	*ret = copy;
	return 0;
}
