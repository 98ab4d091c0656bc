/* SPDX-License-Identifier: GPL-2.0-only */
/* What counters gained between two readings. Pure functions. */
#ifndef BASE_RATE_H
#define BASE_RATE_H

#include <stddef.h>
#include <stdint.h>

/**
 * rate_per_second() - of a counter
 *
 * NAN when it went backward or no time has passed.
 */
double rate_per_second(uint64_t before, uint64_t now, uint64_t elapsed_ns);

/** enum rate_baseline - what the counters of a process are compared with */
enum rate_baseline {
	RATE_UNKNOWN,		/* it lived at the reading before, unseen */
	RATE_FROM_BEFORE,	/* the reading before */
	RATE_FROM_ZERO,		/* it was born since then */
};

/**
 * rate_baseline() - a process is known by its pid and its start
 * @start_ns: when it began, since boot
 * @same_pid_start_ns: when the process began that had its pid in the reading
 *	before; NULL when none had
 * @before_ns: when that reading was made, since boot
 */
enum rate_baseline rate_baseline(uint64_t start_ns,
				 const uint64_t *same_pid_start_ns,
				 uint64_t before_ns);

/**
 * rate_busy_cpus() - CPUs that the host kept busy
 * @before_ns: time that its CPUs were not at work until the reading before:
 *	idle, iowait and steal, of all CPUs together
 * @now_ns: until this reading
 *
 * The kernel takes the time of idling, but counts that of work by ticks, and a
 * machine that is busy or virtual misses some: its processes would seem to use
 * more than the host. So what was not spent otherwise was work.
 *
 * NAN when the time went backward or none has passed.
 */
double rate_busy_cpus(uint64_t before_ns, uint64_t now_ns,
		      uint64_t elapsed_ns, uint32_t nr_cpus);

#endif /* BASE_RATE_H */
