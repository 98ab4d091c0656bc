/* SPDX-License-Identifier: GPL-2.0-only */
/* The recorded past, tick by tick, as policies see it. */
#ifndef CONTMON_POLICY_TICKS_H
#define CONTMON_POLICY_TICKS_H

#include "contmond/policy/enforce.h"
#include "contmond/store/store.h"

struct policy;

/* An error ends the iteration. */
typedef int cli_tick_fn(const struct enforce_tick *tick, void *userdata);

/**
 * cli_ticks_each() - every recorded moment of a time range, the oldest first
 * @ret_resolution_ms: width of the widest, 0 for single samples
 *
 * In the finest resolution that is still kept; of a wider moment, numbers are
 * means. Containers that had ended are not among them: when they were removed
 * is not recorded. Numbers are as they are stored, so a little rounded, and
 * those that are not stored are unknown. 0 or -errno
 */
int cli_ticks_each(struct store *store, int64_t from_ms, int64_t to_ms,
		   cli_tick_fn *fn, void *userdata,
		   int64_t *ret_resolution_ms);

/**
 * cli_ticks_begin() - where to begin, so that conditions are known at @t_ms
 *
 * A condition that was true for the longest `for` of @policy was so at the
 * moment at the beginning of that time, or before it; rate() compares that with
 * the one before. 0 or -errno
 */
int cli_ticks_begin(struct store *store, const struct policy *policy,
		    int64_t t_ms, int64_t *ret_ms);

#endif /* CONTMON_POLICY_TICKS_H */
