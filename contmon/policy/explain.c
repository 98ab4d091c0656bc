// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each rule says of each container at a moment, and why. In the moments
 * before it conditions are only followed, because some must last; the audit
 * says what contmond has done until then, and so what cools down.
 */
#include "base/clock.h"
#include "contmon/cli/error.h"
#include "contmon/cli/time.h"
#include "contmon/past/moment.h"
#include "contmon/past/open.h"
#include "contmon/table/listing.h"
#include "contmon/table/output.h"
#include "contmond/policy/reason.h"
#include "contmond/store/past.h"
#include "decisions.h"
#include "given_up.h"
#include "policy.h"
#include "source.h"
#include "ticks.h"
#include "verdicts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
	"policy explain [OPTION...] [CONTAINER]\n"
	"Show what each rule says of each container, and why it would not\n"
	"act.\n"
	"Without CONTAINER, only of those that a rule selects.\n\n"
	"      --at TIME       at this moment; the newest by default\n"
	CLI_SOURCE_HELP
	"  -o, --columns LIST  show these columns, separated by\n"
	"                      commas; help lists all of them\n"
	CLI_COMMON_HELP;

enum { OPT_AT = CLI_OPT_SOURCE };

static const struct option options[] = {
	{ "at", required_argument, NULL, OPT_AT },
	CLI_SOURCE_OPTIONS
	{ "columns", required_argument, NULL, 'o' },
	CLI_COMMON_OPTIONS
};

#define COLUMNS "container,rule,finding,reason"

/**
 * struct view
 * @at_ms: of the moment that is explained
 * @is_resuming: a row is the end of a decision that had not acted by then
 * @held: those decisions
 */
struct view {
	struct cli_listing listing;
	struct cli_source source;
	int64_t at_ms;
	struct enforce *enforce;
	struct cli_past_who who;
	struct cli_verdicts verdicts;
	struct cli_rows rows;
	bool is_resuming;
	struct cli_decisions held;
	int error;
};

/* Deciding */

static void on_decision(const struct store_decision *decision, void *userdata)
{
	struct view *view = userdata;

	if (view->is_resuming && view->error == 0)
		view->error = cli_decisions_add(&view->held, decision);
}

static void on_event(const struct store_event *event, void *userdata)
{
	(void)event;
	(void)userdata;
}

static bool is_false(void *userdata)
{
	(void)userdata;
	return false;
}

static bool is_wanted(const struct view *view,
		      const struct policy_candidate *candidate)
{
	return !view->who.word ||
	       strcmp(candidate->row->container, view->who.word) == 0 ||
	       strcmp(candidate->id, view->who.word) == 0;
}

static int on_past(const void *row, void *userdata)
{
	struct view *view = userdata;

	return enforce_resume(view->enforce, row);
}

/* Decisions of before the moment, as contmond has carried them out */
static int read_audit(struct view *view)
{
	const struct past_query query = {
		.from_ms = view->at_ms - ENFORCE_MEMORY_MS,
		.to_ms = view->at_ms - 1,
		.oldest_first = true,
		.max_rows = SIZE_MAX,
	};
	int r = store_decisions(view->source.store, &query, on_past, view);

	if (r < 0)
		return r;
	view->is_resuming = true;
	r = enforce_resumed(view->enforce, view->at_ms, view->at_ms, true);
	view->is_resuming = false;
	return r < 0 ? r : view->error;
}

static int read_given_up(struct view *view)
{
	const struct policy *policy = view->source.policy;
	bool (*given_up)[2] = calloc(policy->nr_rules + 1, sizeof(*given_up));
	size_t i;
	int r;

	if (!given_up)
		return -ENOMEM;
	r = cli_given_up(view->source.store, policy, view->at_ms, given_up);
	for (i = 0; r == 0 && i < 2 * policy->nr_rules; i++) {
		if (given_up[i / 2][i % 2])
			enforce_give_up(view->enforce,
					policy->rules[i / 2].name, i % 2);
	}
	free(given_up);
	return r;
}

/* With the decisions that had their container then */
static int tick_at(struct view *view, const struct enforce_tick *tick)
{
	struct policy_hold *holds = calloc(view->held.nr + 1, sizeof(*holds));
	struct enforce_tick held = *tick;
	size_t i;
	int r;

	if (!holds)
		return -ENOMEM;
	for (i = 0; i < view->held.nr; i++) {
		const struct store_decision *decision =
			&view->held.v[i].decision;

		holds[i] = (struct policy_hold){ decision->container_id,
						 decision->rule,
						 POLICY_NO_USER };
	}
	held.tick.holds = holds;
	held.tick.nr_holds = view->held.nr;
	r = enforce_tick(view->enforce, &held);
	free(holds);
	return r;
}

static int explain(struct view *view, const struct enforce_tick *tick)
{
	const struct policy *policy = view->source.policy;
	int r = read_audit(view);
	size_t i, rule;

	if (r == 0)
		r = read_given_up(view);
	if (r == 0)
		r = tick_at(view, tick);
	for (i = 0; r == 0 && i < tick->tick.nr_candidates; i++) {
		if (!is_wanted(view, &tick->tick.candidates[i]))
			continue;
		for (rule = 0; r == 0 && rule < policy->nr_rules; rule++)
			r = cli_verdicts_add(&view->verdicts, policy,
					     enforce_result(view->enforce),
					     &tick->tick, rule, i,
					     view->who.word != NULL);
	}
	return r;
}

static int on_tick(const struct enforce_tick *tick, void *userdata)
{
	struct view *view = userdata;
	struct enforce_tick past = *tick;

	if (tick->tick.t_ms == view->at_ms)
		return explain(view, tick);
	past.tick.is_past = true;
	return enforce_tick(view->enforce, &past);
}

static int decide(struct view *view)
{
	const struct enforce_sink sink = {
		.decision = on_decision, .event = on_event,
		.is_writable = is_false, .userdata = view,
	};
	const struct enforce_actor actor = { .is_ready = is_false };
	struct store *store = view->source.store;
	int64_t width_ms, from_ms;
	int r;

	view->enforce = enforce_new(view->source.policy, &sink, &actor);
	if (!view->enforce)
		return -ENOMEM;
	r = cli_ticks_begin(store, view->source.policy, view->at_ms, &from_ms);
	if (r == 0)
		r = cli_ticks_each(store, from_ms, view->at_ms, on_tick, view,
				   &width_ms);
	return r < 0 ? r : cli_verdicts_rows(&view->verdicts, &view->rows);
}

/* Output */

static int print_table(const struct view *view)
{
	const struct cli_listing *listing = &view->listing;
	const struct policy *policy = view->source.policy;
	char date[CLI_TEXT_MAX];

	if (!listing->options.no_headings)
		printf("%s, %zu rule%s, %s\n\n",
		       cli_format_date_ms(date, view->at_ms),
		       policy->nr_rules,
		       policy->nr_rules == 1 ? "" : "s",
		       policy_mode(policy));
	return cli_listing_print(listing, &view->rows);
}

static int print(const struct view *view)
{
	if (!cli_is_for_programs(&view->listing.options))
		return print_table(view);
	return cli_verdicts_print(&view->listing, &view->rows, json_pack(
		"{s:I,s:i,s:b}", "t", (json_int_t)view->at_ms, "rules",
		(int)view->source.policy->nr_rules, "dry_run",
		view->source.policy->dry_run));
}

/* Running */

/* The moment at that time, or the last one before it */
static int find_moment(struct view *view)
{
	struct store *store = view->source.store;
	int64_t first_ms, last_ms;
	int r = store_range(store, &first_ms, &last_ms);

	if (r == 0 && view->at_ms > last_ms)
		view->at_ms = last_ms;
	if (r == 0)
		r = cli_moment_before(store, view->at_ms + 1, &view->at_ms);
	if (r == 0)
		return CLI_GO_ON;
	if (r != -ENOENT)
		return cli_past_failed(view->source.path, r);
	cli_error("%s: nothing is recorded at that time", view->source.path);
	return CLI_FAILURE;
}

static int show(struct view *view, const char *name)
{
	char date[CLI_TEXT_MAX];
	int r = decide(view);

	if (r < 0)
		return cli_past_failed(view->source.path, r);
	if (!name || view->verdicts.nr_containers > 0 ||
	    view->source.policy->nr_rules == 0)
		return print(view);
	cli_error("%s was not there at %s; see --at", name,
		  cli_format_date_ms(date, view->at_ms));
	return CLI_FAILURE;
}

static int run_with(struct view *view, const char *name)
{
	int status = CLI_GO_ON;

	if (name)
		status = cli_past_find(view->source.store, view->source.path,
				       name, &view->who);
	if (status == CLI_GO_ON)
		status = find_moment(view);
	return status == CLI_GO_ON ? show(view, name) : status;
}

static int run(struct view *view, const char *name)
{
	int status = cli_source_open(&view->source);

	if (status != CLI_GO_ON)
		return status;
	status = run_with(view, name);
	enforce_free(view->enforce);
	cli_source_close(&view->source);
	cli_past_who_done(&view->who);
	cli_rows_done(&view->rows);
	cli_verdicts_done(&view->verdicts);
	cli_decisions_done(&view->held);
	return status;
}

static int parse_option(struct view *view, int opt, char **argv)
{
	if (cli_source_option(opt, &view->source))
		return CLI_GO_ON;
	if (opt == OPT_AT)
		return cli_parse_time("--at", optarg, (int64_t)(
			clock_realtime_ns() / NS_PER_MS), &view->at_ms);
	return cli_listing_option(opt, argv, help, &view->listing);
}

int cli_policy_explain(int argc, char **argv)
{
	struct view view = {
		.at_ms = INT64_MAX,
		.listing.none = "No rule selects a container.",
	};
	int opt, status = CLI_GO_ON;
	const char *name;

	cli_offer_verdict_columns(&view.listing.layout);
	while (status == CLI_GO_ON &&
	       (opt = getopt_long(argc, argv, ":o:h", options, NULL)) != -1)
		status = parse_option(&view, opt, argv);
	cli_layout_default(&view.listing.layout, COLUMNS);
	name = optind < argc ? argv[optind++] : NULL;
	if (status == CLI_GO_ON)
		status = cli_no_operands(argc, argv);
	return status == CLI_GO_ON ? run(&view, name) : status;
}
