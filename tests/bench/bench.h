/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the programs of the benchmark: a clock, and a line of JSON for each
 * measurement. With QEMU's -icount a nanosecond of the guest's clock is one
 * instruction, in the kernel and in the program.
 *
 * BENCH_REPEATS (3) passes are measured after BENCH_WARM (1) that are not. The
 * descriptor BENCH_READY_FD, if set, gets a byte when the first measured pass
 * begins. With BENCH_LONGEST the result is the longest bench_ioctl() instead of
 * each pass.
 */
#ifndef BENCH_H
#define BENCH_H

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/sched.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define NS_PER_S 1000000000ULL
#define BENCH_MAX_REPEATS 4096

static inline uint64_t bench_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* A benchmark that cannot do all of its work has no result. */
__attribute__((noreturn)) static inline void bench_die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Returns the result of a call, or ends the program. */
static inline long bench_must(long result, const char *what)
{
	if (result < 0)
		bench_die(what);
	return result;
}

/** bench_fork_into() - fork(2), directly into a cgroup if not below 0 */
static inline pid_t bench_fork_into(int cgroup)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.flags = cgroup < 0 ? 0 : CLONE_INTO_CGROUP,
		.cgroup = (__u64)(cgroup < 0 ? 0 : cgroup),
	};

	return (pid_t)bench_must(syscall(SYS_clone3, &args, sizeof(args)),
				 "clone3");
}

/** bench_print() - @n things together took @value of @unit */
static inline void bench_print(const char *subject, long n, uint64_t value,
			       const char *unit)
{
	printf("{\"subject\":\"%s\",\"n\":%ld,\"value\":%" PRIu64
	       ",\"unit\":\"%s\"}\n",
	       subject, n, value, unit);
	fflush(stdout);
}

static inline unsigned long bench_setting(const char *name,
					  unsigned long otherwise)
{
	const char *value = getenv(name);

	return value ? strtoul(value, NULL, 0) : otherwise;
}

static inline void bench_ready(void)
{
	long fd = (long)bench_setting("BENCH_READY_FD", (unsigned long)-1);

	if (fd >= 0)
		bench_must(write((int)fd, "", 1), "BENCH_READY_FD");
}

/* Of this subject, in measured passes */
static uint64_t bench_longest_ns;

/** bench_ioctl() - an ioctl that must succeed */
static inline void bench_ioctl(int fd, unsigned long number, void *arg,
			       const char *what)
{
	uint64_t took_ns = bench_now_ns();

	bench_must(ioctl(fd, number, arg), what);
	took_ns = bench_now_ns() - took_ns;
	if (bench_longest_ns < took_ns)
		bench_longest_ns = took_ns;
}

/**
 * bench_run() - time @pass, which returns how many rows it has read
 *
 * Nothing is printed before all is measured: with one processor, the process
 * that receives the output would be measured, too.
 */
static inline void bench_run(const char *subject, long (*pass)(void *),
			     void *arg)
{
	unsigned long repeats = bench_setting("BENCH_REPEATS", 3);
	unsigned long warm = bench_setting("BENCH_WARM", 1);
	static uint64_t took_ns[BENCH_MAX_REPEATS];
	static long n[BENCH_MAX_REPEATS];
	unsigned long i;

	for (i = 0; i < warm; i++)
		pass(arg);
	bench_ready();
	bench_longest_ns = 0;
	for (i = 0; i < repeats && i < BENCH_MAX_REPEATS; i++) {
		took_ns[i] = bench_now_ns();
		n[i] = pass(arg);
		took_ns[i] = bench_now_ns() - took_ns[i];
	}
	if (bench_setting("BENCH_LONGEST", 0)) {
		bench_print(subject, 1, bench_longest_ns, "ns");
		return;
	}
	repeats = i;
	for (i = 0; i < repeats; i++)
		bench_print(subject, n[i], took_ns[i], "ns");
}

#endif /* BENCH_H */
