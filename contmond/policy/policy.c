// SPDX-License-Identifier: GPL-2.0-only
#include "policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *policy_field_name(enum policy_field field)
{
	static const char *const names[] = {
		[POLICY_NAME] = "name",
		[POLICY_IMAGE] = "image",
		[POLICY_COMMAND] = "command",
		[POLICY_RUNTIME] = "runtime",
		[POLICY_POD] = "pod",
		[POLICY_CLASS] = "class",
		[POLICY_TYPE] = "type",
		[POLICY_STATE] = "state",
		[POLICY_LABEL] = "label",
		[POLICY_COMPOSE_PROJECT] = "compose_project",
		[POLICY_COMPOSE_SERVICE] = "compose_service",
	};

	return names[field];
}

const char *policy_step_name(unsigned int step)
{
	switch (step) {
	case POLICY_NOTIFY:
		return "notify";
	case POLICY_RESTART:
		return "restart";
	case POLICY_PAUSE:
		return "pause";
	case POLICY_LIMIT:
		return "limit";
	case POLICY_STOP:
		return "stop";
	case POLICY_KILL:
		return "kill";
	default:
		return "remove";
	}
}

const char *policy_steps_text(unsigned int steps, char text[POLICY_STEPS_MAX])
{
	size_t length = 0;
	unsigned int step;

	text[0] = '\0';
	for (step = POLICY_NOTIFY; step <= POLICY_REMOVE; step <<= 1) {
		if (steps & step)
			length += (size_t)snprintf(text + length,
						   POLICY_STEPS_MAX - length,
						   "%s%s", length ? " " : "",
						   policy_step_name(step));
	}
	return text;
}

const char *policy_mode(const struct policy *policy)
{
	size_t i;

	if (policy->nr_rules == 0)
		return "off";
	for (i = 0; i < policy->nr_rules && !policy->dry_run; i++) {
		if (!policy->rules[i].dry_run)
			return "active";
	}
	return "dry run";
}

const struct policy_rule *policy_rule_find(const struct policy *policy,
					   const char *name)
{
	size_t i;

	for (i = 0; i < policy->nr_rules; i++) {
		if (strcmp(policy->rules[i].name, name) == 0)
			return &policy->rules[i];
	}
	return NULL;
}

static void terms_done(struct policy_terms *terms)
{
	size_t i, j;

	for (i = 0; i < terms->nr; i++) {
		struct policy_term *term = &terms->all[i];

		for (j = 0; j < term->nr_patterns; j++) {
			free(term->patterns[j].key);
			free(term->patterns[j].text);
		}
		free(term->patterns);
		free(term->text);
	}
	free(terms->all);
}

static void conditions_done(struct policy_conditions *conditions)
{
	size_t i;

	for (i = 0; i < conditions->nr; i++)
		free(conditions->all[i].text);
	free(conditions->all);
}

static void groups_done(struct policy_groups *groups)
{
	size_t i;

	for (i = 0; i < groups->nr; i++) {
		free(groups->all[i].name);
		free(groups->all[i].place.file);
		terms_done(&groups->all[i].match);
	}
	free(groups->all);
}

static void rule_done(struct policy_rule *rule)
{
	free(rule->name);
	free(rule->place.file);
	terms_done(&rule->select);
	conditions_done(&rule->all);
	conditions_done(&rule->any);
}

void policy_free(struct policy *policy)
{
	size_t i;

	if (!policy)
		return;
	for (i = 0; i < policy->nr_rules; i++)
		rule_done(&policy->rules[i]);
	free(policy->rules);
	for (i = 0; i < policy->nr_warnings; i++) {
		free(policy->warnings[i].place.file);
		free(policy->warnings[i].text);
	}
	free(policy->warnings);
	groups_done(&policy->protect);
	groups_done(&policy->classes);
	groups_done(&policy->types);
	free(policy);
}
