/* SPDX-License-Identifier: GPL-2.0-only */
/* Rates of counters between two readings; pure functions */
#ifndef BASE_RATE_H
#define BASE_RATE_H

#include <stddef.h>
#include <stdint.h>

/**
 * rate_per_second() - rate of a counter
 *
 * Returns NAN if the counter went backwards or no time has passed.
 */
double rate_per_second(uint64_t before, uint64_t now, uint64_t elapsed_ns);

/** enum rate_baseline - what a process's counters are compared with */
enum rate_baseline {
	RATE_UNKNOWN,		/* nothing: it existed, but was not read */
	RATE_FROM_BEFORE,	/* the previous reading */
	RATE_FROM_ZERO,		/* zero: it was started since then */
};

/**
 * rate_baseline() - a process is identified by its pid and its start time
 * @start_ns: start of the process, since boot
 * @same_pid_start_ns: start of the process with this pid in the previous
 *	reading; NULL if there was none
 * @before_ns: time of that reading, since boot
 */
enum rate_baseline rate_baseline(uint64_t start_ns,
				 const uint64_t *same_pid_start_ns,
				 uint64_t before_ns);

/**
 * rate_busy_cpus() - number of CPUs that the host kept busy
 * @before_ns: time in which CPUs did not work (idle, iowait and steal), summed
 *	over all CPUs, at the previous reading
 * @now_ns: the same at this reading
 *
 * The kernel measures idle time exactly, but counts busy time by ticks, of
 * which a busy or virtual machine misses some: processes would seem to use more
 * than the host. So all time that is not idle counts as busy.
 *
 * Returns NAN if the time went backwards or no time has passed.
 */
double rate_busy_cpus(uint64_t before_ns, uint64_t now_ns,
		      uint64_t elapsed_ns, uint32_t nr_cpus);

#endif /* BASE_RATE_H */
