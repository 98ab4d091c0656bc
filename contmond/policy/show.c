// SPDX-License-Identifier: GPL-2.0-only
/* Describes what policies are doing, for the API */
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

/* On containers of root or of users */
static bool gave_up(const struct enforce *enforce, size_t rule)
{
	return policy_state_gave_up(enforce->state, rule, 0) ||
	       policy_state_gave_up(enforce->state, rule, 1);
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
		.state = text_copy(gave_up(enforce, i) ? "gave up" : "active",
				   failed),
		.decisions_total = (double)enforce->decisions_of[i],
	};
	count(enforce, i, row);
}

/* The newest decisions have already changed is_alive. */
static void count_class(const struct enforce *enforce,
			const struct policy_group *class,
			struct policing_class_row *row)
{
	const struct policy_result *result = &enforce->result;
	size_t i;

	row->running = row->counted = enforce->has_result ? 0 : (double)NAN;
	for (i = 0; enforce->has_result && i < result->nr_candidates; i++) {
		const struct policy_profile *profile = &result->profiles[i];

		if (!profile->class || strcmp(profile->class, class->name) != 0)
			continue;
		row->running += profile->is_running;
		row->counted += profile->is_alive;
	}
	row->above_minimum = row->counted - row->minimum;
}

static void show_class(const struct enforce *enforce, size_t i,
		       struct policing_class_row *row, bool *failed)
{
	const struct policy_group *class = &enforce->policy->classes.all[i];

	*row = (struct policing_class_row){
		.class = text_copy(class->name, failed),
		.file = text_copy(class->place.file, failed),
		.line = class->place.line,
		.minimum = class->minimum,
	};
	count_class(enforce, class, row);
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

/* On failure, the rows made so far are freed by the caller. */
static int make_rows(const struct enforce *enforce, struct policing *to)
{
	const struct policy *policy = enforce->policy;
	bool failed;

	to->rules = calloc(policy->nr_rules + 1, sizeof(*to->rules));
	to->classes = calloc(policy->classes.nr + 1, sizeof(*to->classes));
	to->pending = calloc(enforce->nr + 1, sizeof(*to->pending));
	failed = !to->rules || !to->classes || !to->pending;
	while (!failed && to->nr_rules < policy->nr_rules) {
		show_rule(enforce, to->nr_rules, &to->rules[to->nr_rules],
			  &failed);
		to->nr_rules++;
	}
	while (!failed && to->nr_classes < policy->classes.nr) {
		show_class(enforce, to->nr_classes,
			   &to->classes[to->nr_classes], &failed);
		to->nr_classes++;
	}
	while (!failed && to->nr_pending < enforce->nr) {
		show_pending(enforce->all[to->nr_pending], enforce,
			     &to->pending[to->nr_pending], &failed);
		to->nr_pending++;
	}
	return failed ? -ENOMEM : 0;
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
	int r = make_rows(enforce, &policing);

	if (r < 0) {
		policing_done(&policing);
		return r;
	}
	*ret = policing;
	return 0;
}
