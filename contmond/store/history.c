// SPDX-License-Identifier: GPL-2.0-only
#include "history.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "gather.h"

#define DAY_MS 86400000

static const int64_t widths_s[] = {
	1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400,
	21600, 43200, 86400,
};

int64_t history_round_step(int64_t width_ms)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(widths_s); i++) {
		if (widths_s[i] * 1000 >= width_ms)
			return widths_s[i] * 1000;
	}
	return (width_ms + DAY_MS - 1) / DAY_MS * DAY_MS;
}

int64_t history_widest_step(int64_t range_ms)
{
	size_t i;

	if (range_ms >= DAY_MS)
		return range_ms / DAY_MS * DAY_MS;
	for (i = ARRAY_SIZE(widths_s); i-- > 0;) {
		if (widths_s[i] * 1000 <= range_ms)
			return widths_s[i] * 1000;
	}
	return range_ms;
}

/* Metrics */

static int add_input(struct asking *asking, const char *metric, size_t *ret)
{
	size_t i;

	for (i = 0; i < asking->nr_inputs; i++) {
		if (strcmp(asking->inputs[i], metric) == 0)
			break;
	}
	if (i == HISTORY_MAX_INPUTS)
		return -EINVAL;
	if (i == asking->nr_inputs) {
		snprintf(asking->inputs[i], sizeof(asking->inputs[i]), "%s",
			 metric);
		asking->nr_inputs++;
	}
	*ret = i;
	return 0;
}

static int find_inputs(struct asking *asking)
{
	const struct history_query *query = asking->query;
	size_t i;
	int r = query->nr_columns > HISTORY_MAX_COLUMNS ? -EINVAL : 0;

	for (i = 0; i < query->nr_columns && r == 0; i++) {
		const struct column *column = query->columns[i];
		struct derived derived = { 0 };
		struct output *output = &asking->outputs[i];
		char metric[64];

		if (!query->is_system)
			derived = derived_find(column->key);
		snprintf(metric, sizeof(metric), "%s%s",
			 query->is_system ? "system_" : "", column->key);
		output->how = derived.how;
		r = add_input(asking, derived.how == DERIVED_NOT ? metric :
			      derived.from, &output->from);
		if (r == 0 && derived.how == DERIVED_PERCENT)
			r = add_input(asking, derived.of, &output->of);
		output->of_rate = derived.how == DERIVED_RATE ||
				  derived.how == DERIVED_RATE_PERCENT ||
				  (query->rates && query->rates[i] &&
				   column_is_total(column));
	}
	return r;
}

int64_t history_step_of(int64_t t_ms, int64_t step_ms)
{
	int64_t rest = t_ms % step_ms;

	return t_ms - (rest < 0 ? rest + step_ms : rest);
}

/* Rows */

static double mean(const struct folded *folded)
{
	return folded->weight > 0 ? folded->sum / folded->weight : NAN;
}

static double choose(const struct folded *folded,
		     enum history_aggregate aggregate)
{
	if (folded->weight == 0)
		return NAN;
	switch (aggregate) {
	case HISTORY_MIN:
		return folded->lo;
	case HISTORY_MAX:
		return folded->hi;
	default:
		return mean(folded);
	}
}

static double rate(const struct folded *folded,
		   enum history_aggregate aggregate)
{
	double number = choose(folded, aggregate);

	/* The mean is a gain per ms; the extremes are already per second. */
	return aggregate == HISTORY_MEAN ? number * 1000 : number;
}

static double percent(const struct folded *from, const struct folded *of,
		      enum history_aggregate aggregate)
{
	if (aggregate == HISTORY_MIN)
		return choose(from, HISTORY_MIN) / choose(of, HISTORY_MAX) *
		       100;
	if (aggregate == HISTORY_MAX)
		return choose(from, HISTORY_MAX) / choose(of, HISTORY_MIN) *
		       100;
	return mean(from) / mean(of) * 100;
}

static double value_of(const struct asking *asking, size_t i,
		       const struct folded *part)
{
	const struct output *output = &asking->outputs[i];
	const struct column *column = asking->query->columns[i];
	const struct history_query *query = asking->query;
	enum history_aggregate aggregate = query->aggregates ?
		query->aggregates[i] : query->aggregate;
	const struct folded *from = &part[output->from];

	if (output->how == DERIVED_PERCENT)
		return percent(from, &part[output->of], aggregate);
	if (output->how == DERIVED_RATE_PERCENT)
		return rate(from, aggregate) / asking->nr_cpus * 100;
	if (output->of_rate)
		return rate(from, aggregate);
	if (column_is_total(column) ||
	    (column_is_code(column) && aggregate == HISTORY_MEAN))
		return from->last_seq ? from->last : NAN;
	return choose(from, aggregate);
}

static int make_rows(struct asking *asking, struct history *history)
{
	const struct history_query *query = asking->query;
	const struct fold *fold = &asking->fold;
	_cleanup_free_ uint32_t *order = NULL;
	size_t i, j;
	int r = fold_sort(fold, &order);

	if (r < 0)
		return r;
	history->truncated = fold->first_step > 0;
	history->nr = fold->nr;
	history->rows = calloc(history->nr + 1, sizeof(*history->rows));
	history->values = calloc(history->nr * query->nr_columns + 1,
				 sizeof(*history->values));
	if (!history->rows || !history->values)
		return -ENOMEM;
	for (i = 0; i < history->nr; i++) {
		const struct fold_key key = fold->keys[order[i]];

		history->rows[i] = (struct history_row){
			asking->first_ms +
				(int64_t)key.step * query->step_ms,
			history->titles[key.group],
		};
		for (j = 0; j < query->nr_columns; j++)
			history->values[i * query->nr_columns + j] =
				value_of(asking, j, fold->parts +
					 order[i] * fold->nr_inputs);
	}
	return 0;
}

static int make_answer(struct asking *asking, struct history *ret)
{
	struct history history = {
		.nr_columns = asking->query->nr_columns,
		.resolution_ms = asking->resolution_ms,
		.nr_titles = asking->titles.nr_groups,
	};
	size_t i;
	int r = 0;

	history.titles = calloc(history.nr_titles + 1, sizeof(char *));
	for (i = 0; i < history.nr_titles && history.titles && r == 0; i++) {
		history.titles[i] = strdup(asking->titles.groups[i]);
		r = history.titles[i] ? 0 : -ENOMEM;
	}
	if (!history.titles)
		r = -ENOMEM;
	if (r == 0)
		r = fold_trim(&asking->fold);
	if (r == 0)
		r = make_rows(asking, &history);
	if (r < 0) {
		history_done(&history);
		return r;
	}
	*ret = history;
	return 0;
}

static int ask(struct asking *asking)
{
	const struct history_query *query = asking->query;
	int r = query->is_system ?
		titles_host(&asking->titles, query->containers) :
		titles_load(&asking->titles, asking->view, query->containers,
			    query->device, asking->first_ms, asking->end_ms);

	if (r == 0 && asking->titles.nr_groups > 0 &&
	    asking->first_ms < asking->end_ms)
		r = sources_find(&asking->sources, asking->view,
				 asking->first_ms, asking->end_ms,
				 query->step_ms);
	return r == 0 ? gather(asking) : r;
}

int asking_begin(struct asking *asking, struct store *store,
		 struct view *view, size_t max_rows)
{
	const struct history_query *query = asking->query;
	int r = find_inputs(asking);

	asking->view = view;
	asking->first_ms = history_step_of(query->from_ms + query->step_ms - 1,
					   query->step_ms);
	asking->end_ms = history_step_of(query->to_ms, query->step_ms) +
			 query->step_ms;
	asking->nr_cpus = store_nr_cpus(store);
	if (r == 0)
		r = fold_init(&asking->fold, asking->nr_inputs, max_rows);
	return r == 0 ? view_begin(store, view) : r;
}

void asking_done(struct asking *asking)
{
	titles_done(&asking->titles);
	sources_done(&asking->sources);
	fold_done(&asking->fold);
	free(asking->timeline.all);
	roster_done(&asking->roster);
	free(asking->cells);
}

int store_history(struct store *store, const struct history_query *query,
		  struct history *ret)
{
	struct asking asking = { .query = query };
	struct view view;
	int r = asking_begin(&asking, store, &view, query->max_rows);

	if (r == 0) {
		r = ask(&asking);
		view_end(&view, r < 0 ? r : asking.damaged ? -EUCLEAN : 0);
	}
	if (r == 0)
		r = make_answer(&asking, ret);
	asking_done(&asking);
	return r;
}

void history_done(struct history *history)
{
	size_t i;

	for (i = 0; history->titles && i < history->nr_titles; i++)
		free(history->titles[i]);
	free(history->titles);
	free(history->rows);
	free(history->values);
	*history = (struct history){ 0 };
}
