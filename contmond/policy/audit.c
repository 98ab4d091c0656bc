// SPDX-License-Identifier: GPL-2.0-only
/* The rows of the audit, and the events that warn people */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "base/util.h"
#include "contmond/store/event_kinds.h"
#include "pending.h"
#include "reason.h"

/* A rule may have looked at thousands; those beyond this are only counted. */
#define MAX_CANDIDATES 32

static const char *const state_names[] = {
	[ENFORCE_PLANNED] = "planned",
	[ENFORCE_WARNED] = "warned",
	[ENFORCE_ACTED] = "acted",
	[ENFORCE_VERIFIED] = "verified",
	[ENFORCE_FAILED] = "failed",
	[ENFORCE_VETOED] = "vetoed",
	[ENFORCE_EXPIRED] = "expired",
	[ENFORCE_SPARED] = "spared",
	[ENFORCE_GONE] = "gone",
	[ENFORCE_HELD] = "held",
	[ENFORCE_RESTORED] = "restored",
};

const char *audit_state_name(enum enforce_state state)
{
	return state_names[state];
}

int audit_state_find(const char *name, enum enforce_state *ret)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(state_names); i++) {
		if (strcmp(state_names[i], name) != 0)
			continue;
		*ret = (enum enforce_state)i;
		return 0;
	}
	return -EINVAL;
}

static json_t *number(double value)
{
	return isnan(value) ? json_null() : json_real(value);
}

/*
 * Paths of cgroups and of rule files may contain any bytes, and so may terms.
 */
static json_t *text_of(const char *text)
{
	_cleanup_free_ char *valid = text ?
		utf8_dup(text, strlen(text), SIZE_MAX) : NULL;

	return valid ? json_string(valid) : json_null();
}

static json_t *time_of(double ms)
{
	return isnan(ms) ? json_null() : json_integer((json_int_t)ms);
}

/*
 * A user can have rules say and plan something of new containers without end,
 * and have nothing come of it, so that is his. What is acted has a budget,
 * which is counted from these rows after a start: they are root's, and nothing
 * of the user's makes them forgotten.
 */
static int64_t user_of(const struct pending *pending)
{
	if ((pending->was_acted && pending->steps != POLICY_NOTIFY) ||
	    pending->user_id == POLICY_NO_USER)
		return 0;
	return pending->user_id;
}

/* Events */

/* The event for a state that others should know about, or NULL */
static const char *event_of(const struct pending *pending)
{
	if (pending->state == ENFORCE_WARNED)
		return EVENT_POLICY_WARNED;
	if (pending->state != ENFORCE_ACTED)
		return NULL;
	return pending->steps == POLICY_NOTIFY ? EVENT_POLICY_NOTIFIED :
						 EVENT_POLICY_ACTED;
}

static void tell(struct enforce *enforce, const struct pending *pending,
		 const char *kind)
{
	char action[POLICY_STEPS_MAX], *text;
	json_t *detail = json_pack("{s:s,s:s,s:s,s:b,s:o}", "decision",
		pending->decision, "rule", pending->rule, "action",
		policy_steps_text(pending->steps, action), "dry_run",
		pending->is_dry_run, "reason", text_of(pending->reason));
	struct store_event event = {
		.t_ms = (double)enforce->t_ms,
		.kind = kind,
		.cgroup_id = pending->target.cgroup_id,
		.user = user_of(pending),
		.container = pending->title,
		.container_id = pending->id,
	};

	if (pending->state == ENFORCE_WARNED)
		json_object_set_new(detail, "acts_ms", json_integer(
			enforce->t_ms + pending->warn_ms));
	if (strcmp(kind, EVENT_POLICY_GAVE_UP) == 0)
		json_object_set_new(detail, "of_users",
				    json_boolean(pending->user_id > 0));
	text = detail ? json_dumps(detail, JSON_COMPACT) : NULL;
	event.detail = text;
	enforce->sink.event(&event, enforce->sink.userdata);
	free(text);
	json_decref(detail);
}

void audit_gave_up(struct enforce *enforce, const struct pending *pending)
{
	tell(enforce, pending, EVENT_POLICY_GAVE_UP);
}

/* Rows */

static void write_row(struct enforce *enforce, const struct pending *pending,
		      const char *reason, json_t *detail)
{
	char action[POLICY_STEPS_MAX];
	char *text = detail ? json_dumps(detail, JSON_COMPACT) : NULL;
	const struct store_decision row = {
		.t_ms = (double)enforce->t_ms,
		.decision = pending->decision,
		.state = state_names[pending->state],
		.action = policy_steps_text(pending->steps, action),
		.dry_run = pending->is_dry_run,
		.cgroup_id = pending->target.cgroup_id,
		.user = user_of(pending),
		.container_id = pending->id,
		.container = pending->title,
		.rule = pending->rule,
		.rule_hash = pending->rule_hash,
		.reason = reason,
		.detail = text,
	};

	enforce->sink.decision(&row, enforce->sink.userdata);
	free(text);
	json_decref(detail);
}

void audit_move(struct enforce *enforce, struct pending *pending,
		enum enforce_state state, const char *reason, json_t *detail)
{
	const char *kind;

	pending->state = state;
	pending->was_acted |= state == ENFORCE_ACTED;
	write_row(enforce, pending, reason, detail);
	kind = event_of(pending);
	if (kind)
		tell(enforce, pending, kind);
}

/* The first row */

static json_t *measures_of(const struct policy_rule *rule,
			   const struct policy_measure *measures,
			   int64_t boot_ms)
{
	json_t *all = json_array();
	size_t i;

	for (i = 0; measures && i < rule->all.nr + rule->any.nr; i++) {
		const struct policy_condition *condition =
			policy_rule_condition(rule, i);
		const struct policy_measure *measure = &measures[i];
		bool holds = measure->since_ms != POLICY_NO_TIME;

		json_array_append_new(all, json_pack(
			"{s:s,s:o,s:o,s:o,s:o,s:o}",
			"condition", condition->text,
			"value", number(measure->value),
			"for_seconds", number(holds ? (double)
				(boot_ms - measure->since_ms) / 1e3 : NAN),
			"lowest", number(measure->lowest),
			"mean", number(measure->mean),
			"highest", number(measure->highest)));
	}
	return all;
}

static json_t *candidate_of(const struct policy_tick *tick, size_t i,
			    const struct policy_verdict *verdict)
{
	const struct policy_candidate *candidate = &tick->candidates[i];
	const char *title = candidate->row->container ?: candidate->id;

	return json_pack("{s:o,s:o,s:s,s:o,s:o}", "container", text_of(title),
			 "id", text_of(candidate->id), "finding",
			 policy_finding_name(verdict->finding), "why",
			 text_of(verdict->why), "value",
			 number(verdict->measures ? verdict->measures[0].value :
						    (double)NAN));
}

/*
 * Candidates for which the rule fires come first: they could have been chosen.
 */
static void add_candidates(json_t *detail, const struct policy_result *result,
			   const struct policy_tick *tick, size_t rule)
{
	json_t *all = json_array();
	size_t i, fires, nr = 0;

	for (fires = 2; fires-- > 0;) {
		for (i = 0; i < result->nr_candidates; i++) {
			const struct policy_verdict *verdict =
				policy_verdict(result, rule, i);

			if (verdict->finding == POLICY_NOT_SELECTED ||
			    policy_fires(verdict) != fires ||
			    nr++ >= MAX_CANDIDATES)
				continue;
			json_array_append_new(all, candidate_of(tick, i,
								verdict));
		}
	}
	json_object_set_new(detail, "candidates", all);
	json_object_set_new(detail, "more_candidates", json_integer(
		nr > MAX_CANDIDATES ? (json_int_t)nr - MAX_CANDIDATES : 0));
}

/* Verdicts of other rules that fire for the same container */
static json_t *other_rules(const struct enforce *enforce,
			   const struct policy_decision *decision)
{
	json_t *all = json_array();
	size_t i;

	for (i = 0; i < enforce->policy->nr_rules; i++) {
		const struct policy_rule *rule = &enforce->policy->rules[i];
		const struct policy_verdict *verdict = policy_verdict(
			&enforce->result, i, decision->candidate);
		char action[POLICY_STEPS_MAX];

		if (i == decision->rule || !policy_fires(verdict))
			continue;
		json_array_append_new(all, json_pack(
			"{s:s,s:s,s:s,s:o}", "rule", rule->name, "action",
			policy_steps_text(rule->steps, action), "finding",
			policy_finding_name(verdict->finding), "why",
			text_of(verdict->why)));
	}
	return all;
}

/* A rule without conditions has measured nothing. */
json_t *audit_measures(const struct enforce *enforce, size_t rule_index,
		       size_t candidate)
{
	const struct policy_rule *rule = &enforce->policy->rules[rule_index];

	if (rule->all.nr + rule->any.nr == 0)
		return json_array();
	return measures_of(rule, policy_verdict(&enforce->result, rule_index,
						candidate)->measures,
			   enforce->boot_ms);
}

void audit_planned(struct enforce *enforce, struct pending *pending,
		   const struct policy_tick *tick,
		   const struct policy_decision *decision)
{
	const struct policy_rule *rule =
		&enforce->policy->rules[decision->rule];
	const struct policy_profile *profile =
		&enforce->result.profiles[decision->candidate];
	json_t *detail = json_pack("{s:I,s:s*,s:s,s:o,s:i,s:o,s:s?,s:I,s:o,"
				   "s:I}",
				   AUDIT_BOOT_MS, (json_int_t)enforce->boot_ms,
				   AUDIT_BOOT_ID, enforce->sink.boot_id,
				   "policy_hash", enforce->policy->hash,
				   "file", text_of(rule->place.file), "line",
				   (int)rule->place.line, "class",
				   text_of(profile->class), "type",
				   profile->type, AUDIT_USER_ID,
				   (json_int_t)pending->user_id,
				   "started_ms", time_of(pending->started_ms),
				   AUDIT_COOL_DOWN_MS,
				   (json_int_t)pending->cool_down_ms);

	json_object_set_new(detail, "measures",
			    audit_measures(enforce, decision->rule,
					   decision->candidate));
	add_candidates(detail, &enforce->result, tick, decision->rule);
	json_object_set_new(detail, "other_rules",
			    other_rules(enforce, decision));
	audit_move(enforce, pending, ENFORCE_PLANNED, pending->reason, detail);
}
