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

static bool has_new_first(const struct directories *directories,
			  const struct tally *tally)
{
	return tally->first_pid != directories->first_pid ||
	       tally->first_start_ns != directories->first_start_ns;
}

/*
 * The search is repeated now and then: a runtime moves a process into one
 * hierarchy after the other, and it may have been seen in between.
 */
static bool is_due(const struct directories *directories,
		   const struct tally *tally, uint64_t now_boottime_ns)
{
	return tally->processes > 0 &&
	       (has_new_first(directories, tally) ||
		now_boottime_ns >= directories->due_boottime_ns);
}

/* After the youngest process the oldest one's turn comes again. */
static void choose(struct directories *directories, const struct tally *tally)
{
	bool from_start = has_new_first(directories, tally) ||
			  directories->due_boottime_ns == 0 ||
			  tally->next_pid == 0;

	directories->asked_pid = from_start ? tally->first_pid :
					      tally->next_pid;
	directories->asked_start_ns = from_start ? tally->first_start_ns :
						   tally->next_start_ns;
	directories->first_pid = tally->first_pid;
	directories->first_start_ns = tally->first_start_ns;
	directories->due_boottime_ns = 0;
}

int directories_follow(struct directories *directories,
		       const struct contmon_cgroup1 *mounts, const char *id,
		       const struct tally *tally, uint64_t now_boottime_ns)
{
	size_t i;
	int r;

	if (!mounts || !is_due(directories, tally, now_boottime_ns))
		return 0;
	choose(directories, tally);
	for (i = FIRST_V1; i < NR_DIRECTORIES; i++) {
		if (directories->paths[i])
			continue;
		r = contmon_cgroup1_find(mounts, directories->asked_pid,
					 controllers[i], id,
					 &directories->paths[i],
					 &directories->root_lengths[i]);
		if (r == -EMFILE || r == -ENFILE || r == -ENOMEM)
			return r;
	}
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
