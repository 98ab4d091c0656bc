// SPDX-License-Identifier: GPL-2.0-only
#include "health.h"

#include <math.h>
#include <stdio.h>

#include "answer.h"

struct health_row {
	const char *status;
	const char *reason;
	const char *source;
	const char *source_reason;
	const char *source_lacks;
	const char *engine;
	double engines;
	double engines_connected;
	const char *engine_error;
	const char *store;
	const char *store_reason;
	const char *store_put_aside;
	double store_removed_total;
	double store_lost_total;
	double store_lost_of_users_total;
	const char *policy;
	double policy_rules;
	const char *policy_error;
	double last_sample_ms;
	double samples_total;
	double samples_missed_total;
	double runs_missed_total;
	double forward_targets;
	double forward_failing;
	double forward_backlog_ticks;
	double forward_dropped_ticks_total;
	double forward_rejected_rows_total;
	const char *forward_error;
	double uptime_seconds;
};

#define ROW health_row
static const struct column columns[] = {
	COLUMN(status, UNIT_TEXT),
	COLUMN(reason, UNIT_TEXT),
	COLUMN(source, UNIT_TEXT),
	COLUMN(source_reason, UNIT_TEXT),
	COLUMN(source_lacks, UNIT_TEXT),
	COLUMN(engine, UNIT_TEXT),
	COLUMN(engines, UNIT_COUNT),
	COLUMN(engines_connected, UNIT_COUNT),
	COLUMN(engine_error, UNIT_TEXT),
	COLUMN(store, UNIT_TEXT),
	COLUMN(store_reason, UNIT_TEXT),
	COLUMN(store_put_aside, UNIT_TEXT),
	COLUMN(store_removed_total, UNIT_COUNT),
	COLUMN(store_lost_total, UNIT_COUNT),
	COLUMN(store_lost_of_users_total, UNIT_COUNT),
	COLUMN(policy, UNIT_TEXT),
	COLUMN(policy_rules, UNIT_COUNT),
	COLUMN(policy_error, UNIT_TEXT),
	COLUMN(last_sample_ms, UNIT_TIME),
	COLUMN(samples_total, UNIT_COUNT),
	COLUMN(samples_missed_total, UNIT_COUNT),
	COLUMN(runs_missed_total, UNIT_COUNT),
	COLUMN(forward_targets, UNIT_COUNT),
	COLUMN(forward_failing, UNIT_COUNT),
	COLUMN(forward_backlog_ticks, UNIT_COUNT),
	COLUMN(forward_dropped_ticks_total, UNIT_COUNT),
	COLUMN(forward_rejected_rows_total, UNIT_COUNT),
	COLUMN(forward_error, UNIT_TEXT),
	COLUMN(uptime_seconds, UNIT_SECONDS),
};
#undef ROW

static const struct table health_table = TABLE(columns);

/* Summarises all engines: how many answer, and the first that does not. */
static void add_engines(const struct status *status, struct health_row *row,
			char *error, size_t size)
{
	size_t i;

	row->engine = name_engines_summary(status->engines,
					   status->nr_engines);
	for (i = 0; i < status->nr_engines; i++) {
		const struct name_engine *engine = &status->engines[i];

		if (engine->is_directory)
			continue;
		row->engines++;
		if (engine->state == NAME_ENGINE_CONNECTED) {
			row->engines_connected++;
		} else if (!row->engine_error) {
			snprintf(error, size, "%s: %s", engine->socket,
				 engine->reason);
			row->engine_error = error;
		}
	}
}

/* Summarises all targets: the longest backlog, the first error, and sums. */
static void add_targets(struct targets *targets, bool hides_processes,
			struct health_row *row, char *error, size_t size)
{
	struct target_status all[TARGETS_MAX];
	size_t i, nr = targets_copy(targets, all);

	row->forward_targets = (double)nr;
	for (i = 0; i < nr; i++) {
		const char *why = target_reason_text(&all[i].error,
						     hides_processes);

		if (why && !row->forward_error) {
			snprintf(error, size, "%.*s: %.*s", TARGET_NAME_MAX,
				 all[i].name,
				 (int)sizeof(all[i].error.full) - 1, why);
			row->forward_error = error;
		}
		row->forward_failing += why != NULL;
		row->forward_backlog_ticks = fmax(row->forward_backlog_ticks,
			(double)all[i].backlog_ticks);
		row->forward_dropped_ticks_total +=
			(double)all[i].dropped_ticks;
		row->forward_rejected_rows_total +=
			(double)all[i].rejected_rows;
	}
}

const char *health_reason(const struct status *status)
{
	if (status->reason[0])
		return status->reason;
	return status->samples_total == 0 ? "nothing has been sampled yet" :
					    NULL;
}

void health_handle(const struct facts *facts, const struct request *request,
		   struct reply *reply)
{
	const struct policing *policing = facts->policing;
	const struct status *status = facts->status;
	char forward_error[TARGET_NAME_MAX + 210];
	char engine_error[sizeof(status->engines[0].socket) +
			  sizeof(status->engines[0].reason) + 2];
	struct store_status store;
	struct health_row row = {
		.status = "ok",
		.source = status->source,
		.source_reason = status_source_reason(status),
		.source_lacks = status->source ? status->source_lacks : NULL,
		.policy = policing->mode ?: "off",
		.policy_rules = (double)policing->nr_rules,
		.policy_error = policing->error[0] ? policing->error : NULL,
		.last_sample_ms = status->last_sample_ms > 0 ?
			(double)status->last_sample_ms : (double)NAN,
		.samples_total = (double)status->samples_total,
		.samples_missed_total = (double)status->samples_missed_total,
		.runs_missed_total = (double)status->runs_missed_total,
		.uptime_seconds = status_uptime_seconds(status),
	};

	add_engines(status, &row, engine_error, sizeof(engine_error));
	add_targets(facts->targets, request->hides_processes, &row,
		    forward_error, sizeof(forward_error));
	store_get_status(facts->store, &store);
	row.store = !store.path[0] ? "memory" : store.why[0] ? "waiting" :
							       "file";
	row.store_reason = store.why[0] ? store.why : NULL;
	row.store_put_aside = store.put_aside[0] ? store.put_aside : NULL;
	row.store_removed_total = (double)store.removed;
	row.store_lost_total = (double)store.lost;
	row.store_lost_of_users_total = (double)store.lost_of_users;
	row.reason = health_reason(status);
	if (row.reason)
		row.status = status->reason[0] ? "degraded" : "starting";
	answer_row(reply, &health_table, &row);
	if (row.reason)
		reply->status = 503;
}
