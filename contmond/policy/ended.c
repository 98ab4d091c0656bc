// SPDX-License-Identifier: GPL-2.0-only
/* How a rule treats containers that have ended */
#include <string.h>

#include "base/util.h"
#include "decide.h"
#include "select.h"

/* The states of ended containers in Docker and Podman */
static bool selects_ended(const struct policy_rule *rule)
{
	static const char *const words[] = {
		"exited", "dead", "stopped", "removing", "stopping",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (select_state(&rule->select, words[i]))
			return true;
	}
	return false;
}

/* The only numbers known about an ended container */
static bool is_of_ended(const struct policy_condition *condition)
{
	return !condition->column ||
	       strcmp(condition->column->key, "restarts_total") == 0;
}

static bool may_hold(const struct policy_rule *rule)
{
	size_t i, nr_any = 0;

	for (i = 0; i < rule->all.nr; i++) {
		if (!is_of_ended(&rule->all.all[i]))
			return false;
	}
	for (i = 0; i < rule->any.nr; i++)
		nr_any += is_of_ended(&rule->any.all[i]);
	return rule->any.nr == 0 || nr_any > 0;
}

enum policy_ended policy_ended_of(const struct policy_rule *rule)
{
	if (!selects_ended(rule))
		return POLICY_ENDED_IGNORED;
	if (rule->steps & (POLICY_REMOVE | POLICY_NOTIFY) && may_hold(rule))
		return POLICY_ENDED_ACTED;
	return rule->keep_newest > 0 ? POLICY_ENDED_COUNTED :
				       POLICY_ENDED_IGNORED;
}
