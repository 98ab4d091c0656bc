// SPDX-License-Identifier: GPL-2.0-only
#include "audit.h"

#include "past_answer.h"

#define ROW store_decision
static const struct column columns[] = {
	COLUMN(seq, UNIT_ID),
	COLUMN_AS(t, t_ms, UNIT_TIME),
	COLUMN(decision, UNIT_TEXT),
	COLUMN(state, UNIT_TEXT),
	COLUMN(action, UNIT_TEXT),
	COLUMN(dry_run, UNIT_COUNT),
	COLUMN(container, UNIT_TEXT),
	COLUMN(container_id, UNIT_TEXT),
	COLUMN(rule, UNIT_TEXT),
	COLUMN(rule_hash, UNIT_TEXT),
	COLUMN(reason, UNIT_TEXT),
	COLUMN(detail, UNIT_TEXT),
};
#undef ROW

static const struct table audit_table = TABLE(columns);

void audit_handle(const struct facts *facts, const struct request *request,
		  struct reply *reply)
{
	past_answer(facts, request, reply, &audit_table, store_decisions);
}
