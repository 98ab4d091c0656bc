// SPDX-License-Identifier: GPL-2.0-only
#include "past_tables.h"

#include "store.h"

#define ROW store_event
static const struct column event_columns[] = {
	COLUMN(seq, UNIT_ID),
	COLUMN_AS(t, t_ms, UNIT_TIME),
	COLUMN(kind, UNIT_TEXT),
	COLUMN(container, UNIT_TEXT),
	COLUMN(container_id, UNIT_TEXT),
	COLUMN(pid, UNIT_ID),
	COLUMN(comm, UNIT_TEXT),
	COLUMN(detail, UNIT_TEXT),
};
#undef ROW

const struct table event_table = TABLE(event_columns);

#define ROW store_decision
static const struct column decision_columns[] = {
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

const struct table decision_table = TABLE(decision_columns);
