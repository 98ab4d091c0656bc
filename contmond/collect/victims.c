// SPDX-License-Identifier: GPL-2.0-only
#include "victims.h"

#include <stdbool.h>
#include <sys/stat.h>

/* No sample has the container yet, so none counts its kills. */
static struct scope *count_in_run(const struct runs *runs, uint64_t cgroup_id)
{
	struct run *run = runs_find(runs, cgroup_id);

	if (!run)
		return NULL;
	run->scope->oom_kills_since++;
	return run->scope;
}

const struct scope *victims_count(const struct contmon_event *event,
				  struct scope_map *scopes,
				  const struct runs *runs)
{
	return scope_map_count_oom_kill(scopes, event->cgroup_id,
					event->boottime_ns) ?:
	       count_in_run(runs, event->cgroup_id);
}

/* A container that was started again may have another one in its place. */
static bool has_its_cgroup(const struct scope *scope)
{
	struct stat status;

	return stat(scope->directories.paths[DIRECTORY_V2], &status) == 0 &&
	       status.st_ino == scope->cgroup_id;
}

/* A cgroup that still exists after the reading existed during it. */
void victims_memory(const struct scope *scope, struct cgroupfs_buffer *buffer,
		    struct cgroup_stats *ret)
{
	struct cgroup_stats stats = { 0 };

	if (scope && scope->cgroup) {
		cgroupfs_read_memory(&scope->directories, buffer, &stats);
		if (!has_its_cgroup(scope))
			stats.valid = 0;
	}
	*ret = stats;
}
