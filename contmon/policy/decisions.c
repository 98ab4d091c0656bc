// SPDX-License-Identifier: GPL-2.0-only
#include "decisions.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* The texts of a decision */
static const size_t texts[] = {
	offsetof(struct store_decision, decision),
	offsetof(struct store_decision, state),
	offsetof(struct store_decision, action),
	offsetof(struct store_decision, container_id),
	offsetof(struct store_decision, container),
	offsetof(struct store_decision, rule),
	offsetof(struct store_decision, rule_hash),
	offsetof(struct store_decision, reason),
	offsetof(struct store_decision, detail),
};

static char **text_at(struct store_decision *decision, size_t i)
{
	return (char **)((char *)decision + texts[i]);
}

static int copy_texts(struct store_decision *decision)
{
	size_t i;
	int r = 0;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		char **text = text_at(decision, i);

		if (!*text)
			continue;
		*text = strdup(*text);
		if (!*text)
			r = -ENOMEM;
	}
	return r;
}

int cli_decisions_add(struct cli_decisions *decisions,
		      const struct store_decision *decision)
{
	struct cli_decision *added;

	if (decisions->nr == decisions->allocated) {
		size_t allocated = decisions->allocated * 2 ?: 64;

		added = reallocarray(decisions->v, allocated, sizeof(*added));
		if (!added)
			return -ENOMEM;
		decisions->v = added;
		decisions->allocated = allocated;
	}
	added = &decisions->v[decisions->nr];
	*added = (struct cli_decision){ .row.id = decisions->nr++,
					.decision = *decision };
	return copy_texts(&added->decision);
}

static void free_texts(struct store_decision *decision)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		free(*text_at(decision, i));
}

void cli_decisions_remove(struct cli_decisions *decisions, size_t i)
{
	free_texts(&decisions->v[i].decision);
	decisions->nr--;
	memmove(&decisions->v[i], &decisions->v[i + 1],
		(decisions->nr - i) * sizeof(*decisions->v));
}

void cli_decisions_done(struct cli_decisions *decisions)
{
	size_t i;

	for (i = 0; i < decisions->nr; i++)
		free_texts(&decisions->v[i].decision);
	free(decisions->v);
	*decisions = (struct cli_decisions){ 0 };
}

int cli_decisions_rows(const struct cli_decisions *decisions, bool reverse,
		       struct cli_rows *ret)
{
	size_t i, nr = decisions->nr;
	struct cli_rows rows = { .v = calloc(nr + 1, sizeof(*rows.v)) };

	if (!rows.v)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		rows.v[rows.nr++] = &decisions->v[reverse ? nr - 1 - i :
							    i].row;
	*ret = rows;
	return 0;
}

int cli_decisions_print(const struct cli_listing *listing,
			const struct cli_rows *rows, json_t *meta)
{
	static const struct cli_decision none = { .decision.state = "" };

	return cli_listing_output(listing, rows, &none.row, meta);
}

/* Columns */

static const struct store_decision *decision_of(const struct cli_row *row)
{
	return &((const struct cli_decision *)row)->decision;
}

#define TEXT(member)							\
	static struct cli_value get_##member(const struct cli_row *row)	\
	{								\
		const char *text = decision_of(row)->member;		\
									\
		return (struct cli_value){ text, { .text = text } };	\
	}

TEXT(decision)
TEXT(state)
TEXT(action)
TEXT(container)
TEXT(container_id)
TEXT(rule)
TEXT(rule_hash)
TEXT(reason)
TEXT(detail)

static struct cli_value get_t(const struct cli_row *row)
{
	int64_t t_ms = (int64_t)decision_of(row)->t_ms;

	return (struct cli_value){ true, { .number = t_ms } };
}

static struct cli_value get_dry_run(const struct cli_row *row)
{
	double dry_run = decision_of(row)->dry_run;

	return (struct cli_value){ !isnan(dry_run), { .yes = dry_run != 0 } };
}

static const struct cli_column columns[] = {
	{ .name = "t", .heading = "TIME", .kind = CLI_KIND_TIME,
	  .help = "when it came into this state", .width = 19, .get = get_t },
	{ .name = "decision", .heading = "DECISION", .kind = CLI_KIND_TEXT,
	  .help = "its id, the same for all states of one decision",
	  .width = 20, .rank = 4, .get = get_decision },
	{ .name = "state", .heading = "STATE", .kind = CLI_KIND_TEXT,
	  .help = "planned, warned, acted, verified, failed, vetoed, "
		  "expired, spared, gone, held, restored",
	  .width = 8, .get = get_state },
	{ .name = "dry-run", .heading = "DRY", .kind = CLI_KIND_BOOL,
	  .help = "yes: nothing was done to the container", .width = 3,
	  .get = get_dry_run },
	{ .name = "action", .heading = "ACTION", .kind = CLI_KIND_TEXT,
	  .help = "what was to be done", .width = 16, .rank = 1,
	  .get = get_action },
	{ .name = "container", .heading = "CONTAINER", .kind = CLI_KIND_TEXT,
	  .help = "name of the container, else 12 digits of its id",
	  .width = 18, .least = 12, .most = 24, .get = get_container },
	{ .name = "container-id", .heading = "CONTAINER ID",
	  .kind = CLI_KIND_TEXT, .help = "its whole id", .width = 64,
	  .rank = 30, .get = get_container_id },
	{ .name = "rule", .heading = "RULE", .kind = CLI_KIND_TEXT,
	  .help = "the rule that decided", .width = 16, .rank = 3,
	  .get = get_rule },
	{ .name = "rule-hash", .heading = "RULE HASH", .kind = CLI_KIND_TEXT,
	  .help = "changes with the text of the rule", .width = 16,
	  .rank = 30, .get = get_rule_hash },
	{ .name = "reason", .heading = "REASON", .kind = CLI_KIND_TEXT,
	  .help = "why", .width = 30, .least = 10, .most = 60,
	  .get = get_reason },
	{ .name = "detail", .heading = "DETAIL", .kind = CLI_KIND_TEXT,
	  .help = "values, candidates and answers, as JSON", .width = 30,
	  .least = 10, .rank = 30, .get = get_detail },
	{ .name = NULL }
};

void cli_offer_decision_columns(struct cli_layout *layout)
{
	layout->subject = "container";
	cli_layout_offer(layout, columns);
}
