// SPDX-License-Identifier: GPL-2.0-only
#include "info.h"

#include <math.h>
#include <stdio.h>

#include "answer.h"
#include "unknown.h"

#define HTTP_API_VERSION 1

struct info_row {
	const char *version;
	double api_version;
	const char *source;
	const char *source_reason;
	const char *source_lacks;
	const char *source_unknown;
	const char *driver_release;
	double driver_api_version;
	const char *host;
	const char *kernel;
	const char *boot_id;
	double nr_cpus;
	double interval_ms;
	double history_seconds;
	const char *forward;
	const char *engines;
};

#define ROW info_row
static const struct column columns[] = {
	COLUMN(version, UNIT_TEXT),
	COLUMN(api_version, UNIT_COUNT),
	COLUMN(source, UNIT_TEXT),
	COLUMN(source_reason, UNIT_TEXT),
	COLUMN(source_lacks, UNIT_TEXT),
	COLUMN(source_unknown, UNIT_TEXT),
	COLUMN(driver_release, UNIT_TEXT),
	COLUMN(driver_api_version, UNIT_COUNT),
	COLUMN(host, UNIT_TEXT),
	COLUMN(kernel, UNIT_TEXT),
	COLUMN(boot_id, UNIT_TEXT),
	COLUMN(nr_cpus, UNIT_COUNT),
	COLUMN(interval_ms, UNIT_COUNT),
	COLUMN(history_seconds, UNIT_SECONDS),
	COLUMN(forward, UNIT_TEXT),
	COLUMN(engines, UNIT_TEXT),
};
#undef ROW

static const struct table info_table = TABLE(columns);

static const char *or_null(const char *text)
{
	return text[0] ? text : NULL;
}

/* The names of the targets, comma-separated; NULL if there are none */
static const char *target_names(struct targets *targets, char *ret,
				size_t size)
{
	struct target_status all[TARGETS_MAX];
	size_t i, length = 0, nr = targets_copy(targets, all);

	for (i = 0; i < nr; i++)
		length += (size_t)snprintf(ret + length, size - length, "%s%s",
					   i ? "," : "", all[i].name);
	return nr ? ret : NULL;
}

/*
 * Each engine with its socket, version and state, comma-separated; NULL if none
 */
static const char *engine_list(const struct status *status, char *ret,
			       size_t size)
{
	size_t i, length = 0;

	for (i = 0; i < status->nr_engines && length < size; i++) {
		const struct name_engine *engine = &status->engines[i];
		bool is_known = engine->runtime[0];

		length += (size_t)snprintf(ret + length, size - length,
			"%s%s%s%s%s%s %s", i ? ", " : "", engine->runtime,
			is_known ? " " : "", engine->version,
			is_known ? " " : "", engine->socket,
			name_engine_state_name(engine->state));
	}
	return status->nr_engines ? ret : NULL;
}

/* Comma-separated; NULL if there are none */
static const char *unknown_list(const struct facts *facts, char *ret,
				size_t size)
{
	const char *names[UNKNOWN_MAX];
	size_t i, length = 0, nr = unknown_names(facts, names);

	for (i = 0; i < nr && length < size; i++)
		length += (size_t)snprintf(ret + length, size - length, "%s%s",
					   i ? "," : "", names[i]);
	return nr ? ret : NULL;
}

void info_handle(const struct facts *facts, const struct request *request,
		 struct reply *reply)
{
	const struct status *status = facts->status;
	bool open = status->source;
	bool has_driver = status->driver_release[0];
	char unknown[1024];
	char names[TARGETS_MAX * (TARGET_NAME_MAX + 1)];
	char engines[NAME_ENGINES_MAX * sizeof(struct name_engine)];
	const struct info_row row = {
		.version = CONTMON_VERSION,
		.api_version = HTTP_API_VERSION,
		.source = status->source,
		.source_reason = status_source_reason(status),
		.source_lacks = open ? status->source_lacks : NULL,
		.source_unknown = unknown_list(facts, unknown,
					       sizeof(unknown)),
		.driver_release = or_null(status->driver_release),
		.driver_api_version = has_driver ?
			(double)status->driver.api_version : (double)NAN,
		.host = or_null(status->host),
		.kernel = or_null(status->kernel),
		.boot_id = or_null(status->boot_id),
		.nr_cpus = open ? (double)status->driver.nr_cpus : (double)NAN,
		.interval_ms = (double)status->interval_ms,
		.history_seconds = (double)store_history_seconds(),
		.forward = target_names(facts->targets, names, sizeof(names)),
		.engines = engine_list(status, engines, sizeof(engines)),
	};

	(void)request;
	answer_row(reply, &info_table, &row);
}
