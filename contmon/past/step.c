// SPDX-License-Identifier: GPL-2.0-only
/*
 * Steps from one moment to the next. The store can only be asked for the moment
 * at a given time. So times further and further away are tried until one has
 * another moment, and then a binary search finds the nearest one.
 */
#include "contmond/store/past.h"
#include "moment.h"

#include <errno.h>

#define FIRST_STEP_MS 100	/* no two samples are closer */

static int ignore(const struct past_process *process, void *userdata)
{
	(void)process;
	(void)userdata;
	return 0;
}

/* The beginning of the moment at @t_ms; INT64_MIN without one */
static int moment_of(struct store *store, int64_t t_ms, int64_t *ret_ms)
{
	struct past_moment moment = { .t_ms = INT64_MIN };
	int r = store_processes(store, t_ms, "", ignore, NULL,
				&moment);

	*ret_ms = moment.t_ms;
	return r == -ENOENT ? 0 : r;
}

int cli_moment_after(struct store *store, int64_t t_ms, int64_t *ret_ms)
{
	int64_t first, last, step = FIRST_STEP_MS, early = t_ms;
	int64_t late = INT64_MIN;
	int r = store_range(store, &first, &last);

	for (; r == 0 && late <= t_ms; step *= 2) {
		int64_t probe = step < last - t_ms ? t_ms + step : last;

		if (early >= last)
			return -ENOENT;
		r = moment_of(store, probe, &late);
		if (late <= t_ms)
			early = probe;
	}
	/* No moment at @early; one at @late, but maybe not the nearest */
	while (r == 0 && late - early > 1) {
		int64_t middle = early + (late - early) / 2, found;

		r = moment_of(store, middle, &found);
		if (found > t_ms)
			late = found;
		else
			early = middle;
	}
	if (r == 0)
		*ret_ms = late;
	return r;
}

int cli_moment_before(struct store *store, int64_t t_ms, int64_t *ret_ms)
{
	int64_t first, last, step = 1, late = t_ms, early = t_ms;
	int64_t found = INT64_MIN;
	int r = store_range(store, &first, &last);

	for (; r == 0 && found == INT64_MIN; step *= 2) {
		if (late <= first)
			return -ENOENT;
		early = step < t_ms - first ? t_ms - step : first;
		r = moment_of(store, early, &found);
		if (found == INT64_MIN)
			late = early;
	}
	/* A moment at @early, none at @late */
	while (r == 0 && late < t_ms && late - early > 1) {
		int64_t middle = early + (late - early) / 2, other;

		r = moment_of(store, middle, &other);
		if (other == INT64_MIN) {
			late = middle;
		} else {
			early = middle;
			found = other;
		}
	}
	if (r == 0)
		*ret_ms = found;
	return r;
}
