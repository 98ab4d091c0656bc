// SPDX-License-Identifier: GPL-2.0-only
#include "ready.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "answer.h"
#include "base/clock.h"
#include "contmond/store/past.h"
#include "health.h"

#define ERROR_MAX 300

/*
 * struct ready_row - @error explains @reason to people; both are NULL if it is
 * ready
 */
struct ready_row {
	double ready;
	const char *reason;
	const char *error;
	double last_sample_ms;
	double sample_age_seconds;
};

#define ROW ready_row
static const struct column columns[] = {
	COLUMN(ready, UNIT_COUNT),
	COLUMN(reason, UNIT_TEXT),
	COLUMN(error, UNIT_TEXT),
	COLUMN(last_sample_ms, UNIT_TIME),
	COLUMN(sample_age_seconds, UNIT_SECONDS),
};
#undef ROW

static const struct table ready_table = TABLE(columns);

static void __attribute__((format(printf, 4, 5)))
refuse(struct ready_row *row, char error[ERROR_MAX], const char *reason,
       const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(error, ERROR_MAX, format, arguments);
	va_end(arguments);
	row->ready = 0;
	row->reason = reason;
	row->error = error;
}

static double stale_after_seconds(const struct status *status)
{
	return (double)sample_stale_ns(status->interval_ms) / 1e9;
}

/* To be called with the facts held. */
static void look_at_samples(const struct facts *facts, struct ready_row *row,
			    char error[ERROR_MAX])
{
	const struct sample *sample = facts->model->sample;
	const char *why;

	if (sample) {
		row->last_sample_ms = (double)sample->t_ms;
		row->sample_age_seconds = (double)(clock_boottime_ns() -
						   sample->boottime_ns) / 1e9;
	}
	why = health_reason(facts->status);
	if (why && !sample)
		refuse(row, error, facts->status->reason[0] ? "no_samples" :
							      "starting",
		       "%s", why);
	else if (row->sample_age_seconds > stale_after_seconds(facts->status))
		refuse(row, error, "stale", "the newest sample is %.0f s old",
		       row->sample_age_seconds);
}

static void look_at_store(struct store *store, struct ready_row *row,
			  char error[ERROR_MAX])
{
	int64_t first_ms, last_ms;
	int r = store_range(store, &first_ms, &last_ms);

	if (r < 0 && r != -ENOENT)
		refuse(row, error, "store", REPLY_PAST_ERROR,
		       reply_past_why(r));
}

void ready_handle(const struct facts *facts, const struct request *request,
		  struct reply *reply)
{
	struct ready_row row = {
		.ready = 1,
		.last_sample_ms = (double)NAN,
		.sample_age_seconds = (double)NAN,
	};
	char error[ERROR_MAX];

	(void)request;
	facts_hold(facts);
	look_at_samples(facts, &row, error);
	facts_release(facts);
	if (row.ready)
		look_at_store(facts->store, &row, error);
	answer_row(reply, &ready_table, &row);
	if (!row.ready)
		reply->status = 503;
}
