// SPDX-License-Identifier: GPL-2.0-only
#include "settings.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/util.h"
#include "bounds.h"
#include "small_file.h"

#define UNKNOWN CONTMON_UNLIMITED

/* A number of a file: its first, or the one that follows @key in its line */
static const struct number {
	enum directory directory;
	const char *file;
	const char *key;
	size_t offset;
} numbers[] = {
#define NUMBER(in, file, key, member) \
	{ DIRECTORY_##in, file, key, offsetof(struct settings, member) }
	NUMBER(V2, "cpu.weight", NULL, cpu_weight),
	NUMBER(V2, "io.weight", "default ", io_weight),
	NUMBER(V2, "memory.swap.peak", NULL, swap_peak_bytes),
	NUMBER(V2, "memory.swap.events", "max ", swap_max_events),
	NUMBER(V2, "memory.swap.events", "fail ", swap_fail_events),
	NUMBER(V2, "pids.peak", NULL, pids_peak),
	NUMBER(V2, "pids.events", "max ", pids_max_events),
	NUMBER(CPU, "cpu.shares", NULL, cpu_shares),
	NUMBER(CPU, "cpu.cfs_quota_us", NULL, cpu_quota_usec),
	NUMBER(CPU, "cpu.cfs_period_us", NULL, cpu_period_usec),
	NUMBER(PIDS, "pids.peak", NULL, pids_peak),
	NUMBER(PIDS, "pids.events", "max ", pids_max_events),
#undef NUMBER
};

static uint64_t *number_of(struct settings *settings, size_t i)
{
	return (uint64_t *)((char *)settings + numbers[i].offset);
}

void settings_init(struct settings *settings)
{
	size_t i;

	*settings = (struct settings){
		.cpu_quota_usec = UNKNOWN,
		.cpu_period_usec = UNKNOWN,
		.cpuset_cpus = UNKNOWN,
		.cpu_shares = UNKNOWN,
	};
	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		*number_of(settings, i) = UNKNOWN;
	bounds_init(settings);
}

void settings_done(struct settings *settings)
{
	bounds_done(settings);
	settings_init(settings);
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

static void parse_cpuset(char *text, struct settings *settings)
{
	settings->cpuset_cpus = count_cpus(text);
}

/* "50000 100000", or "max 100000" */
static void parse_cpu_max(char *text, struct settings *settings)
{
	char *period = strchr(text, ' ');

	if (!period)
		return;
	*period++ = '\0';
	settings->cpu_quota_usec = small_file_number(text, NULL);
	settings->cpu_period_usec = small_file_number(period, NULL);
}

/* Files with more than a number */
static const struct {
	enum directory directory;
	const char *file;
	void (*parse)(char *text, struct settings *settings);
} texts[] = {
	{ DIRECTORY_V2, "cpuset.cpus.effective", parse_cpuset },
	{ DIRECTORY_V2, "cpu.max", parse_cpu_max },
	{ DIRECTORY_CPUSET, "cpuset.effective_cpus", parse_cpuset },
};

#define NOT_OPENED INT_MIN

/* @fds: of those directories of which a file was read, or errors */
struct reading {
	const struct directories *directories;
	int fds[NR_DIRECTORIES];
};

static int read_file(struct reading *reading, enum directory directory,
		     const char *file, char text[SMALL_FILE_MAX])
{
	const char *path = reading->directories->paths[directory];
	int *fd = &reading->fds[directory];

	if (*fd == NOT_OPENED)
		*fd = path ? small_directory_open(path) : -ENOENT;
	return small_file_read(*fd, file, text);
}

static int read_texts(struct settings *settings, struct reading *reading)
{
	char text[SMALL_FILE_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		int r = read_file(reading, texts[i].directory, texts[i].file,
				  text);

		if (small_file_is_our_fault(r))
			return r;
		if (r == 0)
			texts[i].parse(text, settings);
	}
	return 0;
}

static bool is_same_file(const struct number *a, const struct number *b)
{
	return a->directory == b->directory && strcmp(a->file, b->file) == 0;
}

static int read_numbers(struct settings *settings, struct reading *reading)
{
	char text[SMALL_FILE_MAX];
	int r = -ENOENT;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		const struct number *number = &numbers[i];

		if (i == 0 || !is_same_file(number, number - 1))
			r = read_file(reading, number->directory,
				      number->file, text);
		if (small_file_is_our_fault(r))
			return r;
		if (r == 0)
			*number_of(settings, i) =
				small_file_number(text, number->key);
	}
	return 0;
}

static int read_files(struct settings *settings,
		      const struct directories *directories)
{
	struct reading reading = { .directories = directories };
	size_t i;
	int r;

	for (i = 0; i < NR_DIRECTORIES; i++)
		reading.fds[i] = NOT_OPENED;
	r = read_numbers(settings, &reading);
	if (r == 0)
		r = read_texts(settings, &reading);
	for (i = 0; i < NR_DIRECTORIES; i++)
		close_p(&reading.fds[i]);
	return r;
}

/* In the kernel both are one number, and the usual ones are 1024 and 100. */
static void make_weight(struct settings *settings)
{
	if (settings->cpu_shares == UNKNOWN)
		return;
	settings->cpu_weight = (settings->cpu_shares * 100 + 512) / 1024;
	if (settings->cpu_weight == 0)
		settings->cpu_weight = 1;
}

int settings_read(struct settings *settings, uint64_t cgroup_id,
		  const struct directories *directories,
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
	r = read_files(&found, directories);
	if (r == 0)
		r = bounds_read(&found, directories);
	if (r < 0) {
		settings_done(&found);
		return r;
	}
	make_weight(&found);
	settings_done(settings);
	*settings = found;
	return 0;
}

int settings_copy(const struct settings *settings, struct settings *ret)
{
	struct settings copy = *settings;
	int r = bounds_copy(settings, &copy);

	if (r == 0)
		*ret = copy;
	return r;
}
