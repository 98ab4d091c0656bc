// SPDX-License-Identifier: GPL-2.0-only
#include "columns.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/util.h"

/* A row's three numbers of a metric */
static const struct {
	enum history_aggregate aggregate;
	size_t offset;
} parts[] = {
	{ HISTORY_MEAN, offsetof(struct cli_past_row, mean) },
	{ HISTORY_MIN, offsetof(struct cli_past_row, least) },
	{ HISTORY_MAX, offsetof(struct cli_past_row, most) },
};

/** struct asked - the columns of a query, and where a row has them */
struct asked {
	const struct column *columns[HISTORY_MAX_COLUMNS];
	enum history_aggregate aggregates[HISTORY_MAX_COLUMNS];
	size_t offsets[HISTORY_MAX_COLUMNS];
	size_t nr;
};

size_t cli_past_metrics(const struct table *table,
			const struct column *ret[HISTORY_MAX_METRICS])
{
	size_t i, nr = 0;

	for (i = 0; i < table->nr_columns && nr < HISTORY_MAX_METRICS; i++) {
		const struct column *column = &table->columns[i];

		if (column_is_metric(column) && !column->is_live)
			ret[nr++] = column;
	}
	return nr;
}

static void ask_for(const struct table *table, size_t nr_parts,
		    struct asked *asked)
{
	const struct column *metrics[HISTORY_MAX_METRICS];
	size_t i, j, nr = cli_past_metrics(table, metrics);

	asked->nr = 0;
	for (i = 0; i < nr_parts; i++) {
		for (j = 0; j < nr; j++, asked->nr++) {
			asked->columns[asked->nr] = metrics[j];
			asked->aggregates[asked->nr] = parts[i].aggregate;
			asked->offsets[asked->nr] = parts[i].offset +
						    metrics[j]->offset;
		}
	}
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

/* Takes over the titles. What was not asked for is unknown. */
static int make_rows(struct history *history, const struct table *table,
		     const struct asked *asked, struct cli_past_rows *ret)
{
	struct cli_past_rows rows = {
		.v = calloc(history->nr + 1, sizeof(*rows.v)),
		.nr = history->nr,
		.resolution_ms = history->resolution_ms,
		.truncated = history->truncated,
		.titles = history->titles,
		.nr_titles = history->nr_titles,
	};
	const double *value = history->values;
	size_t i, j;

	if (!rows.v)
		return -ENOMEM;
	history->titles = NULL;
	for (i = 0; i < rows.nr; i++) {
		struct cli_past_row *row = &rows.v[i];

		row->row.id = i;
		row->t_ms = history->rows[i].t_ms;
		row->container = history->rows[i].container;
		forget_numbers(table, &row->mean);
		forget_numbers(table, &row->least);
		forget_numbers(table, &row->most);
		for (j = 0; j < asked->nr; j++)
			*(double *)((char *)row + asked->offsets[j]) = *value++;
	}
	*ret = rows;
	return 0;
}

int cli_past_read(struct store *store, const struct cli_past_range *range,
		  struct cli_past_rows *ret)
{
	const struct table *table = cli_past_list_of(range)->table;
	struct asked asked;
	struct history_query query = {
		.columns = asked.columns,
		.aggregates = asked.aggregates,
		.is_system = range->is_host,
		.device = range->device,
		.containers = range->containers,
		.from_ms = range->from_ms,
		.to_ms = range->to_ms,
		.step_ms = range->step_ms,
		.max_rows = range->max_rows,
	};
	struct history history;
	int r;

	ask_for(table, range->means_only ? 1 : ARRAY_SIZE(parts), &asked);
	query.nr_columns = asked.nr;
	r = store_history(store, &query, &history);
	if (r < 0)
		return r;
	r = make_rows(&history, table, &asked, ret);
	history_done(&history);
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
