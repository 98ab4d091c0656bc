// SPDX-License-Identifier: GPL-2.0-only
/*
 * How late a real-time thread wakes up on the processor on which a subject
 * runs. It sleeps 2 ms at a time, like cyclictest; each line is one wake-up.
 *
 * Usage: latency SUBJECT SAMPLES [COMMAND ARGUMENT...]
 * COMMAND is a benchmark, run with enough repeats to outlive the measurement.
 */

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "bench.h"

#define PERIOD_NS 2000000ULL
#define MAX_SAMPLES 4096

static struct timespec timespec_of(uint64_t ns)
{
	struct timespec time = {
		.tv_sec = (time_t)(ns / NS_PER_S),
		.tv_nsec = (long)(ns % NS_PER_S),
	};

	return time;
}

/* From here on everything, including children, runs on one processor */
static void stay_here(void)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	bench_must(sched_setaffinity(0, sizeof(cpus), &cpus), "affinity");
}

static void become_real_time(void)
{
	struct sched_param param = { .sched_priority = 90 };

	bench_must(mlockall(MCL_CURRENT | MCL_FUTURE), "mlockall");
	bench_must(sched_setscheduler(0, SCHED_FIFO, &param), "SCHED_FIFO");
}

__attribute__((noreturn)) static void child(char **command, int ready)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", ready);
	setenv("BENCH_READY_FD", number, 1);
	setenv("BENCH_REPEATS", "4096", 1);
	if (!freopen("/dev/null", "w", stdout))
		_exit(127);
	execvp(command[0], command);
	_exit(127);
}

/* Returns when the command's warm-up is over */
static pid_t start(char **command)
{
	int ends[2];
	char byte;
	pid_t pid;

	bench_must(pipe(ends), "pipe");
	pid = (pid_t)bench_must(fork(), "fork");
	if (!pid)
		child(command, ends[1]);
	close(ends[1]);
	if (read(ends[0], &byte, 1) != 1)
		bench_die(command[0]);
	close(ends[0]);
	return pid;
}

static uint64_t wake_up_late_ns(void)
{
	uint64_t due_ns = bench_now_ns() + PERIOD_NS;
	struct timespec due = timespec_of(due_ns);

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
	return bench_now_ns() - due_ns;
}

int main(int argc, char **argv)
{
	static uint64_t late_ns[MAX_SAMPLES];
	long samples = argc > 2 ? atol(argv[2]) : 0, i;
	pid_t pid = 0;

	if (samples < 1 || samples > MAX_SAMPLES) {
		fprintf(stderr,
			"usage: latency SUBJECT SAMPLES [COMMAND...]\n");
		return 2;
	}
	stay_here();
	if (argc > 3)
		pid = start(argv + 3);
	become_real_time();
	for (i = 0; i < samples; i++)
		late_ns[i] = wake_up_late_ns();
	/*
	 * If the command had ended already, the measurement would be
	 * meaningless
	 */
	if (pid && waitpid(pid, NULL, WNOHANG))
		bench_die("the command has ended");
	if (pid)
		kill(pid, SIGKILL);
	for (i = 0; i < samples; i++)
		bench_print(argv[1], 1, late_ns[i], "ns");
	return 0;
}
