/* SPDX-License-Identifier: GPL-2.0-only */
/* The resolutions at which the past is kept. */
#ifndef CONTMOND_STORE_TIER_H
#define CONTMOND_STORE_TIER_H

#include <stdint.h>

#define NR_TIERS 5
#define RAW 0

/**
 * struct tier - one of them
 * @bucket_ms: width of a moment; 0: each tick is one
 * @max_moments: a span with so many is sealed
 * @keep_ms: so much recorded time is kept
 */
struct tier {
	const char *name;
	int64_t bucket_ms;
	uint32_t max_moments;
	int64_t keep_ms;
};

/**
 * tiers - from the finest to the coarsest
 *
 * A bucket is made of whole buckets of the tier before it. A span holds whole
 * buckets of the next tier as long as no clock is set.
 */
extern const struct tier tiers[NR_TIERS];

#endif /* CONTMOND_STORE_TIER_H */
