// SPDX-License-Identifier: GPL-2.0-only
#include "rate.h"

#include <math.h>

#define NS_PER_SECOND 1e9

double rate_per_second(uint64_t before, uint64_t now, uint64_t elapsed_ns)
{
	if (now < before || elapsed_ns == 0)
		return NAN;
	return (double)(now - before) / ((double)elapsed_ns / NS_PER_SECOND);
}

enum rate_baseline rate_baseline(uint64_t start_ns,
				 const uint64_t *same_pid_start_ns,
				 uint64_t before_ns)
{
	if (same_pid_start_ns && *same_pid_start_ns == start_ns)
		return RATE_FROM_BEFORE;
	return start_ns >= before_ns ? RATE_FROM_ZERO : RATE_UNKNOWN;
}

double rate_busy_cpus(uint64_t before_ns, uint64_t now_ns,
		      uint64_t elapsed_ns, uint32_t nr_cpus)
{
	double others = rate_per_second(before_ns, now_ns, elapsed_ns) /
			NS_PER_SECOND;

	return others > nr_cpus ? 0 : nr_cpus - others;
}
