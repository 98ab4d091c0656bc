// SPDX-License-Identifier: GPL-2.0-only
#include "series.h"

#include <string.h>

#include "answer.h"
#include "base/clock.h"
#include "base/text.h"
#include "contmond/store/points.h"
#include "emit.h"

#define SYSTEM_PREFIX "system_"
#define MAX_POINTS 50000
#define DEFAULT_RANGE_MS (15 * 60 * 1000)
#define MAX_EPOCH_MS (1LL << 50)

static bool number(const struct request *request, struct reply *reply,
		   const char *key, int64_t *value)
{
	const char *text = request_get(request, key);
	uint64_t read;

	if (!text)
		return true;
	if (text_to_u64(text, 0, MAX_EPOCH_MS, &read) < 0) {
		reply_error(reply, 400, "%s: not a number of milliseconds: %s",
			    key, text);
		return false;
	}
	*value = (int64_t)read;
	return true;
}

static bool read_range(const struct facts *facts,
		       const struct request *request, struct reply *reply,
		       struct points_query *query)
{
	int64_t interval_ms = (int64_t)facts->status->interval_ms;

	query->to_ms = (int64_t)(clock_realtime_ns() / NS_PER_MS);
	query->step_ms = interval_ms;
	if (!number(request, reply, "to", &query->to_ms))
		return false;
	query->from_ms = query->to_ms > DEFAULT_RANGE_MS ?
		query->to_ms - DEFAULT_RANGE_MS : 0;
	if (!number(request, reply, "from", &query->from_ms) ||
	    !number(request, reply, "step", &query->step_ms))
		return false;
	if (query->from_ms > query->to_ms) {
		reply_error(reply, 400, "from is later than to");
		return false;
	}
	if (query->step_ms < interval_ms)
		query->step_ms = interval_ms;
	return true;
}

static bool read_metric(const struct request *request, struct reply *reply,
			struct points_query *query)
{
	const char *metric = request_get(request, "metric");
	const size_t length = sizeof(SYSTEM_PREFIX) - 1;

	if (!metric) {
		reply_error(reply, 400, "metric is required");
		return false;
	}
	query->is_system = strncmp(metric, SYSTEM_PREFIX, length) == 0;
	if (query->is_system)
		query->column = table_find(&system_table, metric + length);
	else
		query->column = table_find(&container_table, metric);
	if (query->column && column_is_metric(query->column))
		return true;
	reply_error(reply, 404, "no such metric: %s", metric);
	return false;
}

static void series_end(const char *metric, const struct points_query *query,
		       const struct points *points, struct reply *reply)
{
	struct buffer *body = &reply->body;

	buffer_puts(body, "],\"meta\":{");
	emit_key(body, "metric", true);
	emit_text(body, metric);
	emit_key(body, "unit", false);
	emit_text(body, unit_name(query->column->unit));
	emit_key(body, "from", false);
	emit_number(body, (double)query->from_ms);
	emit_key(body, "to", false);
	emit_number(body, (double)query->to_ms);
	emit_key(body, "step_ms", false);
	emit_number(body, (double)query->step_ms);
	emit_key(body, "truncated", false);
	buffer_puts(body, points->truncated ? "true}}\n" : "false}}\n");
}

void series_handle(const struct facts *facts, const struct request *request,
		   struct reply *reply)
{
	struct points_query query = { .max_points = MAX_POINTS };
	struct points points;
	size_t i;

	if (!read_metric(request, reply, &query) ||
	    !read_range(facts, request, reply, &query))
		return;
	query.containers = request_get(request, "container");
	if (points_query(facts->ring, &query, &points) < 0) {
		reply_error(reply, 503, "out of memory");
		return;
	}
	answer_begin(reply);
	for (i = 0; i < points.nr; i++) {
		answer_next(reply);
		emit_key(&reply->body, "t", true);
		emit_number(&reply->body, (double)points.all[i].t_ms);
		emit_key(&reply->body, "container", false);
		emit_text(&reply->body, points.all[i].container);
		emit_key(&reply->body, "v", false);
		emit_number(&reply->body, points.all[i].value);
		buffer_putc(&reply->body, '}');
	}
	series_end(request_get(request, "metric"), &query, &points, reply);
	points_done(&points);
}
