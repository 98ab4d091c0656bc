// SPDX-License-Identifier: GPL-2.0-only
#include "series.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "base/clock.h"
#include "base/util.h"
#include "contmond/model/emit.h"
#include "contmond/store/history.h"
#include "range.h"

#define SYSTEM_PREFIX "system_"
#define TOTAL "_total"
#define PER_SECOND "_per_second"
#define MAX_ROWS 50000
#define DEFAULT_RANGE_MS (15 * 60 * 1000)

/* What a row can have of its samples, in the order of its keys */
static const struct {
	const char *word;
	enum history_aggregate aggregate;
} parts[] = {
	{ "min", HISTORY_MIN },
	{ "mean", HISTORY_MEAN },
	{ "max", HISTORY_MAX },
};

/*
 * The series of a request: @column is of one of three tables. It is asked for
 * once for each of the parts that are wanted, whose keys are @keys. @chooses:
 * the step is ours to choose; @widened: it is wider than the interval.
 */
struct asked {
	struct history_query query;
	const struct column *column;
	const struct column *columns[ARRAY_SIZE(parts)];
	enum history_aggregate aggregates[ARRAY_SIZE(parts)];
	const char *keys[ARRAY_SIZE(parts)];
	bool chooses;
	bool widened;
};

/* Values on which the step depends, besides the request */
struct now {
	int64_t nr_containers;
	int64_t interval_ms;
};

static struct now look(const struct facts *facts)
{
	struct now now;

	facts_hold(facts);
	now.nr_containers = (int64_t)facts->model->nr_containers;
	now.interval_ms = (int64_t)facts->status->interval_ms;
	facts_release(facts);
	return now;
}

static int64_t nr_words(const char *list)
{
	int64_t nr = 1;

	for (; *list; list++)
		nr += *list == ',';
	return nr;
}

/*
 * The narrowest step with which all rows fit, one per container and step, if
 * those that run now are the ones of the range: widen_step() if not.
 */
static int64_t choose_step(const struct history_query *query, struct now now)
{
	int64_t nr = query->is_system ? 1 : query->containers ?
		     nr_words(query->containers) : now.nr_containers;
	int64_t most = MAX_ROWS / (nr > 0 ? nr : 1);
	int64_t least = (query->to_ms - query->from_ms) / (most > 1 ? most - 1 :
								      1);

	return least <= now.interval_ms ? now.interval_ms :
					  history_round_step(least);
}

/* One with which the rows of the steps that did not fit may fit as well */
static int64_t widen_step(const struct history_query *query,
			  const struct history *history)
{
	double step = (double)query->step_ms;
	double wanted = (double)(query->to_ms - query->from_ms);
	double had = history->nr == 0 ? 0 :
		     (double)(query->to_ms - history->rows[0].t_ms);

	return history_round_step((int64_t)fmax(step * wanted / fmax(had, step),
						step + 1));
}

static bool read_range(const struct facts *facts,
		       const struct request *request, struct reply *reply,
		       struct asked *asked)
{
	struct history_query *query = &asked->query;
	const struct now now = look(facts);

	query->to_ms = (int64_t)(clock_realtime_ns() / NS_PER_MS);
	if (!range_read_ms(request, reply, "to", &query->to_ms))
		return false;
	query->from_ms = query->to_ms > DEFAULT_RANGE_MS ?
		query->to_ms - DEFAULT_RANGE_MS : 0;
	if (!range_read(request, reply, &query->from_ms, &query->to_ms) ||
	    !range_read_ms(request, reply, "step", &query->step_ms))
		return false;
	asked->chooses = !request_get(request, "step");
	if (asked->chooses)
		query->step_ms = choose_step(query, now);
	if (query->step_ms < now.interval_ms)
		query->step_ms = now.interval_ms;
	asked->widened = asked->chooses && query->step_ms > now.interval_ms;
	return true;
}

/* Without a step in the request, all rows fit. */
static int read_history(struct store *store, struct asked *asked,
			struct history *ret)
{
	struct history_query *query = &asked->query;
	int r = store_history(store, query, ret);

	while (r == 0 && ret->truncated && asked->chooses &&
	       query->step_ms <= query->to_ms - query->from_ms) {
		query->step_ms = widen_step(query, ret);
		asked->widened = true;
		history_done(ret);
		r = store_history(store, query, ret);
	}
	return r;
}

/* A word of the list that is none of the parts, or NULL */
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

/* One value of a row is "v"; several are called what they are. */
static bool read_aggregate(const struct request *request, struct reply *reply,
			   struct asked *asked)
{
	_cleanup_free_ char *list = strdup(request_get(request, "aggregate") ?:
					   "mean");
	bool wanted[ARRAY_SIZE(parts)] = { 0 };
	const char *unknown;
	size_t i, nr = 0;

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
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		if (!wanted[i])
			continue;
		asked->columns[nr] = asked->column;
		asked->keys[nr] = parts[i].word;
		asked->aggregates[nr++] = parts[i].aggregate;
	}
	if (nr == 1)
		asked->keys[0] = "v";
	asked->query.nr_columns = nr;
	return true;
}

/* NAME_per_second is the gain of NAME_total, unless the table has it itself. */
static void find_in(const struct table *table, const char *metric,
		    struct asked *asked)
{
	const size_t length = strlen(metric);
	const size_t end_length = sizeof(PER_SECOND) - 1;
	char total[64];

	asked->column = table_find(table, metric);
	if (asked->column || length < end_length || length >= sizeof(total) ||
	    strcmp(metric + length - end_length, PER_SECOND) != 0)
		return;
	snprintf(total, sizeof(total), "%.*s" TOTAL,
		 (int)(length - end_length), metric);
	asked->column = table_find(table, total);
	asked->query.rates = asked->column != NULL;
}

/* With a device, a metric is one of devices. */
static void find_column(const char *metric, struct asked *asked)
{
	const size_t length = sizeof(SYSTEM_PREFIX) - 1;
	struct history_query *query = &asked->query;

	if (query->device) {
		find_in(&device_table, metric, asked);
		return;
	}
	query->is_system = strncmp(metric, SYSTEM_PREFIX, length) == 0;
	if (query->is_system)
		find_in(&system_table, metric + length, asked);
	else
		find_in(&container_table, metric, asked);
}

/* Seconds gained in a second have no unit, as counts have none. */
static enum unit unit_of(const struct asked *asked)
{
	if (!asked->query.rates)
		return asked->column->unit;
	return asked->column->unit == UNIT_BYTES ? UNIT_BYTES_PER_SECOND :
						   UNIT_COUNT;
}

static bool read_metric(const struct request *request, struct reply *reply,
			struct asked *asked)
{
	const char *metric = request_get(request, "metric");

	if (!metric) {
		reply_error(reply, 400, "metric is required");
		return false;
	}
	asked->query.device = request_get(request, "device");
	find_column(metric, asked);
	if (asked->column && column_is_metric(asked->column) &&
	    !asked->column->is_live)
		return true;
	reply_error(reply, 404, asked->column && asked->column->is_live ?
		    "no past is kept of this metric: %s" :
		    asked->query.device ? "no such metric of devices: %s" :
		    "no such metric: %s", metric);
	return false;
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

static void write_meta(const char *metric, const struct asked *asked,
		       const struct history *history, struct reply *reply)
{
	const struct history_query *query = &asked->query;
	struct buffer *body = &reply->body;

	buffer_puts(body, "],\"meta\":{");
	emit_member(body, "metric", metric, true);
	emit_member(body, "unit", unit_name(unit_of(asked)), false);
	emit_key(body, "counter", false);
	buffer_puts(body, column_is_total(asked->column) && !query->rates ?
		    "true" : "false");
	emit_key(body, "from", false);
	emit_number(body, (double)query->from_ms);
	emit_key(body, "to", false);
	emit_number(body, (double)query->to_ms);
	emit_key(body, "step_ms", false);
	emit_number(body, (double)query->step_ms);
	emit_key(body, "step_widened", false);
	buffer_puts(body, asked->widened ? "true" : "false");
	emit_key(body, "resolution_ms", false);
	emit_number(body, (double)history->resolution_ms);
	emit_key(body, "truncated", false);
	buffer_puts(body, history->truncated ? "true}}\n" : "false}}\n");
}

void series_handle(const struct facts *facts, const struct request *request,
		   struct reply *reply)
{
	struct asked asked = { .query.max_rows = MAX_ROWS };
	struct history history;
	int r;

	asked.query.columns = asked.columns;
	asked.query.aggregates = asked.aggregates;
	if (!read_metric(request, reply, &asked) ||
	    !read_aggregate(request, reply, &asked))
		return;
	asked.query.containers = request_get(request, "container");
	if (!read_range(facts, request, reply, &asked))
		return;
	r = read_history(facts->store, &asked, &history);
	if (r < 0) {
		reply_past_error(reply, r);
		return;
	}
	write_rows(&asked, &history, reply);
	write_meta(request_get(request, "metric"), &asked, &history, reply);
	history_done(&history);
}
