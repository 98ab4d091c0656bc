// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cost of a program that fills a screen once a second: its CPU time and the
 * bytes that it sends to the terminal, per second. It runs in a terminal of 120
 * columns and 40 rows, whose output is discarded.
 *
 * Usage: monitor SUBJECT KEYS SECONDS COMMAND ARGUMENT...
 * KEYS are pressed when it has started; "" for none. The first seconds, in
 * which it loads its libraries and /proc's inodes are made, do not count.
 */

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>

#include "bench.h"

#define WARM_SECONDS 5

struct monitor {
	pid_t pid;
	int terminal;
	clockid_t clock;	/* of its CPU time */
	uint64_t nr_bytes;	/* bytes it has sent */
};

static uint64_t cpu_ns(const struct monitor *monitor)
{
	struct timespec used;

	bench_must(clock_gettime(monitor->clock, &used), "its CPU time");
	return (uint64_t)used.tv_sec * NS_PER_S + (uint64_t)used.tv_nsec;
}

static struct monitor begin(char **command)
{
	struct winsize size = { .ws_row = 40, .ws_col = 120 };
	struct monitor monitor = { 0 };

	monitor.pid = (pid_t)bench_must(forkpty(&monitor.terminal, NULL, NULL,
						&size), "forkpty");
	if (monitor.pid == 0) {
		setenv("TERM", "xterm-256color", 1);
		setenv("LC_ALL", "C.UTF-8", 1);
		execvp(command[0], command);
		_exit(127);
	}
	if (clock_getcpuclockid(monitor.pid, &monitor.clock))
		bench_die("its clock");
	return monitor;
}

/* Acts as its terminal for a while. */
static void attend(struct monitor *monitor, uint64_t ns)
{
	uint64_t end_ns = bench_now_ns() + ns, now_ns;
	char bytes[65536];

	while ((now_ns = bench_now_ns()) < end_ns) {
		struct pollfd fd = { .fd = monitor->terminal,
				     .events = POLLIN };
		int ms = (int)((end_ns - now_ns) / 1000000 + 1);

		if (bench_must(poll(&fd, 1, ms), "poll") == 0)
			continue;
		monitor->nr_bytes += (uint64_t)bench_must(
			read(monitor->terminal, bytes, sizeof(bytes)),
			"what it shows");
	}
}

int main(int argc, char **argv)
{
	long seconds = argc > 4 ? strtol(argv[3], NULL, 10) : 0;
	uint64_t before_ns, before_bytes;
	struct monitor monitor;

	if (seconds <= 0)
		return 2;
	monitor = begin(argv + 4);
	attend(&monitor, NS_PER_S);
	bench_must(write(monitor.terminal, argv[2], strlen(argv[2])), "keys");
	attend(&monitor, WARM_SECONDS * NS_PER_S);

	before_ns = cpu_ns(&monitor);
	before_bytes = monitor.nr_bytes;
	attend(&monitor, (uint64_t)seconds * NS_PER_S);
	bench_print(argv[1], seconds, cpu_ns(&monitor) - before_ns, "ns");
	fprintf(stderr, "%s: %" PRIu64 " bytes a second\n", argv[1],
		(monitor.nr_bytes - before_bytes) / (uint64_t)seconds);

	kill(monitor.pid, SIGKILL);
	waitpid(monitor.pid, NULL, 0);
	return 0;
}
