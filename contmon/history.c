// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "commands.h"
#include "contmon/cli/error.h"
#include "contmon/cli/options.h"
#include "contmon/cli/time.h"
#include "contmon/past/columns.h"
#include "contmon/past/command_rows.h"
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
	"      --commands      its CPU by command, with processes that have\n"
	"                      ended: the five that used most, and the rest\n"
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
	OPT_FROM = CLI_OPT_UNITS + 1, OPT_TO, OPT_COMMANDS, OPT_DEVICE,
	OPT_STEP, OPT_STORE,
};

static const struct option options[] = {
	{ "from", required_argument, NULL, OPT_FROM },
	{ "to", required_argument, NULL, OPT_TO },
	{ "commands", no_argument, NULL, OPT_COMMANDS },
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

#define COMMAND_COLUMNS							\
	"t,cpu-cores,cpu-living-cores,cpu-exited-cores,comm"

#define HOUR_MS (3600 * 1000)
#define MAX_ROWS 20000
#define ROWS_OF_A_FILE 60	/* for output that is not a terminal */
#define STEPS_OF_COMMANDS 12	/* each has several rows */

/*
 * @range: CLI_NO_TIME and a step of 0 until they are known
 * @of_commands: @commands are shown, not @past
 */
struct view {
	struct cli_listing listing;
	const char *path;
	int64_t now_ms;
	struct cli_past_range range;
	struct cli_past_who who;
	bool of_commands;
	struct cli_past_rows past;
	struct cli_command_rows commands;
	struct cli_rows rows;
};

static int output(const struct view *view)
{
	static const struct cli_past_row none = { .container = "" };
	static const struct cli_command_row no_command;
	const struct cli_past_range *range = &view->range;
	const struct command_history *commands = &view->commands.history;
	json_t *meta = json_pack("{s:o,s:s*,s:I,s:I,s:I,s:I,s:b}",
			 "container", cli_json_text(view->who.word,
						    strlen(view->who.word)),
			 "device", range->device,
			 "from", (json_int_t)range->from_ms,
			 "to", (json_int_t)range->to_ms,
			 "step_ms", (json_int_t)range->step_ms,
			 "resolution_ms", (json_int_t)(view->of_commands ?
				commands->resolution_ms :
				view->past.resolution_ms),
			 "truncated", view->of_commands ?
				commands->is_truncated : view->past.truncated);

	if (view->of_commands && meta)
		json_object_set_new(meta, "known",
				    json_boolean(commands->is_known));
	return cli_listing_output(&view->listing, &view->rows,
				  view->of_commands ? &no_command.row :
						      &none.row, meta);
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
	const size_t nr = view->of_commands ? view->commands.history.nr :
					      view->past.nr;
	size_t i;

	view->rows.v = calloc(nr + 1, sizeof(*view->rows.v));
	if (!view->rows.v)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		view->rows.v[view->rows.nr++] = view->of_commands ?
			&view->commands.v[i].row : &view->past.v[i].row;
	return 0;
}

static int read_past(struct view *view, struct store *store)
{
	struct cli_past_range *range = &view->range;

	range->containers = range->is_host ? NULL : view->who.word;
	range->max_rows = MAX_ROWS;
	if (!view->of_commands)
		return cli_past_read(store, range, &view->past);
	range->max_rows *= CLI_PAST_COMMANDS + 1;
	return cli_command_rows_read(store, range, &view->commands);
}

/* Rows without any number would look like no CPU. */
static int refuse_commands(const struct view *view)
{
	cli_error("%s: CPU by command is not kept of that time", view->path);
	return CLI_FAILURE;
}

static int show(struct view *view, struct store *store, const char *name)
{
	int status, r = read_past(view, store);

	if (r == 0)
		r = make_rows(view);
	if (r < 0)
		return cli_past_failed(view->path, r);
	if (view->of_commands && !view->commands.are_kept)
		return refuse_commands(view);
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
	cli_command_rows_done(&view->commands);
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

static int64_t choose_step(const struct view *view, int64_t length_ms)
{
	int64_t least_ms = history_round_step(1);

	if (!view->of_commands)
		return history_round_step(length_ms / rows_that_fit(view));
	return length_ms / STEPS_OF_COMMANDS <= least_ms ? least_ms :
	       command_history_round_step(length_ms / STEPS_OF_COMMANDS);
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
		range->step_ms = choose_step(view, length_ms);
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
	case OPT_COMMANDS:
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
 * The first word that is no option, and whether commands are wanted or a device
 * is named, decide which columns -o may name.
 */
static void find_subject(struct view *view, int argc, char **argv)
{
	struct cli_past_range *range = &view->range;
	int opt;

	while ((opt = getopt_long(argc, argv, ":o:h", options, NULL)) != -1) {
		if (opt == OPT_DEVICE)
			range->device = optarg;
		view->of_commands |= opt == OPT_COMMANDS;
	}
	range->is_host = optind < argc &&
			 strcmp(argv[optind], CLI_PAST_HOST) == 0;
	optind = 0;
}

static const char *default_columns(const struct view *view)
{
	if (view->of_commands)
		return COMMAND_COLUMNS;
	if (view->range.is_host)
		return HOST_COLUMNS;
	return view->range.device ? DEVICE_COLUMNS : COLUMNS;
}

static int check_subject(const struct view *view, int argc)
{
	if (optind == argc)
		cli_error("history: which container? Name one; see: "
			  "contmon history --help");
	else if (view->of_commands && view->range.device)
		cli_error("--commands: not with --device");
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
	if (view->of_commands)
		cli_offer_command_row_columns(&view->listing.layout);
	else
		cli_past_offer(&view->listing.layout,
			       cli_past_list_of(&view->range));
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
