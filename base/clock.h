/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clocks. Durations and timeouts never use the wall clock, which can be set
 * at any moment.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#define NS_PER_USEC UINT64_C(1000)
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_SECOND UINT64_C(1000000000)

/**
 * clock_monotonic_ns() - since boot, without sleep of the host: for timeouts
 */
uint64_t clock_monotonic_ns(void);

/** clock_boottime_ns() - since boot, including sleep of the host: for ages */
uint64_t clock_boottime_ns(void);

/** clock_realtime_ns() - since 1970, by the wall clock */
uint64_t clock_realtime_ns(void);

/** clock_realtime_offset_ns() - add it to a boot time to get a wall time */
int64_t clock_realtime_offset_ns(void);

/** clock_realtime_ms() - convert a boot time to the wall clock as it is now */
int64_t clock_realtime_ms(uint64_t boottime_ns);

#endif /* BASE_CLOCK_H */
