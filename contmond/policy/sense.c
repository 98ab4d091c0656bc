// SPDX-License-Identifier: GPL-2.0-only
#include "sense.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <contmon.h>

#include "base/util.h"
#include "keys.h"
#include "parse.h"
#include "select.h"

struct check {
	const struct section *section;
	const struct policy *policy;
	section_complain_fn *complain;
	void *userdata;
	bool has_failed;
};

/*
 * Points to the line of @key whose value contains @part. Without a key, or if
 * it is not set, points to the section's head.
 */
static void complain_about(struct check *check, const char *key,
			   const char *part, const char *why)
{
	const struct section_line *line = key ?
		section_find_value(check->section, key, part) : NULL;

	check->has_failed = true;
	check->complain(check->section, line, why, check->userdata);
}

static void complain(struct check *check, const char *key, const char *why)
{
	complain_about(check, key, "", why);
}

static bool has(const struct check *check, const char *key)
{
	return section_find_line(check->section, key);
}

/* Groups */

static bool has_group(const struct policy_groups *groups, const char *name)
{
	size_t i;

	for (i = 0; i < groups->nr; i++) {
		if (strcmp(groups->all[i].name, name) == 0)
			return true;
	}
	return false;
}

/* A misspelled class would match nothing, or everything after "not". */
static void check_group_name(struct check *check, const char *key,
			     const struct policy_term *term, const char *name)
{
	bool is_class = term->field == POLICY_CLASS;
	char why[256];

	if (has_group(is_class ? &check->policy->classes :
		      &check->policy->types, name))
		return;
	snprintf(why, sizeof(why), "%s: %s: there is no section [%s %s]", key,
		 term->text, is_class ? "class" : "type", name);
	complain_about(check, key, term->text, why);
}

/* States of running containers, and of ended ones in Docker and Podman */
static const char *state_at(size_t i)
{
	static const char *const states[] = {
		"running", "paused", "empty", "created", "configured",
		"initialized", "restarting", "stopping", "stopped",
		"removing", "exited", "dead", "unknown",
	};

	return i < ARRAY_SIZE(states) ? states[i] : NULL;
}

static const char *runtime_at(size_t i)
{
	i += CONTMON_RUNTIME_DOCKER;
	return i <= CONTMON_RUNTIME_BUILDKIT ?
	       contmon_runtime_name((enum contmon_runtime)i) : NULL;
}

/* A misspelled word would match nothing, or everything after "not". */
static void check_word(struct check *check, const char *key,
		       const struct policy_term *term,
		       const struct policy_pattern *pattern,
		       const char *(*word_at)(size_t i))
{
	const char *field = policy_field_name(term->field), *word;
	struct buffer why = { 0 };
	size_t i;

	for (i = 0; (word = word_at(i)); i++) {
		if (select_fits(pattern, word))
			return;
	}
	buffer_printf(&why, "%s: %s: there is no %s '%s'; the %ss are ", key,
		      term->text, field, pattern->text, field);
	for (i = 0; (word = word_at(i)); i++)
		buffer_printf(&why, "%s%s", i ? ", " : "", word);
	complain_about(check, key, term->text, why.failed ? "" : why.text);
	buffer_done(&why);
}

static void check_pattern(struct check *check, const char *key,
			  const struct policy_term *term,
			  const struct policy_pattern *pattern)
{
	bool is_plain = !pattern->is_word && pattern->text &&
			!strpbrk(pattern->text, "*?[\\");

	switch (term->field) {
	case POLICY_CLASS:
	case POLICY_TYPE:
		if (is_plain)
			check_group_name(check, key, term, pattern->text);
		break;
	case POLICY_STATE:
		check_word(check, key, term, pattern, state_at);
		break;
	case POLICY_RUNTIME:
		check_word(check, key, term, pattern, runtime_at);
		break;
	default:
		break;
	}
}

static void check_terms(struct check *check, const char *key,
			const struct policy_terms *terms)
{
	size_t i, j;

	for (i = 0; i < terms->nr; i++) {
		const struct policy_term *term = &terms->all[i];

		for (j = 0; j < term->nr_patterns; j++)
			check_pattern(check, key, term, &term->patterns[j]);
	}
}

/* Types are determined before classes, so a type cannot depend on a class. */
static void check_order(struct check *check, const struct policy_terms *terms,
			bool is_type)
{
	size_t i;

	for (i = 0; i < terms->nr; i++) {
		enum policy_field field = terms->all[i].field;
		const char *text = terms->all[i].text;

		if (field == POLICY_CLASS)
			complain_about(check, "match", text, is_type ?
				       "match: class cannot be in a [type]" :
				       "match: class cannot be in a [class]");
		if (field == POLICY_TYPE && is_type)
			complain_about(check, "match", text,
				       "match: type cannot be in a [type]");
	}
}

/* Only a class needs no match: a label may name it. */
static void check_group(struct check *check, const struct policy_group *group)
{
	enum section_kind kind = check->section->kind;

	if (kind != SECTION_PROTECT)
		check_order(check, &group->match, kind == SECTION_TYPE);
	check_terms(check, "match", &group->match);
	if (group->match.nr == 0 && kind != SECTION_CLASS)
		complain(check, NULL, "has no match");
}

/* Conditions */

static bool is_psi(const struct policy_condition *condition)
{
	return condition->column &&
	       strncmp(condition->column->key, "psi_", 4) == 0;
}

bool sense_is_setting(const char *key)
{
	static const char *const parts[] = {
		"_limit_bytes", "_limit_cores", "_max_bytes", "_max_cores",
		"_limit", "_max", "_weight", "_code",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		size_t length = strlen(parts[i]);

		if (strlen(key) >= length &&
		    strcmp(key + strlen(key) - length, parts[i]) == 0)
			return true;
	}
	return strcmp(key, "cpuset_cpus") == 0 ||
	       strcmp(key, "memory_high_bytes") == 0;
}

/* Does the condition demand that the container uses much, or ever more? */
static bool is_usage(const struct policy_condition *condition)
{
	const struct column *column = condition->column;

	if (!column || is_psi(condition) || sense_is_setting(column->key) ||
	    strcmp(column->key, "uptime_seconds") == 0)
		return false;
	return condition->reading != POLICY_LEVEL || !column_is_total(column);
}

typedef bool condition_fn(const struct policy_condition *condition);

static size_t count(const struct policy_conditions *conditions,
		    condition_fn *is_it)
{
	size_t i, nr = 0;

	for (i = 0; i < conditions->nr; i++)
		nr += is_it(&conditions->all[i]);
	return nr;
}

/* Does the rule fire only if the container uses much? */
static bool needs_usage(const struct policy_rule *rule)
{
	return count(&rule->all, is_usage) > 0 ||
	       (rule->any.nr > 0 &&
		count(&rule->any, is_usage) == rule->any.nr);
}

/* Refuses the first condition of this kind, if there is one. */
static void refuse(struct check *check, const struct policy_rule *rule,
		   condition_fn *is_it, const char *why)
{
	size_t i;

	for (i = 0; i < rule->all.nr + rule->any.nr; i++) {
		const struct policy_condition *condition =
			policy_rule_condition(rule, i);

		if (!is_it(condition))
			continue;
		complain_about(check, i < rule->all.nr ? "all" : "any",
			       condition->text, why);
		return;
	}
}

static bool is_of_ended(const struct policy_condition *condition)
{
	return !condition->column;
}

static void check_conditions(struct check *check,
			     const struct policy_rule *rule)
{
	if (!needs_usage(rule))
		refuse(check, rule, is_psi, "pressure alone is no reason to "
		       "act: add a condition on usage or growth to `all`");
	if (rule->for_ms == 0)
		refuse(check, rule, policy_looks_back,
		       "gain() and growth() need `for`");
	if (rule->steps && !(rule->steps & (POLICY_REMOVE | POLICY_NOTIFY)))
		refuse(check, rule, is_of_ended, "ended_seconds needs an "
		       "action that has remove, or notify");
}

/* Refuses a rule that would apply to every container of the host. */
static void check_breadth(struct check *check, const struct policy_rule *rule)
{
	if (rule->all.nr + rule->any.nr == 0 && rule->keep_newest == 0)
		complain(check, NULL, "needs `all`, `any` or `keep_newest`");
	else if (rule->select.nr == 0 &&
		 (!needs_usage(rule) || rule->for_ms == 0))
		complain(check, NULL, "needs `select`, or a condition on usage "
			 "and `for`");
}

/* Actions */

static void check_needs(struct check *check, const char *key, bool has_need,
			const char *need)
{
	char why[128];

	if (!has(check, key) || has_need)
		return;
	snprintf(why, sizeof(why), "%s needs %s", key, need);
	complain(check, key, why);
}

/* One of the two may be a default, or come from [policy]. */
static void check_warn(struct check *check, int64_t warn_ms,
		       int64_t cool_down_ms)
{
	struct buffer why = { 0 };

	if (warn_ms < cool_down_ms)
		return;
	buffer_puts(&why, "warn (");
	policy_write_time(&why, warn_ms);
	buffer_puts(&why, ") must be shorter than cool_down (");
	policy_write_time(&why, cool_down_ms);
	buffer_puts(&why, ")");
	complain(check, has(check, "warn") ? "warn" : "cool_down",
		 why.failed ? "" : why.text);
	buffer_done(&why);
}

static void check_action(struct check *check, const struct policy_rule *rule)
{
	unsigned int steps = rule->steps;

	if (!steps) {
		complain(check, NULL, "needs `action`");
		return;
	}
	check_needs(check, "grace", steps & (POLICY_STOP | POLICY_RESTART),
		    "an action with stop, or restart");
	check_needs(check, "hold", steps & (POLICY_PAUSE | POLICY_LIMIT),
		    "the action pause or limit");
	check_needs(check, "limit_cpu_cores", steps & POLICY_LIMIT,
		    "the action limit");
	check_needs(check, "limit_memory_bytes", steps & POLICY_LIMIT,
		    "the action limit");
	check_needs(check, "per", rule->keep_newest > 0, "keep_newest");
	if ((steps & POLICY_LIMIT) && isnan(rule->limit_cpu_cores) &&
	    isnan(rule->limit_memory_bytes))
		complain(check, "action", "limit needs limit_cpu_cores or "
			 "limit_memory_bytes");
	check_warn(check, rule->warn_ms, rule->cool_down_ms);
}

static void check_policy(struct check *check)
{
	const struct policy *policy = check->policy;
	char why[128];

	snprintf(why, sizeof(why), "budget_per_minute (%u) is more than "
		 "budget_per_hour (%u)", policy->budget_per_minute,
		 policy->budget_per_hour);
	if (policy->budget_per_minute > policy->budget_per_hour)
		complain(check, has(check, "budget_per_minute") ?
			 "budget_per_minute" : "budget_per_hour", why);
	check_warn(check, policy->warn_ms, policy->cool_down_ms);
}

static void check_rule(struct check *check, struct policy_rule *rule)
{
	policy_keys_complete(check->policy, rule);
	check_terms(check, "select", &rule->select);
	check_breadth(check, rule);
	check_conditions(check, rule);
	check_action(check, rule);
}

/* The objects of a kind are in the same order as their sections. */
int policy_check_sense(const struct sections *sections, struct policy *policy,
		       section_complain_fn *fn, void *userdata)
{
	struct check check = { NULL, policy, fn, userdata, false };
	size_t i, protect = 0, class = 0, type = 0, rule = 0;

	for (i = 0; i < sections->nr; i++) {
		check.section = &sections->all[i];
		switch (check.section->kind) {
		case SECTION_POLICY:
			check_policy(&check);
			break;
		case SECTION_PROTECT:
			check_group(&check, &policy->protect.all[protect++]);
			break;
		case SECTION_CLASS:
			check_group(&check, &policy->classes.all[class++]);
			break;
		case SECTION_TYPE:
			check_group(&check, &policy->types.all[type++]);
			break;
		default:
			check_rule(&check, &policy->rules[rule++]);
		}
	}
	return check.has_failed ? -EINVAL : 0;
}
