// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork, exit and wait, over and over: what the driver adds to the life of every
 * process by being loaded. Usage: forks SUBJECT
 */

#include <sys/wait.h>

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

int main(int argc, char **argv)
{
	if (argc == 2)
		bench_run(argv[1], fork_and_wait, NULL);
	return argc == 2 ? 0 : 2;
}
