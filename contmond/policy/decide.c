// SPDX-License-Identifier: GPL-2.0-only
#include "decide.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "budget.h"
#include "internal.h"
#include "newest.h"

const char *policy_finding_name(enum policy_finding finding)
{
	static const char *const names[POLICY_NR_FINDINGS] = {
		[POLICY_NOT_SELECTED] = "not_selected",
		[POLICY_WRONG_STATE] = "wrong_state",
		[POLICY_IS_NEWEST] = "newest",
		[POLICY_NOT_OVER] = "not_over",
		[POLICY_UNKNOWN] = "unknown",
		[POLICY_TOO_BRIEF] = "too_brief",
		[POLICY_CHOSEN] = "chosen",
		[POLICY_PROTECTED] = "protected",
		[POLICY_YOUNG] = "young",
		[POLICY_GAVE_UP] = "gave_up",
		[POLICY_TAKEN] = "taken",
		[POLICY_COOLING] = "cooling",
		[POLICY_MINIMUM] = "minimum",
		[POLICY_BUDGET] = "budget",
	};

	return names[finding];
}

/* Whether a rule fires */

static bool suits_state(const struct policy_rule *rule,
			const struct policy_candidate *candidate)
{
	if (rule->steps & POLICY_NOTIFY)
		return true;
	if (isnan(candidate->ended_ms))
		return rule->steps != POLICY_REMOVE;
	return rule->steps & POLICY_REMOVE;
}

/* The newest are found among all selected containers, whatever their state. */
static void find_selected(struct policy_state *state, size_t rule,
			  const struct policy_tick *tick,
			  struct policy_verdict *verdicts)
{
	size_t i;

	for (i = 0; i < tick->nr_candidates; i++) {
		const struct watch *watch =
			state->known.of_candidate[i]->watches[rule];

		verdicts[i] = (struct policy_verdict){
			.finding = watch ? POLICY_CHOSEN :
					   POLICY_NOT_SELECTED,
			.measures = watch ? watch->measures : NULL,
		};
	}
	if (state->policy->rules[rule].keep_newest > 0)
		newest_find(state, &state->policy->rules[rule], tick,
			    verdicts);
}

static double rank_of(const struct policy_rule *rule,
		      const struct watch *watch, size_t leading)
{
	enum policy_comparison comparison;

	if (leading == watch->nr)
		return 0;
	comparison = policy_rule_condition(rule, leading)->comparison;
	return comparison == POLICY_LESS || comparison == POLICY_LESS_OR_EQUAL ?
	       -watch->measures[leading].value :
	       watch->measures[leading].value;
}

static int check_one(struct policy_state *state, size_t rule_index,
		     const struct policy_tick *tick, size_t i,
		     struct policy_verdict *verdict, size_t *nr_firing)
{
	const struct policy_rule *rule = &state->policy->rules[rule_index];
	const struct policy_candidate *candidate = &tick->candidates[i];
	const struct known *known = state->known.of_candidate[i];
	struct watch *watch = known->watches[rule_index];
	enum policy_finding finding;
	size_t leading;
	int r;

	if (!watch)
		return 0;
	r = watch_update(watch, rule, tick, candidate,
			 known_ended_seconds(known, tick->boot_ms));
	if (r < 0)
		return r;
	finding = watch_finding(watch, rule, tick->boot_ms, &leading);
	if (!suits_state(rule, candidate))
		verdict->finding = POLICY_WRONG_STATE;
	else if (verdict->finding == POLICY_CHOSEN)
		verdict->finding = finding;
	if (verdict->finding == POLICY_CHOSEN)
		state->firing[(*nr_firing)++] = (struct firing){
			i, known, leading, rank_of(rule, watch, leading),
		};
	return 0;
}

/* Worst first */
static int by_value(const void *a, const void *b)
{
	const struct firing *one = a, *other = b;
	const struct known *known = one->known, *than = other->known;
	int order;

	if (one->leading != other->leading)
		return one->leading < other->leading ? -1 : 1;
	if (one->value != other->value)
		return one->value > other->value ? -1 : 1;
	if (known->started_ms != than->started_ms)
		return known->started_ms < than->started_ms ? -1 : 1;
	order = strcmp(known->id, than->id);
	return order ?: (one->candidate > other->candidate) -
			(one->candidate < other->candidate);
}

/* Whether a container that a rule fires for is spared */

/*
 * Containers of a user count only for that user's, so that no user can make
 * anybody else's container seem dispensable. Root's count for all.
 */
static size_t nr_alive(const struct policy_state *state,
		       const struct known *known)
{
	size_t i, nr = state->alive[known->class];

	for (i = 0; known->user_id != 0 && i < state->known.nr; i++) {
		const struct known *other = state->known.all[i];

		nr += other->class == known->class &&
		      other->user_id == known->user_id &&
		      other->profile.is_alive;
	}
	return nr;
}

static bool is_below_minimum(const struct policy_state *state,
			     const struct policy_rule *rule,
			     const struct known *known)
{
	const struct policy_group *class;

	if (!(rule->steps & POLICY_DISRUPTIVE) || known->class == NO_CLASS ||
	    known->has_ended)
		return false;
	class = &state->policy->classes.all[known->class];
	return class->minimum > 0 &&
	       nr_alive(state, known) < class->minimum +
					known->profile.is_alive;
}

/* Nobody is hurt by a notification but those who want none. */
static const char *protection_from(const struct policy_rule *rule,
				   const struct policy_candidate *candidate,
				   const struct known *known)
{
	if ((rule->steps & POLICY_NOTIFY) && !known->is_left_alone)
		return NULL;
	if (known->profile.protection)
		return known->profile.protection;
	if ((rule->steps & POLICY_REMOVE) &&
	    candidate->anonymous_volumes == POLICY_YES)
		return "it has anonymous volumes, and would be removed";
	return NULL;
}

/* contmon-engine checks again, and does not remove it if it has some. */
static const char *doubt_about(const struct policy_rule *rule,
			       const struct policy_candidate *candidate)
{
	return (rule->steps & POLICY_REMOVE) &&
	       candidate->anonymous_volumes == POLICY_NOT_KNOWN ?
	       "not known whether it has anonymous volumes, which would "
	       "protect it" : NULL;
}

static enum policy_finding
spare_from_notice(const struct policy_state *state,
		  const struct policy_rule *rule, const struct watch *watch)
{
	return watch->notified_ms != POLICY_NO_TIME &&
	       state->boot_ms - watch->notified_ms < rule->cool_down_ms ?
	       POLICY_COOLING : POLICY_CHOSEN;
}

static enum policy_finding spare(const struct policy_state *state,
				 size_t rule_index,
				 const struct policy_candidate *candidate,
				 const struct known *known,
				 const char **ret_why)
{
	const struct policy_rule *rule = &state->policy->rules[rule_index];

	*ret_why = protection_from(rule, candidate, known);
	if (*ret_why)
		return POLICY_PROTECTED;
	if (rule->steps & POLICY_NOTIFY)
		return spare_from_notice(state, rule,
					 known->watches[rule_index]);
	if (known->profile.is_young)
		return POLICY_YOUNG;
	if (policy_state_gave_up(state, rule_index, known->user_id))
		return POLICY_GAVE_UP;
	if (known->taken_by) {
		*ret_why = known->taken_by;
		return POLICY_TAKEN;
	}
	if (known->cool_ms > state->boot_ms)
		return POLICY_COOLING;
	if (is_below_minimum(state, rule, known)) {
		*ret_why = known->profile.class;
		return POLICY_MINIMUM;
	}
	return budget_spare(state, known, ret_why);
}

/* Choosing */

/*
 * Is @known another container, or another run of it, than the one that was
 * acted on earlier? The same run can have a slightly different start time, if a
 * new sampler read it, or an engine reported it after the end. A new run
 * started after the action.
 */
static bool is_rerun(const struct policy_state *state,
		     const struct ledger_entry *earlier,
		     const struct known *known, int64_t t_ms)
{
	if (!earlier || strcmp(earlier->id, known->id) != 0)
		return earlier;
	return known->started_ms != earlier->started_ms &&
	       (double)t_ms - known->started_ms <
	       (double)(state->boot_ms - earlier->boot_ms);
}

static int add_decision(struct policy_state *state, size_t rule, size_t i,
			const struct known *known, int64_t t_ms)
{
	const struct policy_rule *by = &state->policy->rules[rule];
	/* A notification need not help, whatever the rule did before. */
	const struct ledger_entry *earlier = by->steps & POLICY_NOTIFY ? NULL :
		ledger_earlier(&state->ledger, by->name, known->id, known->name,
			       known->user_id, state->boot_ms);
	struct policy_decision *grown;

	if (state->nr_decisions == state->max_decisions) {
		size_t max = state->max_decisions * 2 + 8;

		grown = reallocarray(state->decisions, max, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		state->decisions = grown;
		state->max_decisions = max;
	}
	state->decisions[state->nr_decisions++] = (struct policy_decision){
		.rule = rule,
		.candidate = i,
		.dry_run = state->policy->dry_run || by->dry_run,
		.is_again = earlier,
		.is_rerun = is_rerun(state, earlier, known, t_ms),
	};
	return 0;
}

/* The counts of classes cover only root's containers. */
static bool is_counted(const struct known *known)
{
	return known->user_id == 0 && known->class != NO_CLASS &&
	       known->profile.is_alive;
}

static int take(struct policy_state *state, size_t rule_index,
		struct known *known)
{
	const struct policy_rule *rule = &state->policy->rules[rule_index];
	const struct policy_action action = {
		.rule = rule->name,
		.id = known->id,
		.name = known->name,
		.user_id = known->user_id,
		.started_ms = known->started_ms,
		.boot_ms = state->boot_ms,
		.cool_down_ms = rule->cool_down_ms,
		.steps = rule->steps,
	};
	int r;

	if (rule->steps & POLICY_NOTIFY) {
		known->watches[rule_index]->notified_ms = state->boot_ms;
		return 0;
	}
	r = ledger_add(&state->ledger, &action, true);
	if (r < 0)
		return r;
	known->taken_by = rule->name;
	known_look_up_all(&state->known, &state->ledger, known->id,
			  known->name);
	if (!(rule->steps & POLICY_DISRUPTIVE))
		return 0;
	if (is_counted(known))
		state->alive[known->class]--;
	known->profile.is_alive = false;
	return 0;
}

static int choose(struct policy_state *state, size_t rule_index,
		  const struct policy_tick *tick,
		  struct policy_verdict *verdicts, size_t nr_firing)
{
	const struct policy_rule *rule = &state->policy->rules[rule_index];
	size_t i;
	int r;

	if (tick->is_past)
		return 0;
	qsort(state->firing, nr_firing, sizeof(*state->firing), by_value);
	for (i = 0; i < nr_firing; i++) {
		size_t at = state->firing[i].candidate;
		struct known *known = state->known.of_candidate[at];

		verdicts[at].finding = spare(state, rule_index,
					     &tick->candidates[at], known,
					     &verdicts[at].why);
		if (verdicts[at].finding != POLICY_CHOSEN)
			continue;
		verdicts[at].why = doubt_about(rule, &tick->candidates[at]);
		r = add_decision(state, rule_index, at, known, tick->t_ms);
		if (r == 0)
			r = take(state, rule_index, known);
		if (r < 0)
			return r;
	}
	return 0;
}

static int decide_rule(struct policy_state *state, size_t rule,
		       const struct policy_tick *tick)
{
	struct policy_verdict *verdicts =
		state->verdicts + rule * tick->nr_candidates;
	size_t i, nr_firing = 0;
	int r = 0;

	find_selected(state, rule, tick, verdicts);
	for (i = 0; r == 0 && i < tick->nr_candidates; i++)
		r = check_one(state, rule, tick, i, &verdicts[i], &nr_firing);
	return r < 0 ? r : choose(state, rule, tick, verdicts, nr_firing);
}

/* A tick */

static void count_alive(struct policy_state *state)
{
	size_t i;

	for (i = 0; i < state->policy->classes.nr; i++)
		state->alive[i] = 0;
	state->has_roots = false;
	for (i = 0; i < state->nr_candidates; i++) {
		const struct known *known = state->known.of_candidate[i];

		if (is_counted(known))
			state->alive[known->class]++;
		state->has_roots |= known->user_id == 0 &&
				    known->profile.is_running;
	}
}

static void forget_past(struct policy_state *state)
{
	size_t i, j;

	known_forget_parked(&state->known, state->policy->nr_rules);
	for (i = 0; i < state->known.nr; i++) {
		for (j = 0; j < state->policy->nr_rules; j++) {
			if (state->known.all[i]->watches[j])
				watch_reset(state->known.all[i]->watches[j]);
		}
	}
}

static int begin(struct policy_state *state, const struct policy_tick *tick)
{
	int r = policy_state_reserve(state, tick->nr_candidates);

	if (r < 0)
		return r;
	if (tick->longest_gap_ms > 0 && state->boot_ms != POLICY_NO_TIME &&
	    tick->boot_ms - state->boot_ms > tick->longest_gap_ms)
		forget_past(state);
	state->boot_ms = tick->boot_ms;
	state->nr_decisions = 0;
	state->nr_candidates = 0;
	ledger_expire(&state->ledger, tick->boot_ms);
	r = known_update(&state->known, state->policy, &state->ledger, tick);
	if (r == 0)
		r = known_hold(&state->known, tick);
	if (r < 0)
		return r;
	state->nr_candidates = tick->nr_candidates;
	count_alive(state);
	return 0;
}

int policy_decide(struct policy_state *state, const struct policy_tick *tick,
		  struct policy_result *ret)
{
	int r = begin(state, tick);
	size_t i;

	/* The arrays are not allocated until there are containers. */
	for (i = 0; r == 0 && tick->nr_candidates > 0 &&
		    i < state->policy->nr_rules; i++)
		r = decide_rule(state, i, tick);
	if (r < 0)
		return r;
	for (i = 0; i < tick->nr_candidates; i++)
		state->profiles[i] = state->known.of_candidate[i]->profile;
	*ret = (struct policy_result){
		.decisions = state->decisions,
		.nr_decisions = state->nr_decisions,
		.profiles = state->profiles,
		.verdicts = state->verdicts,
		.nr_candidates = tick->nr_candidates,
	};
	return 0;
}

enum policy_finding policy_recheck(const struct policy_state *state,
				   size_t rule, size_t candidate)
{
	enum policy_finding finding;
	const struct known *known;

	if (candidate >= state->nr_candidates)
		return POLICY_UNKNOWN;
	finding = state->verdicts[rule * state->nr_candidates + candidate]
		  .finding;
	if (finding < POLICY_CHOSEN || finding == POLICY_PROTECTED ||
	    finding == POLICY_YOUNG)
		return finding;
	known = state->known.of_candidate[candidate];
	if (policy_state_gave_up(state, rule, known->user_id))
		return POLICY_GAVE_UP;
	if (is_below_minimum(state, &state->policy->rules[rule], known))
		return POLICY_MINIMUM;
	return POLICY_CHOSEN;
}
