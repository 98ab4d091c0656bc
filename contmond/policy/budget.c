// SPDX-License-Identifier: GPL-2.0-only
#include "budget.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS INT64_C(3600000)

/*
 * While containers of root run, users together may spend half of the hourly
 * budget, or of 60 times the budget per minute if that is less.
 */
static bool is_over_share(const struct policy_state *state,
			  const struct known *known)
{
	unsigned int of_minutes = 60 * state->policy->budget_per_minute;
	unsigned int of_hour = state->policy->budget_per_hour;

	if (of_hour > of_minutes)
		of_hour = of_minutes;
	return known->user_id != 0 && state->has_roots &&
	       ledger_used_by_users(&state->ledger, state->boot_ms, HOUR_MS) >=
	       (of_hour + 1) / 2;
}

enum policy_finding budget_spare(const struct policy_state *state,
				 const struct known *known,
				 const char **ret_why)
{
	const struct policy *policy = state->policy;

	if (state->boot_ms < state->unknown_until_ms) {
		*ret_why = "what was acted before contmond was started, which "
			   "is not known";
		return POLICY_BUDGET;
	}
	if (ledger_used(&state->ledger, state->boot_ms, MINUTE_MS) >=
	    policy->budget_per_minute ||
	    ledger_used(&state->ledger, state->boot_ms, HOUR_MS) >=
	    policy->budget_per_hour)
		return POLICY_BUDGET;
	if (!is_over_share(state, known))
		return POLICY_CHOSEN;
	*ret_why = "containers of users, which have at most half of it";
	return POLICY_BUDGET;
}
