// SPDX-License-Identifier: GPL-2.0-only
#include "trouble.h"

#include "clock.h"

#define LOG_NS (60 * NS_PER_SECOND)

bool trouble_is_due(struct trouble *trouble)
{
	uint64_t now_ns = clock_monotonic_ns();

	trouble->nr++;
	if (trouble->logged_ns && now_ns - trouble->logged_ns < LOG_NS)
		return false;
	trouble->logged_ns = now_ns;
	return true;
}
