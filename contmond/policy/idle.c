// SPDX-License-Identifier: GPL-2.0-only
#include "idle.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/names_protected.h"
#include "base/util.h"
#include "decide.h"
#include "overlap.h"
#include "parse.h"
#include "ranges.h"
#include "select.h"

struct idle {
	const struct section *section;
	const struct policy_rule *rule;
	section_complain_fn *warn;
	void *userdata;
	bool is_found;
	bool no_memory;
};

/*
 * Points to the line of @key whose value contains @part; if NULL, to the head
 */
__attribute__((format(printf, 4, 5)))
static void warn(struct idle *idle, const char *key, const char *part,
		 const char *format, ...)
{
	const struct section_line *line = key ?
		section_find_value(idle->section, key, part) : NULL;
	_cleanup_free_ char *why = NULL;
	va_list arguments;
	int r;

	va_start(arguments, format);
	r = vasprintf(&why, format, arguments);
	va_end(arguments);
	idle->is_found = true;
	if (r < 0) {
		why = NULL;
		idle->no_memory = true;
		return;
	}
	idle->warn(idle->section, line, why, idle->userdata);
}

/* Selection */

static void check_select(struct idle *idle)
{
	const struct policy_terms *select = &idle->rule->select;
	size_t i;

	for (i = 0; i < select->nr; i++) {
		const char *text = select->all[i].text;

		if (!overlap_is_empty(select, i))
			continue;
		warn(idle, "select", text, "select: %s: no container matches "
		     "this and the other terms", text);
		return;
	}
}

/* Why every container that matches is protected from a rule, or NULL */
static const char *protection_of(const struct policy_rule *rule,
				 enum policy_field field,
				 const struct policy_pattern *pattern)
{
	const struct name_label labels[] = {
		{ LABEL_LOAD, "" }, { pattern->key, pattern->text },
	};
	struct container_info name = { .labels = labels, .nr_labels = 1 };

	if (!overlap_is_plain(pattern) &&
	    !(pattern->is_word && field != POLICY_LABEL))
		return NULL;
	if (field == POLICY_NAME)
		name.name = pattern->text;
	else if (field == POLICY_IMAGE)
		name.image = pattern->text;
	else if (field == POLICY_LABEL)
		name.nr_labels = ARRAY_SIZE(labels);
	if ((rule->steps & POLICY_NOTIFY) && !name_is_left_alone(&name))
		return NULL;
	return name_protection(&name);
}

static const char *protection_of_all(const struct policy_rule *rule,
				     const struct policy_term *term)
{
	const char *why = NULL;
	size_t i;

	for (i = 0; i < term->nr_patterns && !term->is_negated; i++) {
		why = protection_of(rule, term->field, &term->patterns[i]);
		if (!why)
			return NULL;
	}
	return why;
}

static const char *own_protection(const struct policy *policy,
				  const struct policy_term *term)
{
	size_t i, j;

	for (i = 0; i < policy->protect.nr; i++) {
		const struct policy_terms *match =
			&policy->protect.all[i].match;

		for (j = 0; j < match->nr; j++) {
			if (overlap_implies(term, &match->all[j]))
				return match->all[j].text;
		}
	}
	return NULL;
}

static void check_protection(struct idle *idle, const struct policy *policy)
{
	const struct policy_rule *rule = idle->rule;
	size_t i;

	for (i = 0; i < rule->select.nr; i++) {
		const struct policy_term *term = &rule->select.all[i];
		const char *why = protection_of_all(rule, term);

		if (!why && !(rule->steps & POLICY_NOTIFY))
			why = own_protection(policy, term);
		if (!why)
			continue;
		warn(idle, "select", term->text, "select: %s: every such "
		     "container is protected: %s", term->text, why);
		return;
	}
}

/* Running containers, and ended ones */

static bool selects_running(const struct policy_rule *rule)
{
	return select_state(&rule->select, "running") ||
	       select_state(&rule->select, "paused") ||
	       select_state(&rule->select, "empty");
}

static bool is_of_running(const struct policy_condition *condition)
{
	return condition->column;
}

/* Conditions on numbers of ended containers are unknown while they run. */
static bool may_hold_running(const struct policy_rule *rule)
{
	size_t i, nr_any = 0;

	for (i = 0; i < rule->all.nr; i++) {
		if (!is_of_running(&rule->all.all[i]))
			return false;
	}
	for (i = 0; i < rule->any.nr; i++)
		nr_any += is_of_running(&rule->any.all[i]);
	return rule->any.nr == 0 || nr_any > 0;
}

static const char *why_not_running(const struct policy_rule *rule)
{
	if (rule->steps == POLICY_REMOVE)
		return "remove alone is not done";
	if (!selects_running(rule))
		return "no state of theirs is selected";
	return may_hold_running(rule) ? NULL : "ended_seconds is unknown";
}

static const char *why_not_ended(const struct policy_rule *rule)
{
	if (!(rule->steps & (POLICY_REMOVE | POLICY_NOTIFY)))
		return "only remove and notify are done";
	if (policy_ended_of(rule) == POLICY_ENDED_ACTED)
		return NULL;
	return "no state of theirs is selected, or a number of `all` or `any` "
	       "is unknown";
}

static void check_life(struct idle *idle)
{
	const char *running = why_not_running(idle->rule);
	const char *ended = why_not_ended(idle->rule);

	if (running && ended)
		warn(idle, NULL, "", "it can never act: on containers that "
		     "run, because %s; on those that have ended, because %s",
		     running, ended);
}

/* Numbers */

static const char *key_of(const struct policy_rule *rule, size_t i)
{
	return i < rule->all.nr ? "all" : "any";
}

static bool is_impossible(struct idle *idle, size_t i)
{
	const struct policy_condition *condition =
		policy_rule_condition(idle->rule, i);
	struct range possible = range_possible(condition);
	const char *key = key_of(idle->rule, i);

	if (!range_is_empty(range_meet(range_of(condition), possible)))
		return false;
	if (range_of(condition).low == -INFINITY)
		warn(idle, key, condition->text, "%s: %s: it is never true: "
		     "the number is not below 0", key, condition->text);
	else
		warn(idle, key, condition->text, "%s: %s: it is never true: "
		     "the number is at most %g", key, condition->text,
		     possible.high);
	return true;
}

/* @i contradicts an earlier condition of `all`, which must hold as well. */
static void check_contradiction(struct idle *idle, size_t i)
{
	const struct policy_rule *rule = idle->rule;
	const struct policy_condition *one = policy_rule_condition(rule, i);
	size_t j;

	for (j = 0; j < i && j < rule->all.nr; j++) {
		const struct policy_condition *other = &rule->all.all[j];

		if (!range_same_number(one, other) ||
		    !range_is_empty(range_meet(range_held(one),
					       range_held(other))))
			continue;
		warn(idle, key_of(rule, i), one->text, "%s: %s: it is never "
		     "true together with '%s'", key_of(rule, i), one->text,
		     other->text);
		return;
	}
}

/* The shortest time since start, or end, after which a rule can act */
static int64_t least_ms(const struct policy *policy,
			const struct policy_rule *rule,
			const struct policy_condition *condition)
{
	int64_t ms = rule->for_ms;

	if (rule->steps & POLICY_NOTIFY)
		return ms;
	if (condition->column && policy->min_age_ms > ms)
		ms = policy->min_age_ms;
	return ms + rule->warn_ms;
}

static bool is_age(const struct policy_condition *condition)
{
	return condition->reading == POLICY_LEVEL &&
	       (!condition->column ||
		strcmp(condition->column->key, "uptime_seconds") == 0);
}

/* Counts the warning, because the condition is checked again after it. */
static void check_age(struct idle *idle, const struct policy *policy, size_t i)
{
	const struct policy_condition *condition =
		policy_rule_condition(idle->rule, i);
	const char *key = key_of(idle->rule, i);
	struct buffer least = { 0 };
	int64_t ms;

	if (!is_age(condition))
		return;
	ms = least_ms(policy, idle->rule, condition);
	if (!range_is_empty(range_meet(range_held(condition), (struct range){
				       (double)ms / 1e3, INFINITY, false,
				       false })))
		return;
	policy_write_time(&least, ms);
	idle->no_memory |= least.failed;
	if (!least.failed)
		warn(idle, key, condition->text, "%s: %s: it is never true "
		     "when the rule would act, after %s at the earliest (%s)",
		     key, condition->text, least.text,
		     idle->rule->steps & POLICY_NOTIFY ? "for" :
		     condition->column ? "min_age or for, and warn" :
					 "for and warn");
	buffer_done(&least);
}

static void check_numbers(struct idle *idle, const struct policy *policy)
{
	size_t i;

	for (i = 0; i < idle->rule->all.nr + idle->rule->any.nr; i++) {
		if (is_impossible(idle, i))
			continue;
		check_contradiction(idle, i);
		check_age(idle, policy, i);
	}
}

/* Earlier rules */

static bool terms_imply(const struct policy_terms *terms,
			const struct policy_term *term)
{
	size_t i;

	for (i = 0; i < terms->nr; i++) {
		if (strcmp(terms->all[i].text, term->text) == 0 ||
		    overlap_implies(&terms->all[i], term))
			return true;
	}
	return false;
}

static bool selects_more(const struct policy_rule *earlier,
			 const struct policy_rule *rule)
{
	size_t i;

	for (i = 0; i < earlier->select.nr; i++) {
		if (!terms_imply(&rule->select, &earlier->select.all[i]))
			return false;
	}
	return true;
}

static bool conditions_imply(const struct policy_rule *rule,
			     const struct policy_rule *earlier,
			     const struct policy_condition *condition)
{
	size_t i;

	for (i = 0; i < rule->all.nr; i++) {
		if (range_implies(&rule->all.all[i], condition,
				  rule->for_ms == earlier->for_ms))
			return true;
	}
	return false;
}

static bool holds_more(const struct policy_rule *earlier,
		       const struct policy_rule *rule)
{
	size_t i;

	if (earlier->for_ms > rule->for_ms)
		return false;
	for (i = 0; i < earlier->all.nr; i++) {
		if (!conditions_imply(rule, earlier, &earlier->all.all[i]))
			return false;
	}
	for (i = 0; i < earlier->any.nr; i++) {
		if (conditions_imply(rule, earlier, &earlier->any.all[i]))
			return true;
	}
	return earlier->any.nr == 0;
}

/* Does the earlier rule spare containers that the other one does not? */
static bool spares_more(const struct policy_rule *earlier,
			const struct policy_rule *rule)
{
	unsigned int removes = POLICY_REMOVE;

	return (earlier->steps & removes) != (rule->steps & removes) ||
	       (earlier->steps == removes && rule->steps != removes) ||
	       (earlier->steps & POLICY_DISRUPTIVE &&
		!(rule->steps & POLICY_DISRUPTIVE));
}

static bool is_before_all(const struct policy_rule *earlier,
			  const struct policy_rule *rule)
{
	return !((earlier->steps | rule->steps) & POLICY_NOTIFY) &&
	       earlier->keep_newest == 0 && !spares_more(earlier, rule) &&
	       selects_more(earlier, rule) && holds_more(earlier, rule);
}

static void check_earlier(struct idle *idle, const struct policy *policy)
{
	const struct policy_rule *earlier;

	for (earlier = policy->rules; earlier < idle->rule; earlier++) {
		if (!is_before_all(earlier, idle->rule))
			continue;
		warn(idle, NULL, "", "it acts only if rule %s (%s:%u) has "
		     "given up, which is before it and fires for all "
		     "containers that this one fires for", earlier->name,
		     earlier->place.file, earlier->place.line);
		return;
	}
}

/* Warnings about the whole rule would only repeat what is wrong with a line. */
static void check_rule(struct idle *idle, const struct policy *policy)
{
	idle->is_found = false;
	check_select(idle);
	check_protection(idle, policy);
	check_numbers(idle, policy);
	if (!idle->is_found)
		check_life(idle);
	if (!idle->is_found)
		check_earlier(idle, policy);
}

/* Rules are in the same order as their sections. */
int policy_find_idle(const struct sections *sections,
		     const struct policy *policy, section_complain_fn *fn,
		     void *userdata)
{
	struct idle idle = { .rule = policy->rules, .warn = fn,
			     .userdata = userdata };
	size_t i;

	for (i = 0; i < sections->nr; i++) {
		idle.section = &sections->all[i];
		if (idle.section->kind != SECTION_RULE)
			continue;
		check_rule(&idle, policy);
		idle.rule++;
	}
	return idle.no_memory ? -ENOMEM : 0;
}
