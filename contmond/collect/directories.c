// SPDX-License-Identifier: GPL-2.0-only
#include "directories.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/clock.h"

#define FIRST_V1 (DIRECTORY_V2 + 1)

static const char *const controllers[NR_DIRECTORIES] = {
	[DIRECTORY_CPU] = "cpu",
	[DIRECTORY_CPUACCT] = "cpuacct",
	[DIRECTORY_MEMORY] = "memory",
	[DIRECTORY_BLKIO] = "blkio",
	[DIRECTORY_PIDS] = "pids",
	[DIRECTORY_CPUSET] = "cpuset",
	[DIRECTORY_FREEZER] = "freezer",
};

/*
 * The same process is looked at again now and then: a runtime moves it into one
 * hierarchy after the other, and it may have been seen in between.
 */
static bool is_due(const struct directories *directories,
		   const struct tally *tally, uint64_t now_boottime_ns)
{
	return tally->processes > 0 &&
	       (tally->first_pid != directories->pid ||
		tally->first_start_ns != directories->start_boottime_ns ||
		now_boottime_ns >= directories->due_boottime_ns);
}

int directories_follow(struct directories *directories,
		       const struct contmon_cgroup1 *mounts, const char *id,
		       const struct tally *tally, uint64_t now_boottime_ns)
{
	size_t i;
	int r;

	if (!mounts || !is_due(directories, tally, now_boottime_ns))
		return 0;
	for (i = FIRST_V1; i < NR_DIRECTORIES; i++) {
		if (directories->paths[i])
			continue;
		r = contmon_cgroup1_find(mounts, tally->first_pid,
					 controllers[i], id,
					 &directories->paths[i],
					 &directories->root_lengths[i]);
		if (r == -EMFILE || r == -ENFILE || r == -ENOMEM)
			return r;
	}
	directories->pid = tally->first_pid;
	directories->start_boottime_ns = tally->first_start_ns;
	directories->due_boottime_ns = now_boottime_ns +
				       DIRECTORIES_AGE * NS_PER_SECOND;
	return 0;
}

void directories_forget(struct directories *directories)
{
	size_t i;

	for (i = FIRST_V1; i < NR_DIRECTORIES; i++) {
		free(directories->paths[i]);
		directories->paths[i] = NULL;
	}
	directories->due_boottime_ns = 0;
}

void directories_done(struct directories *directories)
{
	directories_forget(directories);
	free(directories->paths[DIRECTORY_V2]);
	*directories = (struct directories){ 0 };
}
