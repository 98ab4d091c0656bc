/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_PAST_EACH_H
#define CONTMON_PAST_EACH_H

#include "rows.h"

/*
 * Called with the rows of a part of the time, and the end of that part. An
 * error stops the iteration.
 */
typedef int cli_past_each_fn(const struct cli_past_rows *rows, int64_t end_ms,
			     void *userdata);

/*
 * Visits every sample of a time range, and the moments of coarser tiers where
 * samples are no longer kept. It does so part by part, so that only one part is
 * in memory. The step of @range is ignored. 0 or -errno
 */
int cli_past_each(struct store *store, const struct cli_past_range *range,
		  cli_past_each_fn *fn, void *userdata);

#endif /* CONTMON_PAST_EACH_H */
