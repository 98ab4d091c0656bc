// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "contmon/cli/error.h"
#include "contmon/cli/parse.h"
#include "contmon/cli/time.h"
#include "contmon/past/open.h"
#include "contmon/table/listing.h"
#include "contmon/table/output.h"
#include "contmond/store/past.h"
#include "decisions.h"
#include "policy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
	"policy log [OPTION...] [CONTAINER]\n"
	"Show what policies decided, and why: a row for each state of a\n"
	"decision, the oldest first. CONTAINER: only on this one.\n\n"
	"      --from TIME     begin here; with the oldest by default\n"
	"      --to TIME       end here; now by default\n"
	"      --count N       at most the newest N rows; 1000 by default\n"
	"      --store FILE    read this database of contmond\n"
	"  -o, --columns LIST  show these columns, separated by\n"
	"                      commas; help lists all of them\n"
	CLI_COMMON_HELP;

enum { OPT_FROM = CLI_OPT_UNITS + 1, OPT_TO, OPT_COUNT, OPT_STORE };

static const struct option options[] = {
	{ "from", required_argument, NULL, OPT_FROM },
	{ "to", required_argument, NULL, OPT_TO },
	{ "count", required_argument, NULL, OPT_COUNT },
	{ "store", required_argument, NULL, OPT_STORE },
	{ "columns", required_argument, NULL, 'o' },
	CLI_COMMON_OPTIONS
};

#define COLUMNS "t,decision,state,dry-run,action,container,rule,reason"
#define MAX_ROWS 100000		/* the store keeps as many */

struct view {
	struct cli_listing listing;
	const char *path;
	int64_t now_ms;
	int64_t from_ms, to_ms;
	uint64_t count;
	struct cli_past_who who;
	struct cli_decisions decisions;
	struct cli_rows rows;
	bool truncated;
};

/* The newest come first, and one more than is shown. */
static int add(const void *row, void *userdata)
{
	struct view *view = userdata;

	view->truncated = view->decisions.nr == view->count;
	return view->truncated ? 0 : cli_decisions_add(&view->decisions, row);
}

static int read_log(struct view *view, struct store *store)
{
	const struct past_query query = {
		.from_ms = view->from_ms,
		.to_ms = view->to_ms,
		.containers = view->who.word,
		.max_rows = view->count + 1,
	};
	int r = store_decisions(store, &query, add, view);

	return r < 0 ? r : cli_decisions_rows(&view->decisions, true,
					      &view->rows);
}

static int print(const struct view *view)
{
	const struct cli_listing *listing = &view->listing;

	if (cli_is_for_programs(&listing->options))
		return cli_decisions_print(listing, &view->rows,
					   json_pack("{s:b}", "truncated",
						     view->truncated));
	return cli_listing_print(listing, &view->rows);
}

static int run(struct view *view, const char *container)
{
	struct store *store;
	int r, status = cli_past_open(&view->path, &store);

	if (status != CLI_GO_ON)
		return status;
	if (container)
		status = cli_past_find(store, view->path, container,
				       &view->who);
	if (status == CLI_GO_ON) {
		r = read_log(view, store);
		status = r < 0 ? cli_past_failed(view->path, r) : print(view);
	}
	cli_past_close(store, view->path);
	cli_past_who_done(&view->who);
	cli_rows_done(&view->rows);
	cli_decisions_done(&view->decisions);
	return status;
}

static int parse_option(struct view *view, int opt, char **argv)
{
	switch (opt) {
	case OPT_FROM:
		return cli_parse_time("--from", optarg, view->now_ms,
				      &view->from_ms);
	case OPT_TO:
		return cli_parse_time("--to", optarg, view->now_ms,
				      &view->to_ms);
	case OPT_COUNT:
		return cli_parse_above_0("--count", optarg, MAX_ROWS,
					 &view->count);
	case OPT_STORE:
		view->path = optarg;
		return CLI_GO_ON;
	default:
		return cli_listing_option(opt, argv, help, &view->listing);
	}
}

int cli_policy_log(int argc, char **argv)
{
	struct view view = {
		.now_ms = (int64_t)(clock_realtime_ns() / NS_PER_MS),
		.from_ms = INT64_MIN,
		.to_ms = INT64_MAX,
		.count = 1000,
		.listing.none = "No decisions.",
	};
	int opt, status = CLI_GO_ON;
	const char *container;

	cli_offer_decision_columns(&view.listing.layout);
	while (status == CLI_GO_ON &&
	       (opt = getopt_long(argc, argv, ":o:h", options, NULL)) != -1)
		status = parse_option(&view, opt, argv);
	cli_layout_default(&view.listing.layout, COLUMNS);
	container = optind < argc ? argv[optind++] : NULL;
	if (status == CLI_GO_ON)
		status = cli_no_operands(argc, argv);
	if (status == CLI_GO_ON && view.from_ms > view.to_ms) {
		cli_error("--from is later than --to");
		status = CLI_USAGE;
	}
	return status == CLI_GO_ON ? run(&view, container) : status;
}
