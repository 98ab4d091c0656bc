// SPDX-License-Identifier: GPL-2.0-only
#include "age.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/util.h"
#include "cgroup.h"

/* More than /proc/PID/stat has */
#define STAT_BYTES 2048

/* The name of a process may contain anything, so fields count from its end. */
static int64_t start_in(const char *stat)
{
	static const char skip_to_start[] = ") %*c"
		" %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u"
		" %*d %*d %*d %*d %*d %*d %" SCNu64;
	const char *end = strrchr(stat, ')');
	uint64_t ticks;

	if (!end || sscanf(end, skip_to_start, &ticks) != 1)
		return -1;
	return (int64_t)(ticks * 1000 / (uint64_t)sysconf(_SC_CLK_TCK));
}

/* Both are times since boot, which nobody can set. */
static int64_t age_of_process_ms(int64_t pid)
{
	_cleanup_fclose_ FILE *file = NULL;
	char path[64], stat[STAT_BYTES];
	int64_t start_ms, now_ms;

	snprintf(path, sizeof(path), "/proc/%" PRIi64 "/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return -1;
	stat[fread(stat, 1, sizeof(stat) - 1, file)] = '\0';
	start_ms = start_in(stat);
	now_ms = (int64_t)(clock_boottime_ns() / NS_PER_MS);
	return start_ms < 0 ? -1 : now_ms > start_ms ? now_ms - start_ms : 0;
}

/* Containers of engines */

static int64_t age_of_first_process_ms(const struct description *description)
{
	_cleanup_free_ char *cgroup = container_cgroup(description->pid,
						       description->name.id);

	return cgroup ? age_of_process_ms(description->pid) : -1;
}

int64_t age_of_container_ms(const struct facts *facts)
{
	const struct description *description = &facts->description;
	bool runs = description->alive;
	int64_t began_ms = runs ? facts->started_ms :
				  description->name.created_ms;
	int64_t age_ms, first_ms;

	if (began_ms <= 0)
		return -1;
	age_ms = (int64_t)(clock_realtime_ns() / NS_PER_MS) - began_ms;
	first_ms = runs ? age_of_first_process_ms(description) : -1;
	if (age_ms < 0)
		return first_ms;
	return first_ms >= 0 && first_ms < age_ms ? first_ms : age_ms;
}

/* Cgroups without an engine */

/*
 * Whoever owns the cgroup can fill it, so only so much of it is read. The
 * kernel lists the processes that came first before others.
 */
#define MAX_LOOKS 10000
#define MAX_DEPTH 64

/**
 * struct search - for the oldest process
 * @enough_ms: so old is old enough
 * @oldest_ms: the oldest one so far
 * @nr_looks: processes and cgroups that were looked at
 */
struct search {
	int64_t enough_ms;
	int64_t oldest_ms;
	unsigned int nr_looks;
};

static bool goes_on(struct search *search)
{
	return (search->oldest_ms < 0 ||
		search->oldest_ms < search->enough_ms) &&
	       search->nr_looks++ < MAX_LOOKS;
}

/* Processes of other pid namespaces are listed as 0. */
static void search_members(struct search *search, int directory)
{
	int fd = openat(directory, "cgroup.procs",
			O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	_cleanup_fclose_ FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	int64_t pid;

	if (!file)
		close_p(&fd);
	while (file && goes_on(search) &&
	       fscanf(file, "%" SCNi64, &pid) == 1) {
		int64_t age_ms = pid > 0 ? age_of_process_ms(pid) : -1;

		if (age_ms > search->oldest_ms)
			search->oldest_ms = age_ms;
	}
}

/* The name of a cgroup may begin with a dot, too. */
static bool is_below(const struct dirent *entry)
{
	return entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 &&
	       strcmp(entry->d_name, "..") != 0;
}

static void search_cgroup(struct search *search, int above, const char *name,
			  unsigned int depth)
{
	int fd = openat(above, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *here = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!here) {
		close_p(&fd);
		return;
	}
	search_members(search, fd);
	while (depth < MAX_DEPTH && goes_on(search) &&
	       (entry = readdir(here))) {
		if (is_below(entry))
			search_cgroup(search, fd, entry->d_name, depth + 1);
	}
	closedir(here);
}

int64_t age_of_cgroup_ms(int directory, int64_t enough_ms)
{
	struct search search = { enough_ms, -1, 0 };

	search_cgroup(&search, directory, ".", 0);
	return search.oldest_ms;
}
