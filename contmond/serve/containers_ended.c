// SPDX-License-Identifier: GPL-2.0-only
#include "containers_ended.h"

#include "contmond/model/title.h"
#include "past_answer.h"

struct ended_row {
	const char *container;
	const char *id;
	const char *short_id;
	const char *runtime;
	const char *pod;
	const char *image;
	const char *command;
	const char *labels;
	const char *cgroup;
	double created_ms;
	double started_ms;
	double ended_ms;
	double lifetime_seconds;
	double exit_code;
	double oom_killed;
	double restarts_total;
	double cpu_seconds_total;
	double cpu_user_seconds_total;
	double cpu_system_seconds_total;
	double memory_peak_bytes;
	double oom_kills_total;
	double read_bytes_total;
	double write_bytes_total;
	double read_ops_total;
	double write_ops_total;
	double network_receive_bytes_total;
	double network_transmit_bytes_total;
};

#define ROW ended_row
static const struct column columns[] = {
	COLUMN(container, UNIT_TEXT),
	COLUMN(id, UNIT_TEXT),
	COLUMN(short_id, UNIT_TEXT),
	COLUMN(runtime, UNIT_TEXT),
	COLUMN(pod, UNIT_TEXT),
	COLUMN(image, UNIT_TEXT),
	COLUMN(command, UNIT_TEXT),
	COLUMN(labels, UNIT_TEXT),
	COLUMN(cgroup, UNIT_TEXT),
	COLUMN(created_ms, UNIT_TIME),
	COLUMN(started_ms, UNIT_TIME),
	COLUMN(ended_ms, UNIT_TIME),
	COLUMN(lifetime_seconds, UNIT_SECONDS),
	COLUMN(exit_code, UNIT_COUNT),
	COLUMN(oom_killed, UNIT_COUNT),
	COLUMN(restarts_total, UNIT_COUNT),
	COLUMN(cpu_seconds_total, UNIT_SECONDS),
	COLUMN(cpu_user_seconds_total, UNIT_SECONDS),
	COLUMN(cpu_system_seconds_total, UNIT_SECONDS),
	COLUMN(memory_peak_bytes, UNIT_BYTES),
	COLUMN(oom_kills_total, UNIT_COUNT),
	COLUMN(read_bytes_total, UNIT_BYTES),
	COLUMN(write_bytes_total, UNIT_BYTES),
	COLUMN(read_ops_total, UNIT_COUNT),
	COLUMN(write_ops_total, UNIT_COUNT),
	COLUMN(network_receive_bytes_total, UNIT_BYTES),
	COLUMN(network_transmit_bytes_total, UNIT_BYTES),
};
#undef ROW

static const struct table ended_table = TABLE(columns);

static void fill(struct ended_row *row, const struct past_container *container,
		 const char *short_id)
{
	const struct store_final *final = &container->final;

	*row = (struct ended_row){
		.container = container->title,
		.id = container->id,
		.short_id = container->id ? short_id : NULL,
		.runtime = container->runtime,
		.pod = container->pod,
		.image = container->image,
		.command = container->command,
		.labels = container->labels,
		.cgroup = container->cgroup,
		.created_ms = container->created_ms,
		.started_ms = final->started_ms,
		.ended_ms = container->ended_ms,
		.lifetime_seconds =
			(container->ended_ms - final->started_ms) / 1000,
		.exit_code = final->exit_code,
		.oom_killed = final->oom_killed,
		.restarts_total = final->restarts,
		.cpu_seconds_total = final->cpu_seconds,
		.cpu_user_seconds_total = final->cpu_user_seconds,
		.cpu_system_seconds_total = final->cpu_system_seconds,
		.memory_peak_bytes = final->memory_peak_bytes,
		.oom_kills_total = final->oom_kills,
		.read_bytes_total = final->read_bytes,
		.write_bytes_total = final->write_bytes,
		.read_ops_total = final->read_ops,
		.write_ops_total = final->write_ops,
		.network_receive_bytes_total = final->network_receive_bytes,
		.network_transmit_bytes_total = final->network_transmit_bytes,
	};
}

static int add(const struct past_container *container, void *userdata)
{
	char short_id[SHORT_ID_LENGTH + 1];
	struct ended_row row;

	if (container->id)
		title_short_id(short_id, container->id);
	fill(&row, container, short_id);
	past_answer_add(userdata, &ended_table, &row);
	return 0;
}

void containers_ended_handle(const struct facts *facts,
			     const struct request *request,
			     struct reply *reply)
{
	struct past_answer answer;

	if (!past_answer_begin(&answer, request, reply))
		return;
	answer.query.ended_only = true;
	past_answer_end(&answer, store_containers(facts->store, &answer.query,
						  add, &answer));
}
