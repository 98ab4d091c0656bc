// SPDX-License-Identifier: GPL-2.0-only
#include "base/text.h"
#include "contmond/policy/reason.h"
#include "verdicts.h"

#include <errno.h>
#include <stdlib.h>

static char *reason_of(const struct policy *policy,
		       const struct policy_result *result,
		       const struct policy_tick *tick, size_t rule,
		       size_t candidate, bool *failed)
{
	struct buffer text = { 0 };

	policy_write_reason(&text, policy, &policy->rules[rule],
			    policy_verdict(result, rule, candidate),
			    tick->boot_ms);
	if (text.failed)
		buffer_done(&text);
	*failed |= !text.text;
	return text.text;
}

static struct cli_verdict *make_room(struct cli_verdicts *verdicts)
{
	size_t allocated = verdicts->allocated * 2 ?: 64;
	struct cli_verdict *v = verdicts->v;

	if (verdicts->nr == verdicts->allocated) {
		v = reallocarray(v, allocated, sizeof(*v));
		if (!v)
			return NULL;
		verdicts->v = v;
		verdicts->allocated = allocated;
	}
	return &v[verdicts->nr];
}

int cli_verdicts_add(struct cli_verdicts *verdicts,
		     const struct policy *policy,
		     const struct policy_result *result,
		     const struct policy_tick *tick, size_t rule,
		     size_t i, bool all)
{
	const struct policy_candidate *candidate = &tick->candidates[i];
	const struct policy_profile *profile = &result->profiles[i];
	enum policy_finding finding =
		policy_verdict(result, rule, i)->finding;
	struct cli_verdict *verdict;
	bool failed = false;

	verdicts->nr_containers += rule == 0;
	if (finding == POLICY_NOT_SELECTED && !all)
		return 0;
	verdict = make_room(verdicts);
	if (!verdict)
		return -ENOMEM;
	*verdict = (struct cli_verdict){
		.row.id = verdicts->nr++,
		.container = text_copy(candidate->row->container, &failed),
		.container_id = text_copy(candidate->row->id, &failed),
		.rule = text_copy(policy->rules[rule].name, &failed),
		.finding = text_copy(policy_finding_name(finding), &failed),
		.reason = reason_of(policy, result, tick, rule, i, &failed),
		.class = text_copy(profile->class, &failed),
		.type = text_copy(profile->type, &failed),
		.protection = text_copy(profile->protection, &failed),
	};
	return failed ? -ENOMEM : 0;
}

void cli_verdicts_done(struct cli_verdicts *verdicts)
{
	size_t i;

	for (i = 0; i < verdicts->nr; i++) {
		struct cli_verdict *verdict = &verdicts->v[i];

		free(verdict->container);
		free(verdict->container_id);
		free(verdict->rule);
		free(verdict->finding);
		free(verdict->reason);
		free(verdict->class);
		free(verdict->type);
		free(verdict->protection);
	}
	free(verdicts->v);
	*verdicts = (struct cli_verdicts){ 0 };
}

int cli_verdicts_rows(const struct cli_verdicts *verdicts,
		      struct cli_rows *ret)
{
	struct cli_rows rows = {
		.v = calloc(verdicts->nr + 1, sizeof(*rows.v)),
	};

	if (!rows.v)
		return -ENOMEM;
	for (; rows.nr < verdicts->nr; rows.nr++)
		rows.v[rows.nr] = &verdicts->v[rows.nr].row;
	*ret = rows;
	return 0;
}

int cli_verdicts_print(const struct cli_listing *listing,
		       const struct cli_rows *rows, json_t *meta)
{
	static const struct cli_verdict none = { .container = "" };

	return cli_listing_output(listing, rows, &none.row, meta);
}

/* Columns */

#define TEXT(member)							\
	static struct cli_value get_##member(const struct cli_row *row)	\
	{								\
		const char *text =					\
			((const struct cli_verdict *)row)->member;	\
									\
		return (struct cli_value){ text, { .text = text } };	\
	}

TEXT(container)
TEXT(container_id)
TEXT(rule)
TEXT(finding)
TEXT(reason)
TEXT(class)
TEXT(type)
TEXT(protection)

static const struct cli_column columns[] = {
	{ .name = "container", .heading = "CONTAINER", .kind = CLI_KIND_TEXT,
	  .help = "name of the container, else 12 digits of its id",
	  .width = 18, .least = 12, .most = 24, .get = get_container },
	{ .name = "container-id", .heading = "CONTAINER ID",
	  .kind = CLI_KIND_TEXT, .help = "its whole id", .width = 64,
	  .rank = 30, .get = get_container_id },
	{ .name = "rule", .heading = "RULE", .kind = CLI_KIND_TEXT,
	  .help = "the rule that says it", .width = 16, .get = get_rule },
	{ .name = "finding", .heading = "FINDING", .kind = CLI_KIND_TEXT,
	  .help = "chosen, or why not, in a word", .width = 12, .rank = 1,
	  .get = get_finding },
	{ .name = "reason", .heading = "REASON", .kind = CLI_KIND_TEXT,
	  .help = "the same in a sentence, with what was measured",
	  .width = 30, .least = 10, .get = get_reason },
	{ .name = "class", .heading = "CLASS", .kind = CLI_KIND_TEXT,
	  .help = "class of the container", .width = 10, .rank = 30,
	  .get = get_class },
	{ .name = "type", .heading = "TYPE", .kind = CLI_KIND_TEXT,
	  .help = "its type of workload", .width = 10, .rank = 30,
	  .get = get_type },
	{ .name = "protection", .heading = "PROTECTION",
	  .kind = CLI_KIND_TEXT, .help = "what protects it", .width = 20,
	  .rank = 30, .get = get_protection },
	{ .name = NULL }
};

void cli_offer_verdict_columns(struct cli_layout *layout)
{
	layout->subject = "container";
	cli_layout_offer(layout, columns);
}
