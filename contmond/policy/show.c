// SPDX-License-Identifier: GPL-2.0-only
/* What policies are doing, for the API */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/text.h"
#include "pending.h"

static void count(const struct enforce *enforce, size_t rule,
		  struct policing_rule_row *row)
{
	const struct policy_result *result = &enforce->result;
	size_t i;

	row->selected = row->over = enforce->has_result ? 0 : (double)NAN;
	for (i = 0; enforce->has_result && i < result->nr_candidates; i++) {
		const struct policy_verdict *verdict =
			policy_verdict(result, rule, i);

		row->selected += verdict->finding != POLICY_NOT_SELECTED;
		row->over += policy_fires(verdict) ||
			     verdict->finding == POLICY_TOO_BRIEF;
	}
}

static void show_rule(const struct enforce *enforce, size_t i,
		      struct policing_rule_row *row, bool *failed)
{
	const struct policy_rule *rule = &enforce->policy->rules[i];
	char action[POLICY_STEPS_MAX];

	*row = (struct policing_rule_row){
		.rule = text_copy(rule->name, failed),
		.rule_hash = text_copy(rule->hash, failed),
		.file = text_copy(rule->place.file, failed),
		.line = rule->place.line,
		.action = text_copy(policy_steps_text(rule->steps, action),
				    failed),
		.dry_run = rule->dry_run || enforce->policy->dry_run,
		.state = text_copy(policy_state_gave_up(enforce->state, i) ?
				   "gave up" : "active", failed),
		.decisions_total = (double)enforce->decisions_of[i],
	};
	count(enforce, i, row);
}

static void show_pending(const struct pending *pending,
			 const struct enforce *enforce,
			 struct policing_pending_row *row, bool *failed)
{
	char action[POLICY_STEPS_MAX];

	*row = (struct policing_pending_row){
		.t = (double)pending->planned_ms,
		.decision = text_copy(pending->decision, failed),
		.state = text_copy(audit_state_name(pending->state), failed),
		.action = text_copy(policy_steps_text(pending->steps, action),
				    failed),
		.dry_run = pending->is_dry_run,
		.acts_ms = pending->state < ENFORCE_ACTED ? (double)(
			enforce->t_ms + pending->due_ms - enforce->boot_ms) :
			(double)NAN,
		.container = text_copy(pending->title, failed),
		.container_id = text_copy(pending->id, failed),
		.rule = text_copy(pending->rule, failed),
		.rule_hash = text_copy(pending->rule_hash, failed),
		.reason = text_copy(pending->reason, failed),
	};
}

int enforce_show(const struct enforce *enforce, struct policing *ret)
{
	const struct policy *policy = enforce->policy;
	struct policing policing = {
		.mode = policy_mode(policy),
		.decisions_total = (double)enforce->decisions_total,
		.actions_total = (double)enforce->actions_total,
		.failures_total = (double)enforce->failures_total,
	};
	bool failed = false;

	policing.rules = calloc(policy->nr_rules + 1,
				sizeof(*policing.rules));
	policing.pending = calloc(enforce->nr + 1, sizeof(*policing.pending));
	failed = !policing.rules || !policing.pending;
	while (!failed && policing.nr_rules < policy->nr_rules) {
		show_rule(enforce, policing.nr_rules,
			  &policing.rules[policing.nr_rules], &failed);
		policing.nr_rules++;
	}
	while (!failed && policing.nr_pending < enforce->nr) {
		show_pending(enforce->all[policing.nr_pending], enforce,
			     &policing.pending[policing.nr_pending], &failed);
		policing.nr_pending++;
	}
	if (failed) {
		policing_done(&policing);
		return -ENOMEM;
	}
	*ret = policing;
	return 0;
}
