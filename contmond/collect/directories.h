/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The directories with a container's files: that of its cgroup in cgroup v2,
 * and one for each controller of cgroup v1.
 */
#ifndef CONTMOND_COLLECT_DIRECTORIES_H
#define CONTMOND_COLLECT_DIRECTORIES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <contmon.h>

#include "tally.h"

/* Controllers of v1 may share a hierarchy; each has an entry of its own. */
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

/* How often missing directories of v1 are searched for, in seconds */
#define DIRECTORIES_AGE 10

/**
 * struct directories - of one container; zero-initialise
 * @paths: absolute; malloced; NULL: unknown, or the container is not in this
 *	hierarchy
 * @inodes: of the directories of v1, when they were found; 0: unknown
 * @root_lengths: of the mount point, with which the path begins; the rest is
 *	the path in the hierarchy
 * @first_pid, @first_start_ns: the container's oldest process when they were
 *	last searched for
 * @asked_pid, @asked_start_ns: the process by which they were searched for
 * @due_boottime_ns: when missing directories are searched for again
 */
struct directories {
	char *paths[NR_DIRECTORIES];
	ino_t inodes[NR_DIRECTORIES];
	size_t root_lengths[NR_DIRECTORIES];
	int32_t first_pid;
	uint64_t first_start_ns;
	int32_t asked_pid;
	uint64_t asked_start_ns;
	uint64_t due_boottime_ns;
};

/**
 * directories_follow() - find the container in cgroup v1
 * @device: where @tally comes from
 * @mounts: NULL without cgroup v1
 * @id: of the container
 * @tally: of the container, with the process that was asked. The oldest process
 *	is asked first, and later the next ones, because a process may be in
 *	only some of its container's cgroups
 *
 * A known directory stays until directories_forget(). If the process that was
 * asked has ended meanwhile, nothing is found: another one may have its pid,
 * in a container of another user with the same id. Returns 0, or an error of
 * this process: -EMFILE, -ENFILE, -ENOMEM.
 */
int directories_follow(struct directories *directories, struct contmon *device,
		       const struct contmon_cgroup1 *mounts, const char *id,
		       const struct tally *tally, uint64_t now_boottime_ns);

/**
 * directories_are_there() - are those of v1 the same cgroups as when found?
 *
 * Returns 0 if each is gone, or another one has its name. Returns -ENODATA if
 * none is known or can be looked at, or only some are the same.
 */
int directories_are_there(const struct directories *directories);

/** directories_forget() - forget those of v1, because one of them is gone */
void directories_forget(struct directories *directories);

void directories_done(struct directories *directories);

#endif /* CONTMOND_COLLECT_DIRECTORIES_H */
