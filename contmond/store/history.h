/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers over time, from recent ticks to hours of months ago. */
#ifndef CONTMOND_STORE_HISTORY_H
#define CONTMOND_STORE_HISTORY_H

#include "store.h"

/* How the numbers of a step become one */
enum history_aggregate {
	HISTORY_MEAN,	/* for codes and totals the last */
	HISTORY_MIN,
	HISTORY_MAX,
};

/*
 * Limits for different metrics, and for columns: each metric with every
 * aggregate
 */
#define HISTORY_MAX_METRICS 128
#define HISTORY_MAX_COLUMNS (3 * HISTORY_MAX_METRICS)

/**
 * struct history_query - what to look for
 * @columns: metrics of system_table, container_table or device_table
 * @is_system: they are those of system_table
 * @device: for device_table: the device, by number ("8:0") or name ("sda");
 *	else NULL
 * @rates: for each column, whether to return the gain per second of a total,
 *	not the total; NULL: of none
 * @aggregates: one for each column, which may be there several times; NULL:
 *	@aggregate for all
 * @containers: titles, ids or short ids, comma-separated; NULL for all
 * @from_ms: first moment
 * @to_ms: last moment
 * @step_ms: width of a step, above 0
 * @max_rows: row limit; the oldest steps are left out, even the only one
 */
struct history_query {
	const struct column *const *columns;
	size_t nr_columns;
	bool is_system;
	const char *device;
	const bool *rates;
	enum history_aggregate aggregate;
	const enum history_aggregate *aggregates;
	const char *containers;
	int64_t from_ms;
	int64_t to_ms;
	int64_t step_ms;
	size_t max_rows;
};

/** struct history_row - @container belongs to the answer */
struct history_row {
	int64_t t_ms;
	const char *container;
};

/**
 * struct history - rows in ascending order of time, then container
 * @values: for each row its columns; NAN is unknown
 * @resolution_ms: of the coarsest tier that was needed; 0 for ticks
 * @truncated: rows were left out: all of them if @nr is 0
 * @titles: of the containers that were there in the range
 */
struct history {
	struct history_row *rows;
	double *values;
	size_t nr;
	size_t nr_columns;
	int64_t resolution_ms;
	bool truncated;
	char **titles;
	size_t nr_titles;
};

/**
 * store_history() - answer a query; free with history_done()
 *
 * Steps begin at multiples of @step_ms. The answer has all steps that begin
 * within the range, and these completely, so a row does not depend on where the
 * range begins. There is no row for a step in which a container was not
 * present. If all remaining moments are wider than a step, each belongs to the
 * step in which it begins.
 *
 * Returns -EINVAL for too many columns or metrics, -ENOMEM, or an error of the
 * database.
 */
int store_history(struct store *store, const struct history_query *query,
		  struct history *ret);

void history_done(struct history *history);

/** history_step_of() - the beginning of the step that contains @t_ms */
int64_t history_step_of(int64_t t_ms, int64_t step_ms);

/** history_round_step() - round a step width up to fit the grid of a chart */
int64_t history_round_step(int64_t width_ms);

/**
 * history_widest_step() - the widest such width of which a step begins in any
 * range of @range_ms; for less than a second @range_ms
 */
int64_t history_widest_step(int64_t range_ms);

#endif /* CONTMOND_STORE_HISTORY_H */
