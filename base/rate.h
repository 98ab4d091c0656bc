/* SPDX-License-Identifier: GPL-2.0-only */
/* Rates of counters between two readings. Pure functions. */
#ifndef BASE_RATE_H
#define BASE_RATE_H

#include <stddef.h>
#include <stdint.h>

/**
 * rate_per_second() - rate of a counter
 *
 * NAN when it went backwards or no time has passed.
 */
double rate_per_second(uint64_t before, uint64_t now, uint64_t elapsed_ns);

/** enum rate_baseline - what the counters of a process are compared with */
enum rate_baseline {
	RATE_UNKNOWN,		/* it existed at the previous reading, unseen */
	RATE_FROM_BEFORE,	/* the previous reading */
	RATE_FROM_ZERO,		/* it was started since then */
};

/**
 * rate_baseline() - a process is identified by its pid and its start
 * @start_ns: when it began, since boot
 * @same_pid_start_ns: when the process began that had its pid in the previous
 *	reading; NULL when there was none
 * @before_ns: when that reading was made, since boot
 */
enum rate_baseline rate_baseline(uint64_t start_ns,
				 const uint64_t *same_pid_start_ns,
				 uint64_t before_ns);

/**
 * rate_busy_cpus() - CPUs that the host kept busy
 * @before_ns: time in which CPUs did not work, up to the previous reading:
 *	idle, iowait and steal, of all CPUs together
 * @now_ns: the same up to this reading
 *
 * The kernel measures idle time, but counts busy time by ticks, of which a busy
 * or virtual machine misses some: its processes would seem to use more than the
 * host. So all time that was not idle counts as busy.
 *
 * NAN when the time went backwards or no time has passed.
 */
double rate_busy_cpus(uint64_t before_ns, uint64_t now_ns,
		      uint64_t elapsed_ns, uint32_t nr_cpus);

#endif /* BASE_RATE_H */
