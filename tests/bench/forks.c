// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork, exit and wait, over and over: what the driver adds to the life of every
 * process by being loaded. Usage: forks SUBJECT
 * With the subject "watched" a reader has subscribed to the driver's events,
 * with room for all of them, so that none is dropped.
 */

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include <linux/contmon.h>

#include "bench.h"

#define FORKS 500

static long fork_and_wait(void *unused)
{
	int i;

	(void)unused;
	for (i = 0; i < FORKS; i++) {
		pid_t pid = (pid_t)bench_must(fork(), "fork");

		if (!pid)
			_exit(0);
		bench_must(waitpid(pid, NULL, 0), "waitpid");
	}
	return FORKS;
}

static void watch(void)
{
	struct contmon_watch arg = {
		.size = sizeof(arg),
		.events = CONTMON_EVENT_ALL & ~(1U << CONTMON_EVENT_THRESHOLD),
	};
	int device = open(CONTMON_DEVICE, O_RDWR | O_CLOEXEC);

	bench_must(device, CONTMON_DEVICE);
	bench_must(ioctl(device, CONTMON_WATCH, &arg), "WATCH");
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "watched"))
		watch();
	if (argc == 2)
		bench_run(argv[1], fork_and_wait, NULL);
	return argc == 2 ? 0 : 2;
}
