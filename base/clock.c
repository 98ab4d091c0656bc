// SPDX-License-Identifier: GPL-2.0-only
#include "clock.h"

#include <time.h>

static uint64_t now_ns(clockid_t clock)
{
	struct timespec now = { 0 };

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

uint64_t clock_monotonic_ns(void)
{
	return now_ns(CLOCK_MONOTONIC);
}

uint64_t clock_boottime_ns(void)
{
	return now_ns(CLOCK_BOOTTIME);
}

uint64_t clock_realtime_ns(void)
{
	return now_ns(CLOCK_REALTIME);
}

int64_t clock_realtime_offset_ns(void)
{
	return (int64_t)(clock_realtime_ns() - clock_boottime_ns());
}

int64_t clock_realtime_ms(uint64_t boottime_ns)
{
	return ((int64_t)boottime_ns + clock_realtime_offset_ns()) /
	       (int64_t)NS_PER_MS;
}

/* It may be any time that somebody tells, so what does not fit is cut off. */
uint64_t clock_boottime_of_ms(int64_t realtime_ms)
{
	const int64_t max_ms = INT64_MAX / (int64_t)NS_PER_MS;
	int64_t offset_ns = clock_realtime_offset_ns(), time_ns;

	if (realtime_ms <= 0)
		return 0;
	time_ns = (realtime_ms < max_ms ? realtime_ms : max_ms) *
		  (int64_t)NS_PER_MS;
	return time_ns > offset_ns ?
	       (uint64_t)time_ns - (uint64_t)offset_ns : 0;
}
