// SPDX-License-Identifier: GPL-2.0-only
/*
 * Containers that end at once: cgroups at the paths of a runtime, each with one
 * process that exits.
 *
 * Usage: lives DIRECTORY FIRST COUNT PER_SECOND
 *
 * Makes COUNT cgroups below DIRECTORY, one after another, with the numbers from
 * FIRST on in their ids, and PER_SECOND of them in a second.
 */

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "bench.h"

static void live(const char *directory, unsigned int number)
{
	char path[4096];
	int cgroup;
	pid_t pid;

	snprintf(path, sizeof(path), "%s/%08x%056x", directory, number, 0);
	bench_must(mkdir(path, 0755), path);
	cgroup = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bench_must(cgroup, path);
	pid = bench_fork_into(cgroup);
	if (pid == 0)
		_exit(0);
	bench_must(waitpid(pid, NULL, 0), "waitpid");
	close(cgroup);
	/* New kernels may take a moment until the process has left it. */
	while (rmdir(path) < 0) {
		if (errno != EBUSY)
			bench_must(-1, path);
		sched_yield();
	}
}

int main(int argc, char **argv)
{
	uint64_t begin_ns = bench_now_ns();
	unsigned int i, first, count, per_second;

	if (argc != 5)
		return 2;
	first = (unsigned int)strtoul(argv[2], NULL, 10);
	count = (unsigned int)strtoul(argv[3], NULL, 10);
	per_second = (unsigned int)strtoul(argv[4], NULL, 10);
	for (i = 0; i < count; i++) {
		uint64_t due_ns = begin_ns + i * NS_PER_S / per_second;
		const struct timespec until = {
			.tv_sec = (time_t)(due_ns / NS_PER_S),
			.tv_nsec = (long)(due_ns % NS_PER_S),
		};

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
		live(argv[1], first + i);
	}
	return 0;
}
