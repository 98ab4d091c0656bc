// SPDX-License-Identifier: GPL-2.0-only
#include "tier.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

const struct tier tiers[NR_TIERS] = {
	{ "raw", 0, 600, 8 * HOUR },
	{ "10 s", 10 * SECOND, 360, 48 * HOUR },
	{ "1 min", MINUTE, 360, 10 * DAY },
	{ "10 min", 10 * MINUTE, 288, 30 * DAY },
	{ "1 h", HOUR, 168, 90 * DAY },
};
