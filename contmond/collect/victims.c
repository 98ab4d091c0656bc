// SPDX-License-Identifier: GPL-2.0-only
#include "victims.h"

#include <stdbool.h>
#include <sys/stat.h>

static bool is_known(const struct victims *victims,
		     const struct contmon_event *event)
{
	size_t i;

	for (i = 0; i < VICTIMS_NR_RECENT; i++) {
		const struct victim *victim = &victims->recent[i];

		if (victim->pid == event->pid &&
		    victim->start_boottime_ns == event->start_boottime_ns)
			return true;
	}
	return false;
}

/* No sample has the container yet, so none counts its kills. */
static struct scope *count_in_run(const struct runs *runs, uint64_t cgroup_id)
{
	struct run *run = runs_find(runs, cgroup_id);

	if (!run)
		return NULL;
	run->scope->oom_kills_since++;
	return run->scope;
}

bool victims_count(struct victims *victims, const struct contmon_event *event,
		   struct scope_map *scopes, const struct runs *runs,
		   const struct scope **ret)
{
	if (is_known(victims, event))
		return false;
	victims->recent[victims->next] = (struct victim){
		event->pid, event->start_boottime_ns
	};
	victims->next = (victims->next + 1) % VICTIMS_NR_RECENT;
	*ret = scope_map_count_oom_kill(scopes, event->cgroup_id,
					event->boottime_ns) ?:
	       count_in_run(runs, event->cgroup_id);
	return true;
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
