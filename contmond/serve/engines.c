// SPDX-License-Identifier: GPL-2.0-only
#include "engines.h"

#include <math.h>

#include "answer.h"

struct engine_row {
	const char *engine;
	const char *runtime;
	const char *version;
	const char *api_version;
	const char *state;
	const char *reason;
	double user_id;
};

#define ROW engine_row
static const struct column columns[] = {
	COLUMN(engine, UNIT_TEXT),
	COLUMN(runtime, UNIT_TEXT),
	COLUMN(version, UNIT_TEXT),
	COLUMN(api_version, UNIT_TEXT),
	COLUMN(state, UNIT_TEXT),
	COLUMN(reason, UNIT_TEXT),
	COLUMN(user_id, UNIT_COUNT),
};
#undef ROW

static const struct table engine_table = TABLE(columns);

static const char *or_null(const char *text)
{
	return text[0] ? text : NULL;
}

static void add(struct reply *reply, const struct name_engine *engine)
{
	const struct engine_row row = {
		.engine = engine->socket,
		.runtime = or_null(engine->runtime),
		.version = or_null(engine->version),
		.api_version = or_null(engine->api_version),
		.state = name_engine_state_name(engine->state),
		.reason = or_null(engine->reason),
		.user_id = engine->user_id >= 0 ? (double)engine->user_id :
						  (double)NAN,
	};

	answer_add(reply, &engine_table, NULL, &row);
}

void engines_handle(const struct facts *facts, const struct request *request,
		    struct reply *reply)
{
	const struct status *status = facts->status;
	size_t i;

	(void)request;
	answer_begin(reply);
	for (i = 0; i < status->nr_engines; i++)
		add(reply, &status->engines[i]);
	answer_end(reply, false);
}
