// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rules that contmond has, or will have after a reload, from their files;
 * what they have decided, from the audit.
 */
#include "base/clock.h"
#include "contmon/cli/error.h"
#include "contmon/past/open.h"
#include "contmon/table/listing.h"
#include "contmon/table/output.h"
#include "contmond/policy/enforce.h"
#include "contmond/store/past.h"
#include "decisions.h"
#include "policy.h"
#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
	"policy status [OPTION...]\n"
	"Show the rules, what they decided in the last 24 hours, and the\n"
	"decisions that have not ended, which can be vetoed before they\n"
	"act.\n\n"
	CLI_SOURCE_HELP
	"  -o, --columns LIST  show these columns of rules, separated by\n"
	"                      commas; help lists all of them\n"
	CLI_COMMON_HELP;

static const struct option options[] = {
	CLI_SOURCE_OPTIONS
	{ "columns", required_argument, NULL, 'o' },
	CLI_COMMON_OPTIONS
};

#define COLUMNS "rule,action,dry-run,decisions,actions,last-ms,place"

/**
 * struct rule_row - one rule
 * @decisions, @actions: in the last day; dry runs are no actions
 * @last_ms: of the newest decision; 0 without one
 */
struct rule_row {
	struct cli_row row;	/* first */
	const struct policy_rule *rule;
	bool is_dry_run;
	char action[POLICY_STEPS_MAX];
	char place[512];
	int64_t decisions, actions, last_ms;
};

struct view {
	struct cli_listing listing;
	struct cli_source source;
	int64_t now_ms;
	struct rule_row *all;
	struct cli_rows rows;
	struct cli_decisions pending;
};

/* Columns */

static const struct rule_row *rule_of(const struct cli_row *row)
{
	return (const struct rule_row *)row;
}

static struct cli_value get_rule(const struct cli_row *row)
{
	return (struct cli_value){ true, { .text = rule_of(row)->rule->name } };
}

static struct cli_value get_rule_hash(const struct cli_row *row)
{
	return (struct cli_value){ true, { .text = rule_of(row)->rule->hash } };
}

static struct cli_value get_action(const struct cli_row *row)
{
	return (struct cli_value){ true, { .text = rule_of(row)->action } };
}

static struct cli_value get_place(const struct cli_row *row)
{
	return (struct cli_value){ true, { .text = rule_of(row)->place } };
}

static struct cli_value get_dry_run(const struct cli_row *row)
{
	return (struct cli_value){ true, { .yes = rule_of(row)->is_dry_run } };
}

static struct cli_value get_decisions(const struct cli_row *row)
{
	return (struct cli_value){ true,
				   { .number = rule_of(row)->decisions } };
}

static struct cli_value get_actions(const struct cli_row *row)
{
	return (struct cli_value){ true,
				   { .number = rule_of(row)->actions } };
}

static struct cli_value get_last_ms(const struct cli_row *row)
{
	int64_t last_ms = rule_of(row)->last_ms;

	return (struct cli_value){ last_ms > 0, { .number = last_ms } };
}

static const struct cli_column columns[] = {
	{ .name = "rule", .heading = "RULE", .kind = CLI_KIND_TEXT,
	  .help = "its name", .width = 16, .get = get_rule },
	{ .name = "action", .heading = "ACTION", .kind = CLI_KIND_TEXT,
	  .help = "what it does", .width = 16, .get = get_action },
	{ .name = "dry-run", .heading = "DRY", .kind = CLI_KIND_BOOL,
	  .help = "yes: nothing is done", .width = 3, .get = get_dry_run },
	{ .name = "decisions", .heading = "DECISIONS", .kind = CLI_KIND_COUNT,
	  .help = "in the last 24 hours", .width = 9, .rank = 1,
	  .get = get_decisions },
	{ .name = "actions", .heading = "ACTIONS", .kind = CLI_KIND_COUNT,
	  .help = "those of them that were acted, without dry runs",
	  .width = 7, .rank = 2, .get = get_actions },
	{ .name = "last-ms", .heading = "LAST DECISION", .kind = CLI_KIND_TIME,
	  .help = "when it decided last, in the last 24 hours", .width = 19,
	  .rank = 3, .get = get_last_ms },
	{ .name = "place", .heading = "PLACE", .kind = CLI_KIND_TEXT,
	  .help = "file and line", .width = 30, .rank = 4,
	  .get = get_place },
	{ .name = "rule-hash", .heading = "RULE HASH", .kind = CLI_KIND_TEXT,
	  .help = "changes with the text of the rule", .width = 16,
	  .rank = 30, .get = get_rule_hash },
	{ .name = NULL }
};

/* Reading */

static void count(struct view *view, const struct store_decision *decision)
{
	size_t i;

	for (i = 0; i < view->source.policy->nr_rules; i++) {
		struct rule_row *row = &view->all[i];

		if (!decision->rule ||
		    strcmp(row->rule->name, decision->rule) != 0)
			continue;
		if (strcmp(decision->state, "planned") == 0) {
			row->decisions++;
			row->last_ms = (int64_t)decision->t_ms;
		}
		if (strcmp(decision->state, "acted") == 0)
			row->actions += decision->dry_run == 0;
	}
}

static bool is_end(const struct store_decision *decision)
{
	if (strcmp(decision->state, "acted") == 0)
		return decision->dry_run != 0;
	return strcmp(decision->state, "planned") != 0 &&
	       strcmp(decision->state, "warned") != 0;
}

/* The newest row of each decision that has not ended */
static int follow(const void *row, void *userdata)
{
	const struct store_decision *decision = row;
	struct view *view = userdata;
	struct cli_decisions *pending = &view->pending;
	size_t i;

	count(view, decision);
	for (i = 0; i < pending->nr; i++) {
		if (strcmp(pending->v[i].decision.decision,
			   decision->decision) != 0)
			continue;
		cli_decisions_remove(pending, i);
		break;
	}
	return is_end(decision) ? 0 : cli_decisions_add(pending, decision);
}

static int read_audit(struct view *view)
{
	const struct past_query query = {
		.from_ms = view->now_ms - ENFORCE_MEMORY_MS,
		.to_ms = INT64_MAX,
		.oldest_first = true,
		.max_rows = SIZE_MAX,
	};

	return store_decisions(view->source.store, &query, follow, view);
}

static int make_rows(struct view *view)
{
	const struct policy *policy = view->source.policy;
	size_t i;

	view->all = calloc(policy->nr_rules + 1, sizeof(*view->all));
	view->rows.v = calloc(policy->nr_rules + 1, sizeof(*view->rows.v));
	if (!view->all || !view->rows.v)
		return -ENOMEM;
	for (i = 0; i < policy->nr_rules; i++) {
		struct rule_row *row = &view->all[i];
		const struct policy_rule *rule = &policy->rules[i];

		row->row.id = i;
		row->rule = rule;
		row->is_dry_run = policy->dry_run || rule->dry_run;
		policy_steps_text(rule->steps, row->action);
		snprintf(row->place, sizeof(row->place), "%s:%u",
			 rule->place.file, rule->place.line);
		view->rows.v[view->rows.nr++] = &row->row;
	}
	return 0;
}

/* Output */

static json_t *json_pending(const struct view *view)
{
	json_t *all = json_array();
	size_t i;

	for (i = 0; i < view->pending.nr; i++) {
		const struct store_decision *decision =
			&view->pending.v[i].decision;

		json_array_append_new(all, json_pack(
			"{s:s,s:s,s:s,s:b,s:s?,s:s?,s:s?}", "decision",
			decision->decision, "state", decision->state,
			"action", decision->action, "dry_run",
			decision->dry_run != 0, "container",
			decision->container, "rule", decision->rule,
			"reason", decision->reason));
	}
	return all;
}

static int print_pending(const struct view *view)
{
	struct cli_listing listing = { .options = view->listing.options };
	struct cli_rows rows = { 0 };
	int status;

	if (view->pending.nr == 0)
		return CLI_OK;
	cli_offer_decision_columns(&listing.layout);
	/* A veto names it, so it is always there. */
	listing.layout.subject = "decision";
	cli_layout_default(&listing.layout,
			   "t,decision,state,dry-run,action,container,rule,"
			   "reason");
	if (cli_decisions_rows(&view->pending, false, &rows) < 0)
		return cli_failed("pending", -ENOMEM);
	putchar('\n');
	status = cli_listing_print(&listing, &rows);
	cli_rows_done(&rows);
	return status;
}

static void print_heading(const struct policy *policy)
{
	if (policy->nr_rules == 0)
		puts("policy: no rules");
	else
		printf("policy: %zu rule%s, %s\n\n", policy->nr_rules,
		       policy->nr_rules == 1 ? "" : "s", policy_mode(policy));
}

static int print_table(const struct view *view)
{
	const struct policy *policy = view->source.policy;
	int status;

	if (!view->listing.options.no_headings)
		print_heading(policy);
	status = cli_listing_print(&view->listing, &view->rows);
	return status == CLI_OK ? print_pending(view) : status;
}

static int print(const struct view *view)
{
	static const struct policy_rule rule = { .name = (char *)"" };
	static const struct rule_row none = { .rule = &rule };

	if (!cli_is_for_programs(&view->listing.options))
		return print_table(view);
	return cli_listing_output(&view->listing, &view->rows, &none.row,
				  json_pack("{s:o,s:b}", "pending",
					    json_pending(view), "dry_run",
					    view->source.policy->dry_run));
}

static int run(struct view *view)
{
	int r, status = cli_source_open(&view->source);

	if (status != CLI_GO_ON)
		return status;
	r = make_rows(view);
	if (r == 0)
		r = read_audit(view);
	status = r < 0 ? cli_past_failed(view->source.path, r) : print(view);
	cli_decisions_done(&view->pending);
	cli_rows_done(&view->rows);
	free(view->all);
	cli_source_close(&view->source);
	return status;
}

static int parse_option(struct view *view, int opt, char **argv)
{
	if (cli_source_option(opt, &view->source))
		return CLI_GO_ON;
	return cli_listing_option(opt, argv, help, &view->listing);
}

int cli_policy_status(int argc, char **argv)
{
	struct view view = {
		.now_ms = (int64_t)(clock_realtime_ns() / NS_PER_MS),
	};
	int opt, status = CLI_GO_ON;

	view.listing.layout.subject = "rule";
	cli_layout_offer(&view.listing.layout, columns);
	while (status == CLI_GO_ON &&
	       (opt = getopt_long(argc, argv, ":o:h", options, NULL)) != -1)
		status = parse_option(&view, opt, argv);
	cli_layout_default(&view.listing.layout, COLUMNS);
	if (status == CLI_GO_ON)
		status = cli_no_operands(argc, argv);
	return status == CLI_GO_ON ? run(&view) : status;
}
