/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the files of a container are: its own cgroup's directory in cgroup v2,
 * and in each hierarchy of cgroup v1 that has a controller.
 */
#ifndef CONTMOND_COLLECT_DIRECTORIES_H
#define CONTMOND_COLLECT_DIRECTORIES_H

#include <stddef.h>
#include <stdint.h>

#include <contmon.h>

#include "tally.h"

/* Controllers of v1 may share a hierarchy; each has its entry nevertheless. */
enum directory {
	DIRECTORY_V2,
	DIRECTORY_CPU,
	DIRECTORY_CPUACCT,
	DIRECTORY_MEMORY,
	DIRECTORY_BLKIO,
	DIRECTORY_PIDS,
	DIRECTORY_CPUSET,
	DIRECTORY_FREEZER,
	NR_DIRECTORIES,
};

/* How often those of v1 that are missing are looked for, in seconds */
#define DIRECTORIES_AGE 10

/**
 * struct directories - of one container; zero-initialise
 * @paths: from the root of the file system; malloced, NULL: unknown, or it has
 *	none there
 * @root_lengths: of the mount point, with which the path begins; the rest is
 *	the path in the hierarchy
 * @pid, @start_boottime_ns: the process by which those of v1 were found
 * @due_boottime_ns: when those that are missing are looked for again
 */
struct directories {
	char *paths[NR_DIRECTORIES];
	size_t root_lengths[NR_DIRECTORIES];
	int32_t pid;
	uint64_t start_boottime_ns;
	uint64_t due_boottime_ns;
};

/**
 * directories_follow() - find the container in cgroup v1
 * @mounts: NULL without cgroup v1
 * @id: of the container
 * @tally: has its oldest process, by which it is found
 *
 * A directory that is known stays until directories_forget(). Returns 0, or an
 * error of this process: -EMFILE, -ENFILE, -ENOMEM.
 */
int directories_follow(struct directories *directories,
		       const struct contmon_cgroup1 *mounts, const char *id,
		       const struct tally *tally, uint64_t now_boottime_ns);

/** directories_forget() - those of v1, because one of them is gone */
void directories_forget(struct directories *directories);

void directories_done(struct directories *directories);

#endif /* CONTMOND_COLLECT_DIRECTORIES_H */
