// SPDX-License-Identifier: GPL-2.0-only
#include "health.h"

#include <math.h>

#include "answer.h"

struct health_row {
	const char *status;
	const char *reason;
	const char *source;
	const char *source_lacks;
	const char *engine;
	const char *store;
	const char *store_reason;
	const char *store_put_aside;
	double last_sample_ms;
	double samples_total;
	double samples_missed_total;
	double runs_missed_total;
	double uptime_seconds;
};

#define ROW health_row
static const struct column columns[] = {
	COLUMN(status, UNIT_TEXT),
	COLUMN(reason, UNIT_TEXT),
	COLUMN(source, UNIT_TEXT),
	COLUMN(source_lacks, UNIT_TEXT),
	COLUMN(engine, UNIT_TEXT),
	COLUMN(store, UNIT_TEXT),
	COLUMN(store_reason, UNIT_TEXT),
	COLUMN(store_put_aside, UNIT_TEXT),
	COLUMN(last_sample_ms, UNIT_TIME),
	COLUMN(samples_total, UNIT_COUNT),
	COLUMN(samples_missed_total, UNIT_COUNT),
	COLUMN(runs_missed_total, UNIT_COUNT),
	COLUMN(uptime_seconds, UNIT_SECONDS),
};
#undef ROW

static const struct table health_table = TABLE(columns);

void health_handle(const struct facts *facts, const struct request *request,
		   struct reply *reply)
{
	const struct status *status = facts->status;
	struct store_status store;
	struct health_row row = {
		.status = "ok",
		.source = status->source,
		.source_lacks = status->source ? status->source_lacks : NULL,
		.engine = status->engine_connected ? "connected" :
						     "disconnected",
		.last_sample_ms = status->last_sample_ms > 0 ?
			(double)status->last_sample_ms : (double)NAN,
		.samples_total = (double)status->samples_total,
		.samples_missed_total = (double)status->samples_missed_total,
		.runs_missed_total = (double)status->runs_missed_total,
		.uptime_seconds = status_uptime_seconds(status),
	};

	(void)request;
	store_get_status(facts->store, &store);
	row.store = !store.path[0] ? "memory" : store.why[0] ? "waiting" :
							       "file";
	row.store_reason = store.why[0] ? store.why : NULL;
	row.store_put_aside = store.put_aside[0] ? store.put_aside : NULL;
	if (status->reason[0]) {
		row.status = "degraded";
		row.reason = status->reason;
	} else if (status->samples_total == 0) {
		row.status = "starting";
		row.reason = "nothing has been sampled yet";
	}
	answer_row(reply, &health_table, &row);
	if (row.reason)
		reply->status = 503;
}
