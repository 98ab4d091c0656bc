// SPDX-License-Identifier: GPL-2.0-only
#include "contmond/store/past.h"
#include "each.h"

#include <errno.h>

#define FIRST_PART_MS (10 * 60 * 1000)
#define LONGEST_PART_MS (24 * 60 * 60 * 1000)
/* Of a part: some 40 MB. A moment that has more rows is a part of its own. */
#define MAX_ROWS 5000

/* Moves @from_ms to the next moment, or to the end of the range. */
static int skip_gap(struct store *store, int64_t to_ms, int64_t *from_ms)
{
	int64_t next_ms = to_ms;
	int r;

	if (*from_ms >= to_ms)
		return 0;
	r = store_next(store, *from_ms, &next_ms);
	if (r < 0 && r != -ENOENT)
		return r;
	*from_ms = next_ms < to_ms ? next_ms : to_ms;
	return 0;
}

static void shorten(struct cli_past_range *part, int64_t *length_ms)
{
	if (*length_ms > 1)
		*length_ms /= 2;
	else
		part->max_rows *= 2;
}

/* The length of a part is adapted to how much was recorded. */
int cli_past_each(struct store *store, const struct cli_past_range *range,
		  cli_past_each_fn *fn, void *userdata)
{
	struct cli_past_range part = *range;
	int64_t length_ms = FIRST_PART_MS;
	int r = 0;

	/* Each moment has a separate step. */
	part.step_ms = 1;
	part.means_only = true;
	part.max_rows = MAX_ROWS;
	while (r == 0 && part.from_ms <= range->to_ms) {
		struct cli_past_rows rows = { 0 };

		part.to_ms = part.from_ms + length_ms - 1;
		if (part.to_ms > range->to_ms)
			part.to_ms = range->to_ms;
		r = cli_past_read(store, &part, &rows);
		if (r == 0 && rows.truncated) {
			shorten(&part, &length_ms);
		} else if (r == 0) {
			part.max_rows = MAX_ROWS;
			r = fn(&rows, part.to_ms, userdata);
			part.from_ms = part.to_ms + 1;
			if (r == 0 && rows.nr == 0)
				r = skip_gap(store, range->to_ms,
					     &part.from_ms);
			if (rows.nr < MAX_ROWS / 4 &&
			    length_ms < LONGEST_PART_MS)
				length_ms *= 2;
		}
		cli_past_rows_done(&rows);
	}
	return r;
}
