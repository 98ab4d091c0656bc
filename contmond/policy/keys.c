// SPDX-License-Identifier: GPL-2.0-only
#include "keys.h"

#include <errno.h>
#include <string.h>

#include "base/act_protocol.h"
#include "base/util.h"
#include "parse.h"

enum value {
	VALUE_TERMS,
	VALUE_CONDITIONS,
	VALUE_BOOL,
	VALUE_YES,	/* only "yes": cannot be taken back */
	VALUE_COUNT,
	VALUE_TIME,	/* its range is in seconds */
	VALUE_CORES,
	VALUE_BYTES,
	VALUE_STEPS,
	VALUE_PER,
};

/* @offset: in the object of its section */
struct policy_key {
	enum section_kind kind;
	const char *name;
	enum value value;
	size_t offset;
	double min;
	double max;
};

#define DAY 86400
#define HOUR 3600

#define POLICY_KEY(name, value, ...) \
	{ SECTION_POLICY, #name, value, offsetof(struct policy, name), \
	  __VA_ARGS__ }
#define POLICY_TIME(name, min, max) \
	{ SECTION_POLICY, #name, VALUE_TIME, \
	  offsetof(struct policy, name##_ms), min, max }
#define RULE_KEY(name, member, value, ...) \
	{ SECTION_RULE, name, value, offsetof(struct policy_rule, member), \
	  __VA_ARGS__ }
#define MATCH(kind, type, member) \
	{ kind, "match", VALUE_TERMS, offsetof(struct type, member), 0, 0 }

static const struct policy_key keys[] = {
	POLICY_KEY(dry_run, VALUE_BOOL, 0, 0),
	POLICY_KEY(budget_per_minute, VALUE_COUNT, 1, 60),
	POLICY_KEY(budget_per_hour, VALUE_COUNT, 1, 1000),
	POLICY_TIME(cool_down, 1, DAY),
	POLICY_KEY(give_up_after, VALUE_COUNT, 1, 100),
	POLICY_TIME(min_age, 0, DAY),
	POLICY_TIME(warn, 0, HOUR),
	MATCH(SECTION_PROTECT, policy_group, match),
	MATCH(SECTION_CLASS, policy_group, match),
	{ SECTION_CLASS, "minimum", VALUE_COUNT,
	  offsetof(struct policy_group, minimum), 0, 10000 },
	MATCH(SECTION_TYPE, policy_group, match),
	RULE_KEY("select", select, VALUE_TERMS, 0, 0),
	RULE_KEY("all", all, VALUE_CONDITIONS, 0, 0),
	RULE_KEY("any", any, VALUE_CONDITIONS, 0, 0),
	RULE_KEY("for", for_ms, VALUE_TIME, 1, DAY),
	RULE_KEY("keep_newest", keep_newest, VALUE_COUNT, 1, 10000),
	RULE_KEY("per", per, VALUE_PER, 0, 0),
	RULE_KEY("action", steps, VALUE_STEPS, 0, 0),
	RULE_KEY("grace", grace_ms, VALUE_TIME,
		 ACT_GRACE_MS_MIN / MS_PER_SECOND,
		 ACT_GRACE_MS_MAX / MS_PER_SECOND),
	RULE_KEY("hold", hold_ms, VALUE_TIME, 1,
		 ACT_HOLD_MS_MAX / MS_PER_SECOND),
	RULE_KEY("limit_cpu_cores", limit_cpu_cores, VALUE_CORES, 0.01, 8192),
	RULE_KEY("limit_memory_bytes", limit_memory_bytes, VALUE_BYTES,
		 6 * 0x1p20, 0x1p50),
	RULE_KEY("warn", warn_ms, VALUE_TIME, 0, HOUR),
	RULE_KEY("cool_down", cool_down_ms, VALUE_TIME, 1, DAY),
	RULE_KEY("dry_run", dry_run, VALUE_YES, 0, 0),
};

const struct policy_key *policy_key_find(enum section_kind kind,
					 const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (keys[i].kind == kind && strcmp(keys[i].name, name) == 0)
			return &keys[i];
	}
	return NULL;
}

void policy_keys_write(struct buffer *to, enum section_kind kind)
{
	const char *comma = "";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (keys[i].kind != kind)
			continue;
		buffer_printf(to, "%s%s", comma, keys[i].name);
		comma = ", ";
	}
}

bool policy_key_is_list(const struct policy_key *key)
{
	return key->value == VALUE_TERMS || key->value == VALUE_CONDITIONS;
}

static int set_yes(const char *text, bool *ret, struct buffer *why)
{
	*ret = strcmp(text, "yes") == 0;
	if (*ret)
		return 0;
	buffer_puts(why, "not 'yes': a rule cannot turn off the dry run of "
		    "[policy]");
	return -EINVAL;
}

int policy_key_set(const struct policy_key *key, const char *value,
		   void *object, struct buffer *why)
{
	void *at = (char *)object + key->offset;

	switch (key->value) {
	case VALUE_TERMS:
		return policy_parse_terms(value, at, why);
	case VALUE_CONDITIONS:
		return policy_parse_conditions(value, at, why);
	case VALUE_BOOL:
		return policy_parse_bool(value, at, why);
	case VALUE_YES:
		return set_yes(value, at, why);
	case VALUE_COUNT:
		return policy_parse_count(value, (unsigned int)key->min,
					  (unsigned int)key->max, at, why);
	case VALUE_TIME:
		return policy_parse_time(value,
					 (int64_t)key->min * MS_PER_SECOND,
					 (int64_t)key->max * MS_PER_SECOND, at,
					 why);
	case VALUE_CORES:
		return policy_parse_number(value, UNIT_CORES, key->min,
					   key->max, at, why);
	case VALUE_BYTES:
		return policy_parse_number(value, UNIT_BYTES, key->min,
					   key->max, at, why);
	case VALUE_STEPS:
		return policy_parse_steps(value, at, why);
	default:
		return policy_parse_per(value, at, why);
	}
}

/* Defaults, as in contmon-policy(5) */

void policy_keys_set_defaults(struct policy *policy)
{
	policy->dry_run = true;
	policy->budget_per_minute = 1;
	policy->budget_per_hour = 5;
	policy->cool_down_ms = 5 * MS_PER_MINUTE;
	policy->give_up_after = 3;
	policy->min_age_ms = ACT_MIN_AGE_S * MS_PER_SECOND;
	policy->warn_ms = 30 * MS_PER_SECOND;
}

static void complete(int64_t *setting, int64_t value)
{
	if (*setting == POLICY_UNSET)
		*setting = value;
}

void policy_keys_complete(const struct policy *policy,
			  struct policy_rule *rule)
{
	complete(&rule->grace_ms, 10 * MS_PER_SECOND);
	complete(&rule->hold_ms, 10 * MS_PER_MINUTE);
	complete(&rule->warn_ms, policy->warn_ms);
	complete(&rule->cool_down_ms, policy->cool_down_ms);
}
