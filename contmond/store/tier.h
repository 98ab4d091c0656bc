/* SPDX-License-Identifier: GPL-2.0-only */
/* The resolutions of the past */
#ifndef CONTMOND_STORE_TIER_H
#define CONTMOND_STORE_TIER_H

#include <stdint.h>

#define NR_TIERS 5
#define RAW 0

/**
 * struct tier - one resolution
 * @bucket_ms: width of a moment; 0 if each tick is one
 * @max_moments: number of moments at which a span is complete
 * @keep_ms: how much recorded time is kept
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
 * A bucket consists of whole buckets of the previous tier. A span consists of
 * whole buckets of the next tier unless the clock is set.
 */
extern const struct tier tiers[NR_TIERS];

#endif /* CONTMOND_STORE_TIER_H */
