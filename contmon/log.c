// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "commands.h"
#include "contmon/cli/error.h"
#include "contmon/cli/parse.h"
#include "contmon/cli/time.h"
#include "contmon/past/contmond.h"
#include "contmon/past/events.h"
#include "contmon/past/follow.h"
#include "contmon/past/open.h"
#include "contmon/past/unnamed.h"
#include "contmon/table/line.h"
#include "contmon/table/listing.h"
#include "contmon/table/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
	"log [OPTION...]\n"
	"Show what happened to containers, as contmond recorded it, the\n"
	"oldest first: starts, ends, processes killed when out of memory,\n"
	"what policies did.\n\n"
	"      --follow        show what happens from now on, until Ctrl-C\n"
	"      --kind LIST     only these kinds, separated by commas:\n"
	"                      container_started, container_ended,\n"
	"                      oom_killed, policy_warned, policy_acted,\n"
	"                      policy_notified, policy_gave_up\n"
	"      --container ID  only of this container: its name or the\n"
	"                      beginning of its id; host: of none\n"
	"      --from TIME     begin here; with the oldest by default\n"
	"      --to TIME       end here; now by default\n"
	"      --count N       at most the newest N, 1000 by default; end\n"
	"                      after N with --follow\n"
	"      --store FILE    read this database of contmond\n"
	"      --contmond WHERE\n"
	"                      where contmond answers --follow: a URL, or\n"
	"                      the path of its socket; as it is configured\n"
	"                      by default\n"
	"      --contmond-token-file FILE\n"
	"                      the token that contmond asks for\n"
	"      --ca-file FILE  certificates to trust, instead of the\n"
	"                      system's\n"
	"  -o, --columns LIST  show these columns, separated by\n"
	"                      commas; help lists all of them\n"
	CLI_COMMON_HELP;

enum {
	OPT_FOLLOW = CLI_OPT_LISTING_END, OPT_KIND, OPT_CONTAINER, OPT_FROM,
	OPT_TO, OPT_COUNT, OPT_STORE, OPT_CONTMOND, OPT_CONTMOND_TOKEN, OPT_CA,
};

static const struct option options[] = {
	{ "follow", no_argument, NULL, OPT_FOLLOW },
	{ "kind", required_argument, NULL, OPT_KIND },
	{ "container", required_argument, NULL, OPT_CONTAINER },
	{ "from", required_argument, NULL, OPT_FROM },
	{ "to", required_argument, NULL, OPT_TO },
	{ "count", required_argument, NULL, OPT_COUNT },
	{ "store", required_argument, NULL, OPT_STORE },
	{ "contmond", required_argument, NULL, OPT_CONTMOND },
	{ "contmond-token-file", required_argument, NULL, OPT_CONTMOND_TOKEN },
	{ "ca-file", required_argument, NULL, OPT_CA },
	{ "columns", required_argument, NULL, 'o' },
	CLI_COMMON_OPTIONS
};

#define COUNT 1000
#define MAX_COUNT 100000	/* the store keeps as many */

/**
 * struct view
 * @wanted: CLI_NO_TIME where there is no option
 * @count: 0 without the option
 * @nr_shown: of those that are followed
 * @unnamed: events that may be of @wanted.container
 */
struct view {
	struct cli_listing listing;
	struct cli_contmond contmond;
	struct cli_past_wanted wanted;
	const char *path;
	int64_t now_ms;
	uint64_t count;
	uint64_t nr_shown;
	struct cli_unnamed unnamed;
	bool follows;
};

/* The past */

static int print_rows(const struct view *view,
		      const struct cli_past_events *events)
{
	const struct cli_listing *listing = &view->listing;
	const struct cli_past_event none = { .json = NULL };

	if (cli_is_for_programs(&listing->options))
		return cli_listing_output(listing, &events->rows, &none.row,
					  json_pack("{s:b}", "truncated",
						    events->truncated));
	return cli_listing_print(listing, &events->rows);
}

static int read_and_print(struct view *view, struct store *store)
{
	struct cli_past_wanted wanted = view->wanted;
	struct cli_past_events events = { 0 };
	int r, status;

	if (wanted.to_ms == CLI_NO_TIME)
		wanted.to_ms = INT64_MAX;
	r = cli_past_events_read(store, &wanted, view->count ?: COUNT,
				 view->listing.options.unit, &events);
	status = r < 0 ? cli_past_failed(view->path, r) :
			 print_rows(view, &events);
	cli_past_events_done(&events);
	return status;
}

static int show(struct view *view)
{
	const char *container = view->wanted.container;
	struct cli_past_who who = { 0 };
	struct store *store;
	int status = cli_past_open(&view->path, &store);

	if (status != CLI_GO_ON)
		return status;
	if (container && strcmp(container, CLI_PAST_HOST) != 0) {
		status = cli_past_find(store, view->path, container, &who);
		view->wanted.container = who.word;
	}
	if (status == CLI_GO_ON)
		status = read_and_print(view, store);
	cli_past_close(store, view->path);
	cli_past_who_done(&who);
	return status;
}

/* What is to come */

static int print_line(struct view *view, const struct cli_row *row)
{
	const struct cli_layout *layout = &view->listing.layout;
	const struct cli_options *how = &view->listing.options;
	int status;

	if (cli_is_for_programs(how)) {
		status = cli_print_streamed(cli_layout_json(layout, row), how,
					    view->nr_shown == 0);
	} else {
		if (view->nr_shown == 0 && !how->no_headings)
			cli_line_headings(layout, how->unit, NULL);
		status = cli_line_print(layout, how->unit, NULL, row);
	}
	view->nr_shown++;
	return fflush(stdout) < 0 || ferror(stdout) ? CLI_FAILURE : status;
}

static int print_event(json_t *json, void *userdata)
{
	struct view *view = userdata;
	struct cli_past_event *event;
	int status;

	if (!cli_past_event_is_of(json, view->wanted.container))
		return CLI_GO_ON;
	event = cli_past_event_new(json, view->listing.options.unit);
	if (!event)
		return cli_failed("log", -ENOMEM);
	status = print_line(view, &event->row);
	cli_past_event_free(event);
	return status == CLI_OK && view->nr_shown != view->count ? CLI_GO_ON :
								   status;
}

/* The first event with a name tells whose those before it were. */
static int take(json_t *json, void *userdata)
{
	struct view *view = userdata;
	const char *container = view->wanted.container;
	int status = CLI_GO_ON;

	if (!cli_past_event_is_of(json, container)) {
		if (strcmp(container, CLI_PAST_HOST) != 0)
			cli_unnamed_keep(&view->unnamed, json);
		return CLI_GO_ON;
	}
	if (cli_unnamed_has(&view->unnamed, json))
		status = cli_unnamed_ask(&view->unnamed, &view->contmond,
					 print_event, view);
	return status == CLI_GO_ON ? print_event(json, view) : status;
}

static int tick(void *userdata)
{
	struct view *view = userdata;

	return cli_unnamed_tick(&view->unnamed, &view->contmond, print_event,
				view);
}

static int follow(struct view *view)
{
	const struct cli_follow what = {
		.kinds = view->wanted.kinds,
		.from_ms = view->wanted.from_ms,
	};
	int status = cli_contmond_find(&view->contmond, NULL);

	if (status == CLI_GO_ON)
		status = cli_follow(&view->contmond, &what, take, tick, view);
	cli_unnamed_done(&view->unnamed);
	cli_contmond_done(&view->contmond);
	return status;
}

/* Options */

static int parse_option(struct view *view, int opt, char **argv)
{
	switch (opt) {
	case OPT_FOLLOW:
		view->follows = true;
		return CLI_GO_ON;
	case OPT_KIND:
		view->wanted.kinds = optarg;
		return cli_past_event_kinds("--kind", optarg);
	case OPT_CONTAINER:
		view->wanted.container = optarg;
		return CLI_GO_ON;
	case OPT_FROM:
		return cli_parse_time("--from", optarg, view->now_ms,
				      &view->wanted.from_ms);
	case OPT_TO:
		return cli_parse_time("--to", optarg, view->now_ms,
				      &view->wanted.to_ms);
	case OPT_COUNT:
		return cli_parse_above_0("--count", optarg, MAX_COUNT,
					 &view->count);
	case OPT_STORE:
		view->path = optarg;
		return CLI_GO_ON;
	case OPT_CONTMOND:
		view->contmond.where = optarg;
		return CLI_GO_ON;
	case OPT_CONTMOND_TOKEN:
		view->contmond.token_file = optarg;
		return CLI_GO_ON;
	case OPT_CA:
		view->contmond.ca_file = optarg;
		return CLI_GO_ON;
	default:
		return cli_listing_option(opt, argv, help, &view->listing);
	}
}

/* Options that only make sense with --follow, or only without it */
static int check(const struct view *view)
{
	const struct cli_contmond *contmond = &view->contmond;
	const struct {
		const char *option;
		bool given, follows;
	} all[] = {
		{ "--to", view->wanted.to_ms != CLI_NO_TIME, false },
		{ "--store", view->path, false },
		{ "--contmond", contmond->where, true },
		{ "--contmond-token-file", contmond->token_file, true },
		{ "--ca-file", contmond->ca_file, true },
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (!all[i].given || all[i].follows == view->follows)
			continue;
		cli_error("%s: only with%s --follow; see: contmon log --help",
			  all[i].option, all[i].follows ? "" : "out");
		return CLI_USAGE;
	}
	if (view->wanted.to_ms == CLI_NO_TIME ||
	    view->wanted.from_ms <= view->wanted.to_ms)
		return CLI_GO_ON;
	cli_error("--from is later than --to");
	return CLI_USAGE;
}

int cli_log(int argc, char **argv)
{
	struct view view = {
		.now_ms = (int64_t)(clock_realtime_ns() / NS_PER_MS),
		.wanted = { .from_ms = CLI_NO_TIME, .to_ms = CLI_NO_TIME },
		.listing.none = "No events.",
	};
	int opt, status = CLI_GO_ON;

	cli_offer_past_event_columns(&view.listing.layout);
	while (status == CLI_GO_ON &&
	       (opt = getopt_long(argc, argv, ":o:h", options, NULL)) != -1)
		status = parse_option(&view, opt, argv);
	cli_layout_default(&view.listing.layout,
			   cli_is_for_programs(&view.listing.options) ?
			   CLI_PAST_EVENT_KEYS : CLI_PAST_EVENT_COLUMNS);
	if (status == CLI_GO_ON)
		status = cli_no_operands(argc, argv);
	if (status == CLI_GO_ON)
		status = check(&view);
	if (status != CLI_GO_ON)
		return status;
	return view.follows ? follow(&view) : show(&view);
}
