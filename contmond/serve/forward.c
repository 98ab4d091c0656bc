// SPDX-License-Identifier: GPL-2.0-only
#include "forward.h"

#include <math.h>

#include "answer.h"

struct target_row {
	const char *target;
	const char *type;
	const char *error;
	const char *rejection;
	const char *drop_reason;
	double backlog_ticks;
	double delivered_ticks_total;
	double dropped_ticks_total;
	double rejected_rows_total;
	double requests_total;
	double failed_requests_total;
	double last_delivered_ms;
};

#define ROW target_row
static const struct column columns[] = {
	COLUMN(target, UNIT_TEXT),
	COLUMN(type, UNIT_TEXT),
	COLUMN(error, UNIT_TEXT),
	COLUMN(rejection, UNIT_TEXT),
	COLUMN(drop_reason, UNIT_TEXT),
	COLUMN(backlog_ticks, UNIT_COUNT),
	COLUMN(delivered_ticks_total, UNIT_COUNT),
	COLUMN(dropped_ticks_total, UNIT_COUNT),
	COLUMN(rejected_rows_total, UNIT_COUNT),
	COLUMN(requests_total, UNIT_COUNT),
	COLUMN(failed_requests_total, UNIT_COUNT),
	COLUMN(last_delivered_ms, UNIT_TIME),
};
#undef ROW

static const struct table target_table = TABLE(columns);

static void add(struct reply *reply, const struct request *request,
		const struct target_status *status)
{
	const bool hides = request->hides_processes;
	const struct target_row row = {
		.target = status->name,
		.type = status->type,
		.error = target_reason_text(&status->error, hides),
		.rejection = target_reason_text(&status->rejection, hides),
		.drop_reason = status->drop_reason,
		.backlog_ticks = (double)status->backlog_ticks,
		.delivered_ticks_total = (double)status->delivered_ticks,
		.dropped_ticks_total = (double)status->dropped_ticks,
		.rejected_rows_total = (double)status->rejected_rows,
		.requests_total = (double)status->requests,
		.failed_requests_total = (double)status->failed_requests,
		.last_delivered_ms = status->last_delivered_ms ?
			(double)status->last_delivered_ms : (double)NAN,
	};

	answer_add(reply, &target_table, NULL, &row);
}

void forward_handle(const struct facts *facts, const struct request *request,
		    struct reply *reply)
{
	struct target_status all[TARGETS_MAX];
	size_t i, nr = targets_copy(facts->targets, all);

	answer_begin(reply);
	for (i = 0; i < nr; i++)
		add(reply, request, &all[i]);
	answer_end(reply, false);
}
