// SPDX-License-Identifier: GPL-2.0-only
/*
 * What contmond would have decided: its own code sees the recorded past as if
 * it were the present, and whatever it decides is a dry run.
 */
#include "base/clock.h"
#include "contmon/cli/error.h"
#include "contmon/cli/time.h"
#include "contmon/past/moment.h"
#include "contmon/past/open.h"
#include "contmon/past/setting.h"
#include "contmon/table/listing.h"
#include "contmon/table/output.h"
#include "contmond/store/past.h"
#include "decisions.h"
#include "policy.h"
#include "rules.h"
#include "ticks.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
	"policy replay [OPTION...] RULES...\n"
	"Show what rules would have done to the recorded past: a row for each\n"
	"decision, with the state in which it ended. Nothing is done. RULES\n"
	"are files, or directories with *.conf files.\n\n"
	"      --since SPAN    begin this long ago: 7d, 12h, ...\n"
	"      --from TIME     begin here; a day before the end by default\n"
	"      --to TIME       end here; now by default\n"
	"      --states        a row for each state of a decision\n"
	"      --store FILE    read this database of contmond\n"
	"  -o, --columns LIST  show these columns, separated by\n"
	"                      commas; help lists all of them\n"
	CLI_COMMON_HELP;

enum { OPT_SINCE = CLI_OPT_UNITS + 1, OPT_FROM, OPT_TO, OPT_STATES,
       OPT_STORE };

static const struct option options[] = {
	{ "since", required_argument, NULL, OPT_SINCE },
	{ "from", required_argument, NULL, OPT_FROM },
	{ "to", required_argument, NULL, OPT_TO },
	{ "states", no_argument, NULL, OPT_STATES },
	{ "store", required_argument, NULL, OPT_STORE },
	{ "columns", required_argument, NULL, 'o' },
	CLI_COMMON_OPTIONS
};

#define COLUMNS "t,decision,state,action,container,rule,reason"
#define DAY_MS (24LL * 3600 * 1000)

/**
 * struct replay
 * @first_ms, @last_ms, @nr_ticks: what was found in the range
 * @nr_decisions: those in the range
 */
struct replay {
	struct cli_listing listing;
	const char *path;
	int64_t now_ms;
	int64_t from_ms, to_ms;
	bool all_states;
	struct policy *policy;
	struct enforce *enforce;
	struct cli_decisions decisions;
	struct cli_rows rows;
	int64_t first_ms, last_ms, resolution_ms;
	uint64_t nr_ticks;
	uint64_t nr_decisions;
	int error;
};

/* Rows */

static struct cli_decision *find(struct replay *replay, const char *decision)
{
	size_t i;

	for (i = replay->decisions.nr; i > 0; i--) {
		if (strcmp(replay->decisions.v[i - 1].decision.decision,
			   decision) == 0)
			return &replay->decisions.v[i - 1];
	}
	return NULL;
}

/* Only its state changes: the reason of the first row says why. */
static int add(struct replay *replay, const struct store_decision *decision)
{
	struct cli_decision *known = replay->all_states ? NULL :
		find(replay, decision->decision);
	char *state;

	if (!known)
		return cli_decisions_add(&replay->decisions, decision);
	state = strdup(decision->state);
	if (!state)
		return -ENOMEM;
	free((char *)known->decision.state);
	known->decision.state = state;
	return 0;
}

static void on_decision(const struct store_decision *decision, void *userdata)
{
	struct replay *replay = userdata;

	replay->nr_decisions += strcmp(decision->state, "planned") == 0;
	if (replay->error == 0)
		replay->error = add(replay, decision);
}

static void on_event(const struct store_event *event, void *userdata)
{
	(void)event;
	(void)userdata;
}

static bool is_true(void *userdata)
{
	(void)userdata;
	return true;
}

static int send_nothing(const struct act_request *request, void *userdata)
{
	(void)request;
	(void)userdata;
	return -ENOTCONN;
}

static int on_tick(const struct enforce_tick *tick, void *userdata)
{
	struct replay *replay = userdata;
	struct enforce_tick seen = *tick;
	int r;

	seen.tick.is_past = tick->tick.t_ms < replay->from_ms;
	r = enforce_tick(replay->enforce, &seen);
	if (!seen.tick.is_past) {
		if (replay->nr_ticks++ == 0)
			replay->first_ms = tick->tick.t_ms;
		replay->last_ms = tick->tick.t_ms;
	}
	return r < 0 ? r : replay->error;
}

/* Output */

static bool is_unknown(const struct policy_rule *rule)
{
	return policy_ended_of(rule) != POLICY_ENDED_IGNORED;
}

static json_t *unknown_rules(const struct policy *policy)
{
	json_t *all = json_array();
	size_t i;

	for (i = 0; i < policy->nr_rules; i++) {
		if (is_unknown(&policy->rules[i]))
			json_array_append_new(all, json_string(
				policy->rules[i].name));
	}
	return all;
}

/* With such a rule there may have been more, which would use the budget. */
static json_t *meta_of(const struct replay *replay)
{
	json_t *unknown = unknown_rules(replay->policy);
	json_t *nr = json_array_size(unknown) > 0 ? json_null() :
		     json_integer((json_int_t)replay->nr_decisions);

	return json_pack("{s:I,s:I,s:i,s:I,s:I,s:o,s:o}",
		"from", (json_int_t)replay->from_ms,
		"to", (json_int_t)replay->to_ms,
		"rules", (int)replay->policy->nr_rules,
		"moments", (json_int_t)replay->nr_ticks,
		"resolution_ms", (json_int_t)replay->resolution_ms,
		"decisions", nr, "unknown_rules", unknown);
}

static void print_unknown(const struct policy *policy)
{
	size_t i;

	for (i = 0; i < policy->nr_rules; i++) {
		if (is_unknown(&policy->rules[i]))
			printf("Not known: all that rule %s would have done; "
			       "it looks at containers that have ended, which "
			       "are not recorded\n", policy->rules[i].name);
	}
}

static int print_summary(const struct replay *replay)
{
	char first[CLI_TEXT_MAX], last[CLI_TEXT_MAX], width[CLI_TEXT_MAX];
	const struct cli_moment widest = { .width_ms = replay->resolution_ms };

	if (replay->listing.options.no_headings)
		return CLI_OK;
	cli_format_date_ms(first, replay->first_ms);
	cli_format_date_ms(last, replay->last_ms);
	printf("%sDry run: %" PRIu64 " decision%s by %zu rule%s, from %s to "
	       "%s; %s", replay->rows.nr > 0 ? "\n" : "",
	       replay->nr_decisions, replay->nr_decisions == 1 ? "" : "s",
	       replay->policy->nr_rules,
	       replay->policy->nr_rules == 1 ? "" : "s", first, last,
	       replay->resolution_ms > 0 ? "moments of up to " :
	       "every sample");
	if (replay->resolution_ms > 0)
		fputs(cli_moment_width(&widest, width), stdout);
	putchar('\n');
	print_unknown(replay->policy);
	return CLI_OK;
}

static int print(const struct replay *replay)
{
	const struct cli_listing *listing = &replay->listing;
	int status;

	if (cli_is_for_programs(&listing->options))
		return cli_decisions_print(listing, &replay->rows,
					   meta_of(replay));
	status = cli_listing_print(listing, &replay->rows);
	return status == CLI_OK ? print_summary(replay) : status;
}

/* Running */

static int replay_all(struct replay *replay, struct store *store)
{
	const struct enforce_sink sink = {
		.decision = on_decision, .event = on_event,
		.is_writable = is_true, .userdata = replay,
	};
	const struct enforce_actor actor = {
		.is_ready = is_true, .send = send_nothing,
	};
	int64_t begin_ms;
	int r;

	replay->policy->dry_run = true;
	replay->enforce = enforce_new(replay->policy, &sink, &actor);
	if (!replay->enforce)
		return -ENOMEM;
	r = cli_ticks_begin(store, replay->policy, replay->from_ms, &begin_ms);
	if (r == 0)
		r = cli_ticks_each(store, begin_ms, replay->to_ms, on_tick,
				   replay, &replay->resolution_ms);
	return r < 0 ? r : cli_decisions_rows(&replay->decisions, false,
					      &replay->rows);
}

static int show(struct replay *replay, struct store *store)
{
	int r = replay_all(replay, store);

	if (r < 0)
		return cli_past_failed(replay->path, r);
	if (replay->nr_ticks == 0) {
		cli_error("%s: nothing is recorded in that time; see --from "
			  "and --to", replay->path);
		return CLI_FAILURE;
	}
	return print(replay);
}

static int run(struct replay *replay, char **paths, size_t nr_paths)
{
	struct store *store;
	int status = cli_past_choose(&replay->path);

	if (status == CLI_GO_ON)
		status = cli_rules_load((const char *const *)paths, nr_paths,
					&replay->policy);
	if (status != CLI_GO_ON)
		return status;
	status = cli_past_open(&replay->path, &store);
	if (status != CLI_GO_ON) {
		policy_free(replay->policy);
		return status;
	}
	status = show(replay, store);
	cli_past_close(store, replay->path);
	enforce_free(replay->enforce);
	policy_free(replay->policy);
	cli_rows_done(&replay->rows);
	cli_decisions_done(&replay->decisions);
	return status;
}

static int parse_since(struct replay *replay)
{
	int64_t span_ms;
	int status = cli_parse_span("--since", optarg, &span_ms);

	replay->from_ms = replay->now_ms - span_ms;
	return status;
}

static int parse_option(struct replay *replay, int opt, char **argv)
{
	switch (opt) {
	case OPT_SINCE:
		return parse_since(replay);
	case OPT_FROM:
		return cli_parse_time("--from", optarg, replay->now_ms,
				      &replay->from_ms);
	case OPT_TO:
		return cli_parse_time("--to", optarg, replay->now_ms,
				      &replay->to_ms);
	case OPT_STATES:
		replay->all_states = true;
		return CLI_GO_ON;
	case OPT_STORE:
		replay->path = optarg;
		return CLI_GO_ON;
	default:
		return cli_listing_option(opt, argv, help, &replay->listing);
	}
}

static int check(struct replay *replay, int nr_paths)
{
	if (nr_paths == 0) {
		cli_error("policy replay: which rules? Name files or "
			  "directories; see: contmon policy replay --help");
		return CLI_USAGE;
	}
	if (replay->to_ms == CLI_NO_TIME)
		replay->to_ms = replay->now_ms;
	if (replay->from_ms == CLI_NO_TIME)
		replay->from_ms = replay->to_ms - DAY_MS;
	if (replay->from_ms <= replay->to_ms)
		return CLI_GO_ON;
	cli_error("--from is later than --to");
	return CLI_USAGE;
}

int cli_policy_replay(int argc, char **argv)
{
	struct replay replay = {
		.now_ms = (int64_t)(clock_realtime_ns() / NS_PER_MS),
		.from_ms = CLI_NO_TIME,
		.to_ms = CLI_NO_TIME,
	};
	int opt, status = CLI_GO_ON;

	cli_offer_decision_columns(&replay.listing.layout);
	while (status == CLI_GO_ON &&
	       (opt = getopt_long(argc, argv, ":o:h", options, NULL)) != -1)
		status = parse_option(&replay, opt, argv);
	cli_layout_default(&replay.listing.layout, COLUMNS);
	if (status == CLI_GO_ON)
		status = check(&replay, argc - optind);
	return status == CLI_GO_ON ? run(&replay, argv + optind,
					 (size_t)(argc - optind)) : status;
}
