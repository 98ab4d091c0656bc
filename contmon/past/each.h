/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_PAST_EACH_H
#define CONTMON_PAST_EACH_H

#include "rows.h"

/*
 * Gets the rows of a part of the time, and the end of that part; an error
 * stops.
 */
typedef int cli_past_each_fn(const struct cli_past_rows *rows, int64_t end_ms,
			     void *userdata);

/*
 * Every sample of a time, as far as samples are still kept, and the moments of
 * coarser tiers before, part by part, so that memory holds only some of them.
 * The steps of @range do not matter. 0 or -errno
 */
int cli_past_each(struct store *store, const struct cli_past_range *range,
		  cli_past_each_fn *fn, void *userdata);

#endif /* CONTMON_PAST_EACH_H */
