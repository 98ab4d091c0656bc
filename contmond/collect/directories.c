// SPDX-License-Identifier: GPL-2.0-only
#include "directories.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>

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

static bool is_shortage(int error)
{
	return error == -EMFILE || error == -ENFILE || error == -ENOMEM;
}

/* -ENOENT: it is gone. Otherwise 0, and @ret is 0 if it cannot be looked at. */
static int look_at(const char *path, ino_t *ret)
{
	struct stat status;

	*ret = 0;
	if (stat(path, &status) == 0)
		*ret = status.st_ino;
	else if (errno == ENOENT)
		return -ENOENT;
	return 0;
}

/* Finds directories that @known lacks. Returns how many, or an error. */
static int find(const struct contmon_cgroup1 *mounts, int32_t pid,
		const char *id, const struct directories *known,
		struct directories *found)
{
	int r, nr = 0;
	size_t i;

	for (i = FIRST_V1; i < NR_DIRECTORIES; i++) {
		if (known->paths[i])
			continue;
		r = contmon_cgroup1_find(mounts, pid, controllers[i], id,
					 &found->paths[i],
					 &found->root_lengths[i]);
		if (is_shortage(r))
			return r;
		if (r < 0)
			continue;
		look_at(found->paths[i], &found->inodes[i]);
		nr++;
	}
	return nr;
}

/* If it is still there, it alone has had this pid since it started. */
static int is_still_there(struct contmon *device, int32_t pid,
			  uint64_t start_ns)
{
	struct contmon_task task;
	int r = contmon_get_task(device, pid, CONTMON_TASK_BASE, 0, &task);

	if (is_shortage(r))
		return r;
	return r == 0 && task.start_boottime_ns == start_ns;
}

static void take(struct directories *directories, struct directories *found)
{
	size_t i;

	for (i = FIRST_V1; i < NR_DIRECTORIES; i++) {
		if (!found->paths[i])
			continue;
		directories->paths[i] = found->paths[i];
		directories->inodes[i] = found->inodes[i];
		directories->root_lengths[i] = found->root_lengths[i];
		found->paths[i] = NULL;
	}
}

int directories_follow(struct directories *directories, struct contmon *device,
		       const struct contmon_cgroup1 *mounts, const char *id,
		       const struct tally *tally, uint64_t now_boottime_ns)
{
	struct directories found = { 0 };
	int r;

	if (!mounts || !is_due(directories, tally, now_boottime_ns))
		return 0;
	choose(directories, tally);
	r = find(mounts, directories->asked_pid, id, directories, &found);
	if (r > 0)
		r = is_still_there(device, directories->asked_pid,
				   directories->asked_start_ns);
	if (r > 0)
		take(directories, &found);
	directories_done(&found);
	if (r < 0)
		return r;
	directories->due_boottime_ns = now_boottime_ns +
				       DIRECTORIES_AGE * NS_PER_SECOND;
	return 0;
}

int directories_are_there(const struct directories *directories)
{
	size_t i, nr_same = 0, nr_others = 0;

	for (i = FIRST_V1; i < NR_DIRECTORIES; i++) {
		ino_t before = directories->inodes[i], now;

		if (!directories->paths[i] || before == 0)
			continue;
		if (look_at(directories->paths[i], &now) == 0 && now == 0)
			continue;
		nr_same += now == before;
		nr_others += now != before;
	}
	if ((nr_same == 0) == (nr_others == 0))
		return -ENODATA;
	return nr_same > 0;
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
