// SPDX-License-Identifier: GPL-2.0-only
#include "rows.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* For each of a row's three numbers: its offset, and the query for it */
static const struct {
	enum history_aggregate aggregate;
	size_t offset;
} parts[] = {
	{ HISTORY_MEAN, offsetof(struct cli_past_row, mean) },
	{ HISTORY_MIN, offsetof(struct cli_past_row, least) },
	{ HISTORY_MAX, offsetof(struct cli_past_row, most) },
};

#define NR_PARTS (sizeof(parts) / sizeof(parts[0]))

size_t cli_past_metrics(const struct table *table,
			const struct column *ret[HISTORY_MAX_COLUMNS])
{
	size_t i, nr = 0;

	for (i = 0; i < table->nr_columns && nr < HISTORY_MAX_COLUMNS; i++) {
		const struct column *column = &table->columns[i];

		if (column_is_metric(column) && !column->is_live)
			ret[nr++] = column;
	}
	return nr;
}

static void forget_numbers(const struct table *table, void *row)
{
	size_t i;

	for (i = 0; i < table->nr_columns; i++) {
		const struct column *column = &table->columns[i];

		if (column->unit != UNIT_TEXT)
			*(double *)((char *)row + column->offset) = NAN;
	}
}

/* Makes rows in which all numbers are unknown; takes over the titles. */
static int begin(struct history *history, const struct table *table,
		 struct cli_past_rows *rows)
{
	size_t i;

	rows->v = calloc(history->nr + 1, sizeof(*rows->v));
	if (!rows->v)
		return -ENOMEM;
	rows->nr = history->nr;
	rows->resolution_ms = history->resolution_ms;
	rows->truncated = history->truncated;
	rows->titles = history->titles;
	rows->nr_titles = history->nr_titles;
	history->titles = NULL;
	for (i = 0; i < rows->nr; i++) {
		struct cli_past_row *row = &rows->v[i];

		row->row.id = i;
		row->t_ms = history->rows[i].t_ms;
		row->container = history->rows[i].container;
		forget_numbers(table, &row->mean);
		forget_numbers(table, &row->least);
		forget_numbers(table, &row->most);
	}
	return 0;
}

static int compare(const struct history_row *a, const struct cli_past_row *b)
{
	if (a->t_ms != b->t_ms)
		return a->t_ms < b->t_ms ? -1 : 1;
	return strcmp(a->container, b->container);
}

/*
 * Both are in the same order. contmond may have added or deleted a moment
 * between the two queries.
 */
static void fill(const struct history *history,
		 const struct column *const *metrics, size_t offset,
		 struct cli_past_rows *rows)
{
	size_t i, j, k = 0;

	for (i = 0; i < rows->nr; i++) {
		char *part = (char *)&rows->v[i] + offset;

		while (k < history->nr &&
		       compare(&history->rows[k], &rows->v[i]) < 0)
			k++;
		if (k == history->nr ||
		    compare(&history->rows[k], &rows->v[i]) != 0)
			continue;
		for (j = 0; j < history->nr_columns; j++)
			*(double *)(part + metrics[j]->offset) =
				history->values[k * history->nr_columns + j];
	}
}

int cli_past_read(struct store *store, const struct cli_past_range *range,
		  struct cli_past_rows *ret)
{
	const struct table *table = range->is_host ? &system_table :
				    range->device ? &device_table :
						    &container_table;
	const struct column *metrics[HISTORY_MAX_COLUMNS];
	struct history_query query = {
		.columns = metrics,
		.nr_columns = cli_past_metrics(table, metrics),
		.is_system = range->is_host,
		.device = range->device,
		.containers = range->containers,
		.from_ms = range->from_ms,
		.to_ms = range->to_ms,
		.step_ms = range->step_ms,
		.max_rows = range->max_rows,
	};
	size_t i, nr = range->means_only ? 1 : NR_PARTS;
	struct cli_past_rows rows = { 0 };
	struct history history;
	int r = 0;

	for (i = 0; i < nr && r == 0; i++) {
		query.aggregate = parts[i].aggregate;
		r = store_history(store, &query, &history);
		if (r < 0)
			break;
		if (i == 0)
			r = begin(&history, table, &rows);
		if (r == 0)
			fill(&history, metrics, parts[i].offset, &rows);
		history_done(&history);
	}
	if (r < 0)
		cli_past_rows_done(&rows);
	else
		*ret = rows;
	return r;
}

void cli_past_rows_done(struct cli_past_rows *rows)
{
	size_t i;

	for (i = 0; i < rows->nr_titles; i++)
		free(rows->titles[i]);
	free(rows->titles);
	free(rows->v);
	*rows = (struct cli_past_rows){ 0 };
}
