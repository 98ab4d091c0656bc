// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "commands.h"
#include "contmon/cli/error.h"
#include "contmon/cli/options.h"
#include "contmon/cli/time.h"
#include "contmon/past/columns.h"
#include "contmon/past/open.h"
#include "contmon/table/listing.h"
#include "contmon/table/output.h"
#include "contmon/table/table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
	"history [OPTION...] CONTAINER | host\n"
	"Show what a container used over time, as contmond recorded it. It\n"
	"may have ended. Or what all of the host did.\n\n"
	"      --from TIME     begin here; an hour before the end by\n"
	"                      default\n"
	"      --to TIME       end here; now by default\n"
	"      --device DEVICE only its IO on this block device: \"sda\",\n"
	"                      or its number, 8:0, or \"others\"\n"
	"      --step SPAN     a row for each 10s, 5m, 1h, ...; by\n"
	"                      default as many as fit on the screen\n"
	"      --store FILE    read this database of contmond\n"
	"  -o, --columns LIST  show these columns, separated by\n"
	"                      commas; help lists all of them\n"
	CLI_COMMON_HELP
	"\nTIME is \"2026-01-31 07:00\", 07:00, -2h for two hours ago, or in\n"
	"seconds since 1970.\n";

enum {
	OPT_FROM = CLI_OPT_UNITS + 1, OPT_TO, OPT_DEVICE, OPT_STEP, OPT_STORE,
};

static const struct option options[] = {
	{ "from", required_argument, NULL, OPT_FROM },
	{ "to", required_argument, NULL, OPT_TO },
	{ "device", required_argument, NULL, OPT_DEVICE },
	{ "step", required_argument, NULL, OPT_STEP },
	{ "store", required_argument, NULL, OPT_STORE },
	{ "columns", required_argument, NULL, 'o' },
	CLI_COMMON_OPTIONS
};

#define COLUMNS								\
	"t,cpu-cores,max-cpu-cores,memory-current-bytes,"		\
	"max-memory-current-bytes,memory-limit-percent,"		\
	"read-bytes-per-second,write-bytes-per-second,"			\
	"network-receive-bytes-per-second,"				\
	"network-transmit-bytes-per-second,processes,oom-kills-total"

#define HOST_COLUMNS							\
	"t,cpu-percent,max-cpu-percent,cpu-user-percent,"		\
	"cpu-system-percent,cpu-iowait-percent,load1,ram-used-bytes,"	\
	"ram-used-percent,max-ram-used-percent,swap-used-bytes,"	\
	"processes,containers,oom-kills-total"

#define DEVICE_COLUMNS							\
	"t,read-bytes-per-second,max-read-bytes-per-second,"		\
	"write-bytes-per-second,max-write-bytes-per-second,"		\
	"read-ops-per-second,write-ops-per-second,read-bytes-total,"	\
	"write-bytes-total"

#define HOUR_MS (3600 * 1000)
#define MAX_ROWS 20000
#define ROWS_OF_A_FILE 60	/* for output that is not a terminal */

/* @range: CLI_NO_TIME and a step of 0 until they are known */
struct view {
	struct cli_listing listing;
	const char *path;
	int64_t now_ms;
	struct cli_past_range range;
	struct cli_past_who who;
	struct cli_past_rows past;
	struct cli_rows rows;
};

static int output(const struct view *view)
{
	static const struct cli_past_row none = { .container = "" };
	const struct cli_past_range *range = &view->range;
	json_t *meta = json_pack("{s:o,s:s*,s:I,s:I,s:I,s:I,s:b}",
			 "container", cli_json_text(view->who.word,
						    strlen(view->who.word)),
			 "device", range->device,
			 "from", (json_int_t)range->from_ms,
			 "to", (json_int_t)range->to_ms,
			 "step_ms", (json_int_t)range->step_ms,
			 "resolution_ms", (json_int_t)view->past.resolution_ms,
			 "truncated", view->past.truncated);

	return cli_listing_output(&view->listing, &view->rows, &none.row, meta);
}

/* For a known container without rows: prints when it was there. */
static void explain_no_rows(const struct view *view, const char *name)
{
	char first[CLI_TEXT_MAX], last[CLI_TEXT_MAX];

	cli_format_date_ms(first, view->who.first_ms);
	cli_format_date_ms(last, view->who.last_ms);
	if (view->range.device)
		cli_error("%s: no IO on %s is recorded in that time, but the "
			  "container was there from %s to %s; see --device, "
			  "--from and --to", name, view->range.device, first,
			  last);
	else
		cli_error("nothing is recorded of %s in that time, but it was "
			  "there from %s to %s; see --from and --to", name,
			  first, last);
}

static int print(const struct view *view)
{
	if (cli_is_for_programs(&view->listing.options))
		return output(view);
	return cli_listing_print(&view->listing, &view->rows);
}

static int make_rows(struct view *view)
{
	size_t i;

	view->rows.v = calloc(view->past.nr + 1, sizeof(*view->rows.v));
	if (!view->rows.v)
		return -ENOMEM;
	for (i = 0; i < view->past.nr; i++)
		view->rows.v[view->rows.nr++] = &view->past.v[i].row;
	return 0;
}

static int show(struct view *view, struct store *store, const char *name)
{
	int r, status;

	view->range.containers = view->range.is_host ? NULL : view->who.word;
	view->range.max_rows = MAX_ROWS;
	r = cli_past_read(store, &view->range, &view->past);
	if (r == 0)
		r = make_rows(view);
	if (r < 0)
		return cli_past_failed(view->path, r);
	status = print(view);
	if (status != CLI_OK || view->rows.nr > 0)
		return status;
	explain_no_rows(view, name);
	return CLI_FAILURE;
}

static int run(struct view *view, const char *name)
{
	struct store *store;
	int status = cli_past_open(&view->path, &store);

	if (status != CLI_GO_ON)
		return status;
	status = view->range.is_host ?
		cli_past_find_host(store, view->path, &view->who) :
		cli_past_find(store, view->path, name, &view->who);
	if (status == CLI_GO_ON)
		status = show(view, store, name);
	cli_past_close(store, view->path);
	cli_past_who_done(&view->who);
	cli_past_rows_done(&view->past);
	cli_rows_done(&view->rows);
	return status;
}

/* Rows between the headings and the next prompt */
static int64_t rows_that_fit(const struct view *view)
{
	int64_t height = (int64_t)cli_table_height();

	if (cli_is_for_programs(&view->listing.options) || height < 5)
		return ROWS_OF_A_FILE;
	return height - 3;
}

/* Only steps that begin in the range are shown. */
static int64_t begin_of_an_hour(const struct cli_past_range *range)
{
	int64_t from_ms = range->to_ms - HOUR_MS;

	return range->step_ms ? history_step_of(from_ms, range->step_ms) :
				from_ms;
}

static int choose_range(struct view *view)
{
	struct cli_past_range *range = &view->range;
	int64_t length_ms;

	if (range->to_ms == CLI_NO_TIME)
		range->to_ms = view->now_ms;
	if (range->from_ms == CLI_NO_TIME)
		range->from_ms = begin_of_an_hour(range);
	length_ms = range->to_ms - range->from_ms;
	if (length_ms < 0) {
		cli_error("--from is later than --to");
		return CLI_USAGE;
	}
	if (range->step_ms && history_step_of(range->to_ms, range->step_ms) <
			      range->from_ms) {
		cli_error("--step: no step begins between --from and --to");
		return CLI_USAGE;
	}
	if (!range->step_ms)
		range->step_ms = history_round_step(length_ms /
						    rows_that_fit(view));
	if (length_ms / range->step_ms < MAX_ROWS)
		return CLI_GO_ON;
	cli_error("--step: more than %d steps from --from to --to", MAX_ROWS);
	return CLI_USAGE;
}

static int parse_option(struct view *view, int opt, char **argv)
{
	switch (opt) {
	case OPT_FROM:
		return cli_parse_time("--from", optarg, view->now_ms,
				      &view->range.from_ms);
	case OPT_TO:
		return cli_parse_time("--to", optarg, view->now_ms,
				      &view->range.to_ms);
	case OPT_STEP:
		return cli_parse_span("--step", optarg, &view->range.step_ms);
	case OPT_DEVICE:
		return CLI_GO_ON;	/* known already */
	case OPT_STORE:
		view->path = optarg;
		return CLI_GO_ON;
	default:
		return cli_listing_option(opt, argv, help, &view->listing);
	}
}

/*
 * The first word that is no option, and whether a device is named, decide which
 * columns -o may name.
 */
static void find_subject(struct view *view, int argc, char **argv)
{
	struct cli_past_range *range = &view->range;
	int opt;

	while ((opt = getopt_long(argc, argv, ":o:h", options, NULL)) != -1) {
		if (opt == OPT_DEVICE)
			range->device = optarg;
	}
	range->is_host = optind < argc &&
			 strcmp(argv[optind], CLI_PAST_HOST) == 0;
	optind = 0;
}

static const char *default_columns(const struct view *view)
{
	if (view->range.is_host)
		return HOST_COLUMNS;
	return view->range.device ? DEVICE_COLUMNS : COLUMNS;
}

static int check_subject(const struct view *view, int argc)
{
	if (optind == argc)
		cli_error("history: which container? Name one; see: "
			  "contmon history --help");
	else if (view->range.is_host && view->range.device)
		cli_error("--device: only the IO of containers is recorded by "
			  "device, not that of the host");
	else
		return CLI_GO_ON;
	return CLI_USAGE;
}

static int parse(struct view *view, int argc, char **argv)
{
	int opt, status = CLI_GO_ON;

	find_subject(view, argc, argv);
	cli_past_offer(&view->listing.layout, cli_past_list_of(&view->range));
	while (status == CLI_GO_ON &&
	       (opt = getopt_long(argc, argv, ":o:h", options, NULL)) != -1)
		status = parse_option(view, opt, argv);
	cli_layout_default(&view->listing.layout, default_columns(view));
	if (status == CLI_GO_ON)
		status = check_subject(view, argc);
	optind++;
	if (status == CLI_GO_ON)
		status = cli_no_operands(argc, argv);
	return status == CLI_GO_ON ? choose_range(view) : status;
}

int cli_history(int argc, char **argv)
{
	struct view view = {
		.now_ms = (int64_t)(clock_realtime_ns() / NS_PER_MS),
		.range = { .from_ms = CLI_NO_TIME, .to_ms = CLI_NO_TIME },
	};
	int status = parse(&view, argc, argv);

	return status == CLI_GO_ON ? run(&view, argv[optind - 1]) : status;
}
