/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clocks. Durations and timeouts never use the wall clock, because it can
 * be set at any time.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#define NS_PER_USEC UINT64_C(1000)
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_SECOND UINT64_C(1000000000)

/** clock_monotonic_ns() - since boot, without suspend: for timeouts */
uint64_t clock_monotonic_ns(void);

/** clock_boottime_ns() - since boot, including suspend: for ages */
uint64_t clock_boottime_ns(void);

/** clock_realtime_ns() - wall clock, since 1970 */
uint64_t clock_realtime_ns(void);

/** clock_realtime_offset_ns() - add this to a boot time to get the wall time */
int64_t clock_realtime_offset_ns(void);

/**
 * clock_realtime_ms() - convert a boot time to the wall clock's current time
 */
int64_t clock_realtime_ms(uint64_t boottime_ns);

/**
 * clock_boottime_of_ms() - convert the wall clock's current time to a boot time
 *
 * Returns 0 for a time before the boot.
 */
uint64_t clock_boottime_of_ms(int64_t realtime_ms);

#endif /* BASE_CLOCK_H */
