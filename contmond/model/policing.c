// SPDX-License-Identifier: GPL-2.0-only
#include "policing.h"

#include <stdlib.h>

#define ROW policing_rule_row
static const struct column rule_columns[] = {
	COLUMN(rule, UNIT_TEXT),
	COLUMN(rule_hash, UNIT_TEXT),
	COLUMN(file, UNIT_TEXT),
	COLUMN(line, UNIT_ID),
	COLUMN(action, UNIT_TEXT),
	COLUMN(dry_run, UNIT_COUNT),
	COLUMN(state, UNIT_TEXT),
	COLUMN(selected, UNIT_COUNT),
	COLUMN(over, UNIT_COUNT),
	COLUMN(decisions_total, UNIT_COUNT),
};
#undef ROW

#define ROW policing_class_row
static const struct column class_columns[] = {
	COLUMN(class, UNIT_TEXT),
	COLUMN(file, UNIT_TEXT),
	COLUMN(line, UNIT_ID),
	COLUMN(minimum, UNIT_COUNT),
	COLUMN(running, UNIT_COUNT),
	COLUMN(counted, UNIT_COUNT),
	COLUMN(above_minimum, UNIT_COUNT),
};
#undef ROW

#define ROW policing_pending_row
static const struct column pending_columns[] = {
	COLUMN(t, UNIT_TIME),
	COLUMN(decision, UNIT_TEXT),
	COLUMN(state, UNIT_TEXT),
	COLUMN(action, UNIT_TEXT),
	COLUMN(dry_run, UNIT_COUNT),
	COLUMN(acts_ms, UNIT_TIME),
	COLUMN(container, UNIT_TEXT),
	COLUMN(container_id, UNIT_TEXT),
	COLUMN(rule, UNIT_TEXT),
	COLUMN(rule_hash, UNIT_TEXT),
	COLUMN(reason, UNIT_TEXT),
};
#undef ROW

const struct table policing_rule_table = TABLE(rule_columns);
const struct table policing_class_table = TABLE(class_columns);
const struct table policing_pending_table = TABLE(pending_columns);

static void free_texts(const struct table *table, const void *row)
{
	size_t i;

	for (i = 0; i < table->nr_columns; i++) {
		if (table->columns[i].unit == UNIT_TEXT)
			free((char *)column_text(&table->columns[i], row));
	}
}

void policing_done(struct policing *policing)
{
	size_t i;

	for (i = 0; i < policing->nr_rules; i++)
		free_texts(&policing_rule_table, &policing->rules[i]);
	for (i = 0; i < policing->nr_classes; i++)
		free_texts(&policing_class_table, &policing->classes[i]);
	for (i = 0; i < policing->nr_pending; i++)
		free_texts(&policing_pending_table, &policing->pending[i]);
	free(policing->rules);
	free(policing->classes);
	free(policing->pending);
	*policing = (struct policing){ 0 };
}
