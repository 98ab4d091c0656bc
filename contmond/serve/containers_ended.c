// SPDX-License-Identifier: GPL-2.0-only
#include "containers_ended.h"

#include <jansson.h>

#include "contmond/model/title.h"
#include "past_answer.h"

/* A container of the store, and keys derived from it */
struct ended_row {
	struct past_container was;
	const char *short_id;
	const char *pod_namespace;
	const char *compose_project;
	const char *compose_service;
	double lifetime_seconds;
};

#define ROW ended_row
static const struct column columns[] = {
	COLUMN_AS(container, was.title, UNIT_TEXT),
	COLUMN_AS(id, was.id, UNIT_TEXT),
	COLUMN(short_id, UNIT_TEXT),
	COLUMN_AS(runtime, was.runtime, UNIT_TEXT),
	COLUMN_AS(pod, was.pod, UNIT_TEXT),
	COLUMN(pod_namespace, UNIT_TEXT),
	COLUMN_AS(image, was.image, UNIT_TEXT),
	COLUMN_AS(command, was.command, UNIT_TEXT),
	COLUMN(compose_project, UNIT_TEXT),
	COLUMN(compose_service, UNIT_TEXT),
	COLUMN_AS(labels, was.labels, UNIT_TEXT),
	COLUMN_AS(cgroup, was.cgroup, UNIT_TEXT),
	COLUMN_AS(created_ms, was.created_ms, UNIT_TIME),
	COLUMN_AS(started_ms, was.final.started_ms, UNIT_TIME),
	COLUMN_AS(ended_ms, was.ended_ms, UNIT_TIME),
	COLUMN(lifetime_seconds, UNIT_SECONDS),
	COLUMN_AS(exit_code, was.final.exit_code, UNIT_COUNT),
	COLUMN_AS(oom_killed, was.final.oom_killed, UNIT_COUNT),
	COLUMN_AS(restarts_total, was.final.restarts, UNIT_COUNT),
	COLUMN_AS(cpu_seconds_total, was.final.cpu_seconds, UNIT_SECONDS),
	COLUMN_AS(cpu_user_seconds_total, was.final.cpu_user_seconds,
		  UNIT_SECONDS),
	COLUMN_AS(cpu_system_seconds_total, was.final.cpu_system_seconds,
		  UNIT_SECONDS),
	COLUMN_AS(memory_peak_bytes, was.final.memory_peak_bytes, UNIT_BYTES),
	COLUMN_AS(oom_kills_total, was.final.oom_kills, UNIT_COUNT),
	COLUMN_AS(read_bytes_total, was.final.read_bytes, UNIT_BYTES),
	COLUMN_AS(write_bytes_total, was.final.write_bytes, UNIT_BYTES),
	COLUMN_AS(read_ops_total, was.final.read_ops, UNIT_COUNT),
	COLUMN_AS(write_ops_total, was.final.write_ops, UNIT_COUNT),
	COLUMN_AS(network_receive_bytes_total,
		  was.final.network_receive_bytes, UNIT_BYTES),
	COLUMN_AS(network_transmit_bytes_total,
		  was.final.network_transmit_bytes, UNIT_BYTES),
};
#undef ROW

static const struct table ended_table = TABLE(columns);

static const char *label_of(const json_t *labels, const char *key)
{
	return json_string_value(json_object_get(labels, key));
}

static int add(const void *container, void *userdata)
{
	const struct past_container *was = container;
	json_t *labels = json_loads(was->labels ?: "{}", 0, NULL);
	char short_id[SHORT_ID_LENGTH + 1];
	struct past_answer *answer = userdata;
	struct ended_row row = {
		.was = *was,
		.pod_namespace = label_of(labels, LABEL_POD_NAMESPACE),
		.compose_project = label_of(labels, LABEL_COMPOSE_PROJECT),
		.compose_service = label_of(labels, LABEL_COMPOSE_SERVICE),
		.lifetime_seconds = (was->ended_ms - was->final.started_ms) /
				    1000,
	};

	if (was->id) {
		title_short_id(short_id, was->id);
		row.short_id = short_id;
	}
	if (answer->hides_processes)
		row.was.command = row.was.labels = row.pod_namespace =
			row.compose_project = row.compose_service = NULL;
	past_answer_add(answer, &row);
	json_decref(labels);
	return 0;
}

void containers_ended_handle(const struct facts *facts,
			     const struct request *request,
			     struct reply *reply)
{
	struct past_answer answer;

	if (!past_answer_begin(&answer, facts, &ended_table, request,
			       reply))
		return;
	answer.query.ended_only = true;
	past_answer_end(&answer, store_containers(facts->store, &answer.query,
						  add, &answer));
}
