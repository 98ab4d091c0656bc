/* SPDX-License-Identifier: GPL-2.0-only */
/* Questions about what a ring keeps: numbers over time, in even steps. */
#ifndef CONTMOND_STORE_POINTS_H
#define CONTMOND_STORE_POINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "contmond/model/rows.h"
#include "ring.h"

/**
 * struct points_query - what to look for
 * @column: a metric of system_table or of container_table
 * @is_system: which of the two
 * @containers: titles, ids or short ids, separated by commas; NULL for all
 * @from_ms: first moment of interest
 * @to_ms: last one
 * @step_ms: width of a step, above 0
 * @max_points: at most so many; the oldest are left out
 */
struct points_query {
	const struct column *column;
	bool is_system;
	const char *containers;
	int64_t from_ms;
	int64_t to_ms;
	int64_t step_ms;
	size_t max_points;
};

/** struct point - @container belongs to the ring */
struct point {
	int64_t t_ms;
	const char *container;
	double value;
};

/** struct points - in ascending order of time, then container */
struct points {
	struct point *all;
	size_t nr;
	bool truncated;
};

/**
 * points_query() - collect points; free with points_done()
 *
 * Steps begin at multiples of @step_ms. Those that begin within the range are
 * answered, whole, so a point does not depend on where the range begins. A
 * point is the mean of the known numbers in its step, for totals and codes
 * the last. A step without a sample of a container has no point.
 */
int points_query(const struct ring *ring, const struct points_query *query,
		 struct points *ret);

void points_done(struct points *points);

#endif /* CONTMOND_STORE_POINTS_H */
