// SPDX-License-Identifier: GPL-2.0-only
#include "audit.h"

#include "past_answer.h"

struct audit_row {
	double seq;
	double t;
	const char *decision;
	const char *state;
	const char *action;
	double dry_run;
	const char *container;
	const char *container_id;
	const char *rule;
	const char *rule_hash;
	const char *reason;
	const char *detail;
};

#define ROW audit_row
static const struct column columns[] = {
	COLUMN(seq, UNIT_ID),
	COLUMN(t, UNIT_TIME),
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

static int add(const struct store_decision *decision, void *userdata)
{
	const struct audit_row row = {
		.seq = (double)decision->seq,
		.t = (double)decision->t_ms,
		.decision = decision->decision,
		.state = decision->state,
		.action = decision->action,
		.dry_run = decision->dry_run,
		.container = decision->container,
		.container_id = decision->container_id,
		.rule = decision->rule,
		.rule_hash = decision->rule_hash,
		.reason = decision->reason,
		.detail = decision->detail,
	};

	past_answer_add(userdata, &audit_table, &row);
	return 0;
}

void audit_handle(const struct facts *facts, const struct request *request,
		  struct reply *reply)
{
	struct past_answer answer;

	if (past_answer_begin(&answer, request, reply))
		past_answer_end(&answer, store_decisions(facts->store,
							 &answer.query, add,
							 &answer));
}
