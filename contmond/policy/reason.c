// SPDX-License-Identifier: GPL-2.0-only
#include "reason.h"

#include <math.h>
#include <string.h>

#include "parse.h"
#include "watch.h"

static void write_value(struct buffer *to, double value)
{
	if (isnan(value))
		buffer_puts(to, "unknown");
	else
		buffer_number(to, round(value * 100) / 100);
}

static void write_measure(struct buffer *to,
			  const struct policy_condition *condition,
			  const struct policy_measure *measure,
			  int64_t boot_ms)
{
	buffer_puts(to, condition->text);
	if (measure->since_ms != POLICY_NO_TIME) {
		buffer_puts(to, " for ");
		policy_write_time(to, (boot_ms - measure->since_ms) /
				  MS_PER_SECOND * MS_PER_SECOND);
	}
	buffer_puts(to, ": now ");
	write_value(to, measure->value);
	if (measure->is_unsure && !isnan(measure->value))
		buffer_puts(to, measure->since_ms == POLICY_NO_TIME ?
			    ", and not known whether it was true before" :
			    ", and not known whether for longer");
	if (measure->since_ms == POLICY_NO_TIME ||
	    measure->lowest >= measure->highest)
		return;
	buffer_puts(to, ", from ");
	write_value(to, measure->lowest);
	buffer_puts(to, " to ");
	write_value(to, measure->highest);
}

static void write_measures(struct buffer *to, const struct policy_rule *rule,
			   const struct policy_verdict *verdict,
			   int64_t boot_ms)
{
	size_t i, nr = verdict->measures ? rule->all.nr + rule->any.nr : 0;

	for (i = 0; i < nr; i++) {
		if (i > 0)
			buffer_puts(to, "; ");
		write_measure(to, policy_rule_condition(rule, i),
			      &verdict->measures[i], boot_ms);
	}
}

static void write_newest(struct buffer *to, const struct policy_rule *rule)
{
	buffer_printf(to, "among the newest %u", rule->keep_newest);
	if (rule->per != POLICY_NR_FIELDS)
		buffer_printf(to, " of its %s", policy_field_name(rule->per));
}

static const struct policy_group *find_class(const struct policy *policy,
					     const char *name)
{
	size_t i = 0;

	while (strcmp(policy->classes.all[i].name, name) != 0)
		i++;
	return &policy->classes.all[i];
}

/* Why a rule does not act on a container for which it fires */
static void write_spared(struct buffer *to, const struct policy *policy,
			 const struct policy_verdict *verdict)
{
	switch (verdict->finding) {
	case POLICY_PROTECTED:
		buffer_printf(to, "protected: %s", verdict->why);
		break;
	case POLICY_YOUNG:
		buffer_puts(to, "younger than ");
		policy_write_time(to, policy->min_age_ms);
		break;
	case POLICY_GAVE_UP:
		buffer_printf(to, "the rule gave up after %u actions that did "
			      "not help", policy->give_up_after);
		break;
	case POLICY_TAKEN:
		buffer_printf(to, "rule %s has it", verdict->why);
		break;
	case POLICY_COOLING:
		buffer_puts(to, "it cools down after an action");
		break;
	case POLICY_MINIMUM:
		buffer_printf(to, "class %s has a minimum of %u", verdict->why,
			      find_class(policy, verdict->why)->minimum);
		break;
	default:
		buffer_printf(to, "the budget of %u a minute and %u an hour "
			      "is used up", policy->budget_per_minute,
			      policy->budget_per_hour);
		if (verdict->why)
			buffer_printf(to, " by %s", verdict->why);
	}
}

/* The conclusion comes first, then what was measured. */
static void write_head(struct buffer *to, const struct policy *policy,
		       const struct policy_rule *rule,
		       const struct policy_verdict *verdict)
{
	switch (verdict->finding) {
	case POLICY_NOT_SELECTED:
		buffer_puts(to, "not selected");
		break;
	case POLICY_WRONG_STATE:
		buffer_puts(to, rule->steps == POLICY_REMOVE ?
			    "has not ended" : "has ended");
		break;
	case POLICY_IS_NEWEST:
		write_newest(to, rule);
		break;
	case POLICY_NOT_OVER:
		buffer_puts(to, "not over");
		break;
	case POLICY_UNKNOWN:
		buffer_puts(to, "unknown");
		if (verdict->why)
			buffer_printf(to, ": %s", verdict->why);
		break;
	case POLICY_TOO_BRIEF:
		buffer_puts(to, "over for less than ");
		policy_write_time(to, rule->for_ms);
		break;
	case POLICY_CHOSEN:
		if (rule->keep_newest > 0) {
			buffer_puts(to, "not ");
			write_newest(to, rule);
		}
		if (verdict->why)
			buffer_printf(to, "%s%s", rule->keep_newest > 0 ?
				      "; " : "", verdict->why);
		break;
	default:
		buffer_puts(to, "spared: ");
		write_spared(to, policy, verdict);
	}
}

void policy_write_reason(struct buffer *to, const struct policy *policy,
			 const struct policy_rule *rule,
			 const struct policy_verdict *verdict,
			 int64_t boot_ms)
{
	size_t before = to->length;

	write_head(to, policy, rule, verdict);
	if (verdict->measures && rule->all.nr + rule->any.nr > 0 &&
	    to->length > before)
		buffer_puts(to, "; ");
	write_measures(to, rule, verdict, boot_ms);
}
