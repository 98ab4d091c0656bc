// SPDX-License-Identifier: GPL-2.0-only
#include "series.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "base/util.h"
#include "contmond/model/emit.h"
#include "contmond/store/history.h"
#include "steps.h"

#define SYSTEM_PREFIX "system_"
#define TOTAL "_total"
#define PER_SECOND "_per_second"
#define MAX_ROWS 50000 /* of one metric */
#define MAX_METRICS 16

/* The values that a row can have for its step, in the order of their keys */
static const struct {
	const char *word;
	enum history_aggregate aggregate;
} parts[] = {
	{ "min", HISTORY_MIN },
	{ "mean", HISTORY_MEAN },
	{ "max", HISTORY_MAX },
};

static_assert(ARRAY_SIZE(parts) <= MAX_METRICS, "one metric in all parts");

/* A column of one of three tables, or the gain per second of one */
struct metric {
	const char *name;
	const struct column *column;
	bool is_gain;
};

/*
 * The series of a request. A row has several metrics, or several parts of one,
 * so that its values are no more than MAX_METRICS; their keys are @keys.
 * @names: of the metrics, which point into it.
 */
struct asked {
	struct history_query query;
	struct steps steps;
	char *names;
	struct metric metrics[MAX_METRICS];
	size_t nr_metrics;
	const struct column *columns[MAX_METRICS];
	bool gains[MAX_METRICS];
	enum history_aggregate aggregates[MAX_METRICS];
	const char *keys[MAX_METRICS];
};

static bool read_steps(const struct facts *facts,
		       const struct request *request, struct reply *reply,
		       struct asked *asked)
{
	struct history_query *query = &asked->query;

	asked->steps = (struct steps){
		.containers = query->containers,
		.is_system = query->is_system,
		.max_rows = query->max_rows,
		.max_steps = query->max_rows,
		.round = history_round_step,
	};
	if (!steps_read(&asked->steps, facts, request, reply))
		return false;
	query->from_ms = asked->steps.from_ms;
	query->to_ms = asked->steps.to_ms;
	query->step_ms = asked->steps.step_ms;
	return true;
}

/* The time of which the rows fitted */
static int64_t had_ms(const struct history_query *query,
		      const struct history *history)
{
	return history->nr == 0 ? 0 : query->to_ms - history->rows[0].t_ms;
}

/* If the request has no step, widens it until all rows fit, if they can. */
static int read_history(struct store *store, struct asked *asked,
			struct history *ret)
{
	struct history_query *query = &asked->query;
	int r = store_history(store, query, ret);

	while (r == 0 && ret->truncated &&
	       steps_widen(&asked->steps, ret->nr_titles, had_ms(query, ret))) {
		query->step_ms = asked->steps.step_ms;
		history_done(ret);
		r = store_history(store, query, ret);
	}
	return r;
}

/* Returns an unknown word of the list, or NULL if all are known. */
static const char *mark_parts(char *list, bool wanted[ARRAY_SIZE(parts)])
{
	char *word;
	size_t i;

	while ((word = strsep(&list, ","))) {
		for (i = 0; i < ARRAY_SIZE(parts); i++) {
			if (strcmp(parts[i].word, word) == 0)
				break;
		}
		if (i == ARRAY_SIZE(parts))
			return word;
		wanted[i] = true;
	}
	return NULL;
}

static void add_values(const struct metric *metric,
		       const bool wanted[ARRAY_SIZE(parts)],
		       struct asked *asked)
{
	size_t i, *nr = &asked->query.nr_columns;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		if (!wanted[i])
			continue;
		asked->columns[*nr] = metric->column;
		asked->gains[*nr] = metric->is_gain;
		asked->aggregates[*nr] = parts[i].aggregate;
		asked->keys[(*nr)++] = asked->nr_metrics > 1 ? metric->name :
							       parts[i].word;
	}
}

static size_t count(const bool wanted[ARRAY_SIZE(parts)])
{
	size_t i, nr = 0;

	for (i = 0; i < ARRAY_SIZE(parts); i++)
		nr += wanted[i];
	return nr;
}

/* One value of a row is "v"; several are called what they are. */
static bool read_aggregate(const struct request *request, struct reply *reply,
			   struct asked *asked)
{
	_cleanup_free_ char *list = strdup(request_get(request, "aggregate") ?:
					   "mean");
	bool wanted[ARRAY_SIZE(parts)] = { 0 };
	const char *unknown;
	size_t i;

	if (!list) {
		reply_error(reply, 503, "out of memory");
		return false;
	}
	unknown = mark_parts(list, wanted);
	if (unknown) {
		reply_error(reply, 400, "aggregate: not mean, min or max: %s",
			    unknown);
		return false;
	}
	if (asked->nr_metrics > 1 && count(wanted) > 1) {
		reply_error(reply, 400, "aggregate: only one of several "
			    "metrics");
		return false;
	}
	for (i = 0; i < asked->nr_metrics; i++)
		add_values(&asked->metrics[i], wanted, asked);
	if (asked->query.nr_columns == 1)
		asked->keys[0] = "v";
	return true;
}

/* NAME_per_second is the gain of NAME_total, unless the table has it itself. */
static void find_in(const struct table *table, const char *name,
		    struct metric *ret)
{
	const size_t length = strlen(name);
	const size_t end_length = sizeof(PER_SECOND) - 1;
	char total[64];

	ret->column = table_find(table, name);
	if (ret->column || length < end_length || length >= sizeof(total) ||
	    strcmp(name + length - end_length, PER_SECOND) != 0)
		return;
	snprintf(total, sizeof(total), "%.*s" TOTAL,
		 (int)(length - end_length), name);
	ret->column = table_find(table, total);
	ret->is_gain = ret->column != NULL;
}

/* With a device, a metric is one of devices. */
static bool is_of_system(const struct history_query *query, const char *name)
{
	return !query->device && strncmp(name, SYSTEM_PREFIX,
					 sizeof(SYSTEM_PREFIX) - 1) == 0;
}

static void find_column(const struct history_query *query,
			struct metric *metric)
{
	if (is_of_system(query, metric->name))
		find_in(&system_table,
			metric->name + sizeof(SYSTEM_PREFIX) - 1, metric);
	else
		find_in(query->device ? &device_table : &container_table,
			metric->name, metric);
}

/* Seconds gained in a second have no unit, as counts have none. */
static enum unit unit_of(const struct metric *metric)
{
	if (!metric->is_gain)
		return metric->column->unit;
	return metric->column->unit == UNIT_BYTES ? UNIT_BYTES_PER_SECOND :
						    UNIT_COUNT;
}

static bool is_counter(const struct metric *metric)
{
	return column_is_total(metric->column) && !metric->is_gain;
}

static bool is_kept(const struct history_query *query,
		    const struct metric *metric, struct reply *reply)
{
	const struct column *column = metric->column;

	if (column && column_is_metric(column) && !column->is_live)
		return true;
	reply_error(reply, 404, column && column->is_live ?
		    "no past is kept of this metric: %s" :
		    query->device ? "no such metric of devices: %s" :
		    "no such metric: %s", metric->name);
	return false;
}

static bool add_metric(struct asked *asked, const char *name,
		       struct reply *reply)
{
	struct history_query *query = &asked->query;
	const bool is_system = is_of_system(query, name);
	struct metric metric = { .name = name };
	size_t i;

	for (i = 0; i < asked->nr_metrics; i++) {
		if (strcmp(asked->metrics[i].name, name) == 0)
			return true;
	}
	find_column(query, &metric);
	if (!is_kept(query, &metric, reply))
		return false;
	if (asked->nr_metrics == MAX_METRICS) {
		reply_error(reply, 400, "metric: more than %d", MAX_METRICS);
		return false;
	}
	if (asked->nr_metrics > 0 && query->is_system != is_system) {
		reply_error(reply, 400, "metric: not both of the host and of "
			    "containers");
		return false;
	}
	query->is_system = is_system;
	asked->metrics[asked->nr_metrics++] = metric;
	return true;
}

static bool read_metrics(const struct request *request, struct reply *reply,
			 struct asked *asked)
{
	const char *list = request_get(request, "metric");
	char *rest, *name;

	if (!list) {
		reply_error(reply, 400, "metric is required");
		return false;
	}
	asked->names = rest = strdup(list);
	if (!rest) {
		reply_error(reply, 503, "out of memory");
		return false;
	}
	asked->query.device = request_get(request, "device");
	while ((name = strsep(&rest, ","))) {
		if (!add_metric(asked, name, reply))
			return false;
	}
	asked->query.max_rows = MAX_ROWS / asked->nr_metrics;
	return true;
}

static void write_rows(const struct asked *asked,
		       const struct history *history, struct reply *reply)
{
	const size_t nr = history->nr_columns;
	size_t i, j;

	answer_begin(reply);
	for (i = 0; i < history->nr; i++) {
		answer_next(reply);
		emit_key(&reply->body, "t", true);
		emit_number(&reply->body, (double)history->rows[i].t_ms);
		emit_member(&reply->body, "container",
			    history->rows[i].container, false);
		for (j = 0; j < nr; j++) {
			emit_key(&reply->body, asked->keys[j], false);
			emit_number(&reply->body, history->values[i * nr + j]);
		}
		buffer_putc(&reply->body, '}');
	}
}

/* Of several metrics what they have in common */
static void write_metrics(const struct asked *asked, struct buffer *body)
{
	const struct metric *first = &asked->metrics[0];
	bool is_one_unit = true, is_one_kind = true;
	size_t i;

	emit_key(body, "metric", true);
	buffer_putc(body, '"');
	for (i = 0; i < asked->nr_metrics; i++) {
		const struct metric *metric = &asked->metrics[i];

		buffer_puts(body, i > 0 ? "," : "");
		buffer_puts(body, metric->name);
		is_one_unit &= unit_of(metric) == unit_of(first);
		is_one_kind &= is_counter(metric) == is_counter(first);
	}
	buffer_putc(body, '"');
	emit_member(body, "unit", is_one_unit ? unit_name(unit_of(first)) :
						NULL, false);
	emit_key(body, "counter", false);
	buffer_puts(body, !is_one_kind ? "null" :
		    is_counter(first) ? "true" : "false");
}

static void write_meta(const struct asked *asked,
		       const struct history *history, struct reply *reply)
{
	struct buffer *body = &reply->body;

	buffer_puts(body, "],\"meta\":{");
	write_metrics(asked, body);
	steps_write(&asked->steps, history->resolution_ms, false, body);
	emit_key(body, "truncated", false);
	buffer_puts(body, history->truncated ? "true}}\n" : "false}}\n");
}

static bool read_asked(const struct facts *facts,
		       const struct request *request, struct reply *reply,
		       struct asked *asked)
{
	if (!read_metrics(request, reply, asked) ||
	    !read_aggregate(request, reply, asked))
		return false;
	asked->query.columns = asked->columns;
	asked->query.rates = asked->gains;
	asked->query.aggregates = asked->aggregates;
	asked->query.containers = request_get(request, "container");
	return read_steps(facts, request, reply, asked);
}

static void answer(const struct facts *facts, struct asked *asked,
		   struct reply *reply)
{
	struct history history;
	int r = read_history(facts->store, asked, &history);

	if (r < 0) {
		reply_past_error(reply, r);
		return;
	}
	if (history.truncated && history.nr == 0) {
		reply_error(reply, 400, "metric: more than %zu containers in "
			    "one step; ask for fewer containers or metrics",
			    asked->query.max_rows);
	} else {
		write_rows(asked, &history, reply);
		write_meta(asked, &history, reply);
	}
	history_done(&history);
}

void series_handle(const struct facts *facts, const struct request *request,
		   struct reply *reply)
{
	struct asked asked = { .nr_metrics = 0 };

	if (read_asked(facts, request, reply, &asked))
		answer(facts, &asked, reply);
	free(asked.names);
}
