/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by departed.c and departed_report.c only. */
#ifndef CONTMOND_DEPARTED_PRIVATE_H
#define CONTMOND_DEPARTED_PRIVATE_H

#include "base/clock.h"
#include "departed.h"

/* An engine on a busy host may take an end for later than the kernel does. */
#define DEPARTED_LATE_NS (10 * NS_PER_SECOND)

static inline bool departed_is_of_user(const struct departed_container *gone)
{
	return gone->user_id != 0;
}

/**
 * departed_settle() - no report of an end is awaited any longer
 * @gone: its texts are freed
 * @told_ms: the end that an engine told; 0 if none did
 * @by_boottime_ns: a later report is of another run
 */
void departed_settle(struct departed *departed, struct departed_container *gone,
		     int64_t told_ms, uint64_t by_boottime_ns);

/** departed_drop() - remove one that was settled from those that are gone */
void departed_drop(struct departed *departed, struct departed_container *gone);

#endif /* CONTMOND_DEPARTED_PRIVATE_H */
