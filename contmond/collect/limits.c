// SPDX-License-Identifier: GPL-2.0-only
#include "limits.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "cgroup1_files.h"
#include "small_file.h"

/* If the cgroup has been removed, its limit has no owner. */
static int copy_path(struct contmon_paths *paths, uint64_t cgroup_id,
		     char **ret)
{
	const char *path;
	int r;

	if (cgroup_id == 0)
		return 0;
	r = contmon_paths_find(paths, cgroup_id, &path);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	*ret = strdup(path);
	return *ret ? 0 : -ENOMEM;
}

int limits_read(struct contmon_limits *limits, struct contmon_paths *paths,
		uint64_t cgroup_id, struct limits *ret)
{
	struct limits found = { 0 };
	int r;

	r = contmon_limits_get(limits, cgroup_id, &found.now);
	if (r == 0)
		r = copy_path(paths, found.now.memory_bytes.owner_id,
			      &found.memory_owner);
	if (r == 0)
		r = copy_path(paths, found.now.cpu_ns.owner_id,
			      &found.cpu_owner);
	if (r == 0)
		r = copy_path(paths, found.now.swap_bytes.owner_id,
			      &found.swap_owner);
	if (r < 0)
		limits_done(&found);
	else
		*ret = found;
	return r;
}

/* Copies a limit; a container that is in v2 as well has no other one. */
static int add_v1(const struct bound *bound, uint64_t part,
		  struct limits *limits, struct contmon_limit *limit,
		  char **owner)
{
	if (limits->now.valid & part)
		return 0;
	if (bound->owner) {
		*owner = strdup(bound->owner);
		if (!*owner)
			return -ENOMEM;
	}
	limit->own = bound->own;
	limit->effective = bound->effective;
	limits->now.valid |= part;
	return 0;
}

/* The time for which the cgroup with the lowest quota was throttled */
static int add_throttled(const struct directories *directories,
			 struct limits *limits)
{
	const char *owner = limits->cpu_owner;
	int r, n = (int)directories->root_lengths[DIRECTORY_CPU];
	char path[PATH_MAX], text[SMALL_FILE_MAX];
	_cleanup_close_ int directory = -1;
	struct cgroup_stats stats = { 0 };

	if (!owner || limits->now.valid & CONTMON_LIMIT_THROTTLED)
		return 0;
	if (snprintf(path, sizeof(path), "%.*s%s", n,
		     directories->paths[DIRECTORY_CPU], owner) >=
	    (int)sizeof(path))
		return 0;
	directory = small_directory_open(path);
	r = small_file_read(directory, "cpu.stat", text);
	if (r == 0)
		cgroup1_parse_cpu(text, &stats);
	if (stats.valid & CGROUP_STATS_THROTTLED) {
		limits->now.cpu_throttled_ns = stats.cpu_throttled_usec * 1000;
		limits->now.valid |= CONTMON_LIMIT_THROTTLED;
	}
	return small_file_is_our_fault(r) ? r : 0;
}

int limits_add_v1(const struct settings *settings,
		  const struct directories *directories, struct limits *limits)
{
	struct contmon_cgroup_limits *now = &limits->now;
	int r = 0;

	if (directories->paths[DIRECTORY_MEMORY])
		r = add_v1(&settings->memory_max, CONTMON_LIMIT_MEMORY, limits,
			   &now->memory_bytes, &limits->memory_owner);
	if (r < 0 || !directories->paths[DIRECTORY_CPU])
		return r;
	r = add_v1(&settings->cpu_ns, CONTMON_LIMIT_CPU, limits, &now->cpu_ns,
		   &limits->cpu_owner);
	return r < 0 ? r : add_throttled(directories, limits);
}

void limits_done(struct limits *limits)
{
	free(limits->memory_owner);
	free(limits->cpu_owner);
	free(limits->swap_owner);
	*limits = (struct limits){ 0 };
}
