// SPDX-License-Identifier: GPL-2.0-only
#include "options.h"
#include "clock.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_PER_S 1000000000

static uint64_t now_ns(clockid_t clock)
{
	struct timespec now = { 0 };

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

uint64_t cli_monotonic_ns(void)
{
	return now_ns(CLOCK_MONOTONIC);
}

uint64_t cli_boottime_ns(void)
{
	return now_ns(CLOCK_BOOTTIME);
}

int64_t cli_realtime_offset_ns(void)
{
	return (int64_t)(now_ns(CLOCK_REALTIME) - now_ns(CLOCK_BOOTTIME));
}

int cli_parse_interval(const char *text, uint64_t *ret_ns)
{
	char *end;
	double s = strtod(text, &end);

	/* strtod() would take hexadecimal numbers, too. */
	if (end == text || text[strspn(text, "0123456789.")] ||
	    !(s >= 0.1 && s <= 3600)) {
		cli_error("-n %s: not a number of seconds from 0.1 to 3600",
			  text);
		return CLI_USAGE;
	}
	*ret_ns = (uint64_t)(s * NS_PER_S);
	return CLI_GO_ON;
}
