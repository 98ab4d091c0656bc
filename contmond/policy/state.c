// SPDX-License-Identifier: GPL-2.0-only
/* What is remembered between ticks, and about actions */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int set_policy(struct policy_state *state, const struct policy *policy)
{
	const struct policy *before = state->policy;
	unsigned int (*useless)[2] = calloc(policy->nr_rules ?: 1,
					    sizeof(*useless));
	size_t *alive = calloc(policy->classes.nr ?: 1, sizeof(*alive));

	if (!useless || !alive ||
	    (before && known_adopt(&state->known, before, policy) < 0)) {
		free(useless);
		free(alive);
		return -ENOMEM;
	}
	free(state->useless);
	free(state->alive);
	state->useless = useless;
	state->alive = alive;
	state->policy = policy;
	return 0;
}

struct policy_state *policy_state_new(const struct policy *policy)
{
	struct policy_state *state = calloc(1, sizeof(*state));

	if (!state)
		return NULL;
	state->boot_ms = state->unknown_until_ms = POLICY_NO_TIME;
	if (set_policy(state, policy) == 0)
		return state;
	free(state);
	return NULL;
}

void policy_state_free(struct policy_state *state)
{
	if (!state)
		return;
	known_list_done(&state->known, state->policy->nr_rules);
	ledger_done(&state->ledger);
	free(state->useless);
	free(state->alive);
	free(state->decisions);
	free(state->verdicts);
	free(state->profiles);
	free(state->firing);
	free(state->members);
	free(state);
}

int policy_state_reload(struct policy_state *state,
			const struct policy *policy)
{
	int r = set_policy(state, policy);

	if (r == 0)
		state->nr_candidates = 0;
	return r;
}

static int grow(void **array, size_t nr, size_t size)
{
	void *grown = reallocarray(*array, nr, size);

	if (!grown)
		return -ENOMEM;
	*array = grown;
	return 0;
}

int policy_state_reserve(struct policy_state *state, size_t nr_candidates)
{
	size_t nr = nr_candidates + nr_candidates / 4 + 8;
	size_t nr_verdicts = nr_candidates * state->policy->nr_rules;

	if (nr_verdicts > state->max_verdicts) {
		nr_verdicts = nr * state->policy->nr_rules;
		if (grow((void **)&state->verdicts, nr_verdicts,
			 sizeof(*state->verdicts)) < 0)
			return -ENOMEM;
		state->max_verdicts = nr_verdicts;
	}
	if (nr_candidates <= state->max_candidates)
		return 0;
	if (grow((void **)&state->profiles, nr, sizeof(*state->profiles)) < 0 ||
	    grow((void **)&state->firing, nr, sizeof(*state->firing)) < 0 ||
	    grow((void **)&state->members, nr, sizeof(*state->members)) < 0)
		return -ENOMEM;
	state->max_candidates = nr;
	return 0;
}

/* Actions */

int policy_state_acted(struct policy_state *state,
		       const struct policy_action *action)
{
	struct ledger_entry *entry = ledger_last(&state->ledger, action->rule,
						 action->id, action->user_id);
	int r;

	if (action->steps & POLICY_NOTIFY)
		return 0;
	if (entry && entry->is_pending) {
		ledger_acted(&state->ledger, entry, action->boot_ms,
			     action->cool_down_ms);
	} else {
		r = ledger_add(&state->ledger, action, false);
		if (r < 0)
			return r;
	}
	known_look_up_all(&state->known, &state->ledger, action->id,
			  action->name);
	return 0;
}

void policy_state_undone(struct policy_state *state, const char *rule,
			 const char *id, int64_t user_id, bool was_asked)
{
	struct ledger_entry *entry = ledger_last(&state->ledger, rule, id,
						 user_id);

	if (!entry)
		return;
	ledger_undone(&state->ledger, entry, was_asked);
	known_look_up_all(&state->known, &state->ledger, id, NULL);
}

void policy_state_forget(struct policy_state *state, int64_t boot_ms)
{
	state->unknown_until_ms = boot_ms + LEDGER_KEEP_MS;
}

static size_t find_rule(const struct policy_state *state, const char *name)
{
	const struct policy_rule *rule = policy_rule_find(state->policy, name);

	return rule ? (size_t)(rule - state->policy->rules) : SIZE_MAX;
}

/* A container of an unknown user may be root's, and counts as such. */
static size_t is_of_users(int64_t user_id)
{
	return user_id > 0;
}

void policy_state_helped(struct policy_state *state, const char *rule,
			 int64_t user_id, bool has_helped)
{
	size_t i = find_rule(state, rule);

	if (i == SIZE_MAX)
		return;
	if (has_helped)
		state->useless[i][is_of_users(user_id)] = 0;
	else
		state->useless[i][is_of_users(user_id)]++;
}

bool policy_state_gave_up(const struct policy_state *state, size_t rule,
			  int64_t user_id)
{
	return state->useless[rule][is_of_users(user_id)] >=
	       state->policy->give_up_after;
}

unsigned int policy_state_used(const struct policy_state *state,
			       int64_t window_ms)
{
	return state->boot_ms == POLICY_NO_TIME ? 0 :
	       ledger_used(&state->ledger, state->boot_ms, window_ms);
}
