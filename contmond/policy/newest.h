/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the newest containers of each group, which a rule keeps. Pure. */
#ifndef CONTMOND_POLICY_NEWEST_H
#define CONTMOND_POLICY_NEWEST_H

#include "internal.h"

/**
 * newest_find() - set the findings of a rule with keep_newest
 *
 * Of the containers that are still POLICY_CHOSEN in @verdicts, the newest
 * become POLICY_IS_NEWEST; those of unknown group or age become POLICY_UNKNOWN.
 */
void newest_find(struct policy_state *state, const struct policy_rule *rule,
		 const struct policy_tick *tick,
		 struct policy_verdict *verdicts);

#endif /* CONTMOND_POLICY_NEWEST_H */
