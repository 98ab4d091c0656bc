// SPDX-License-Identifier: GPL-2.0-only
/*
 * A population of sleeping processes, as cheap as possible: children of a small
 * static program, each with its own address space.
 *
 * Usage: population COUNT [CGROUP...]
 * Makes COUNT children in each directory CGROUP, or in its own cgroup. When all
 * exist, it prints "ready". They live until the guest ends. With BENCH_BUSY_US
 * the first child in each cgroup works for that many microseconds a second.
 */

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "bench.h"

__attribute__((noreturn)) static void sleep_for_ever(void)
{
	for (;;)
		pause();
}

__attribute__((noreturn)) static void work_for_ever(uint64_t ns)
{
	for (;;) {
		uint64_t end_ns = bench_now_ns() + ns;

		while (bench_now_ns() < end_ns)
			;
		sleep(1);
	}
}

static void populate(long count, int cgroup)
{
	uint64_t busy_ns = 1000 * bench_setting("BENCH_BUSY_US", 0);
	long i;

	for (i = 0; i < count; i++) {
		if (bench_fork_into(cgroup))
			continue;
		if (i == 0 && busy_ns)
			work_for_ever(busy_ns);
		sleep_for_ever();
	}
}

int main(int argc, char **argv)
{
	long count;
	int i, fd;

	if (argc < 2) {
		fprintf(stderr, "usage: population COUNT [CGROUP...]\n");
		return 2;
	}
	count = atol(argv[1]);
	if (argc == 2)
		populate(count, -1);
	for (i = 2; i < argc; i++) {
		fd = open(argv[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		populate(count, (int)bench_must(fd, argv[i]));
		close(fd);
	}
	if (puts("ready") < 0 || fflush(stdout))
		bench_die("ready");
	fclose(stdout);
	sleep_for_ever();
}
