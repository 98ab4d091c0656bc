// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork, exit and wait, repeatedly: what the driver adds to the life of every
 * process when it is loaded.
 *
 * Usage: forks SUBJECT
 * With the subject "watched" a reader has subscribed to the driver's events,
 * with room for all of them, so that none is dropped. With "crowded" and
 * "crowded-forks" four users have the maximum number of streams, and a reader
 * for each that waits: for an OOM kill of process 1, or for forks by it.
 */

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
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

static int watch(__u32 types, __s32 pid)
{
	struct contmon_watch arg = {
		.size = sizeof(arg),
		.flags = pid ? CONTMON_WATCH_PID : 0,
		.events = types,
		.pid = pid,
	};
	int device = open(CONTMON_DEVICE, O_RDWR | O_CLOEXEC);

	bench_must(device, CONTMON_DEVICE);
	bench_must(ioctl(device, CONTMON_WATCH, &arg), "WATCH");
	return device;
}

/* Opens all streams of one user, and a process that waits for any of them */
static void crowd(uid_t uid, __u32 types, int ready)
{
	struct pollfd fds[CONTMON_MAX_USER_STREAMS];
	int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	bench_must(setreuid(uid, 0), "setreuid");
	for (i = 0; i < CONTMON_MAX_USER_STREAMS; i++)
		fds[i] = (struct pollfd){ watch(types, 1), POLLIN, 0 };
	bench_must(write(ready, "", 1), "write");
	for (;;)
		poll(fds, CONTMON_MAX_USER_STREAMS, -1);
}

static void crowds(__u32 types)
{
	int ready[2];
	uid_t uid;
	char byte;

	bench_must(pipe(ready), "pipe");
	for (uid = 1; uid <= 4; uid++) {
		if (bench_must(fork(), "fork") == 0)
			crowd(uid, types, ready[1]);
		bench_must(read(ready[0], &byte, 1), "read");
	}
}

/*
 * Where a process has its memory decides how many page tables each fork copies,
 * which is more than what is measured here.
 */
static void take_fixed_addresses(char **argv)
{
	int now = (int)bench_must(personality(0xffffffff), "personality");

	if (now & ADDR_NO_RANDOMIZE)
		return;
	bench_must(personality(now | ADDR_NO_RANDOMIZE), "personality");
	execv("/proc/self/exe", argv);
	bench_die("/proc/self/exe");
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	take_fixed_addresses(argv);
	if (!strcmp(argv[1], "watched"))
		watch(CONTMON_EVENT_ALL & ~CONTMON_EVENT_LIMITS, 0);
	else if (!strcmp(argv[1], "crowded"))
		crowds(1U << CONTMON_EVENT_OOM);
	else if (!strcmp(argv[1], "crowded-forks"))
		crowds(1U << CONTMON_EVENT_FORK);
	bench_run(argv[1], fork_and_wait, NULL);
	return 0;
}
