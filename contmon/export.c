// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "commands.h"
#include "contmon/cli/draft.h"
#include "contmon/cli/error.h"
#include "contmon/cli/options.h"
#include "contmon/cli/progress.h"
#include "contmon/cli/time.h"
#include "contmon/past/export.h"
#include "contmon/past/open.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const char help[] =
	"export [OPTION...]\n"
	"Write what contmond recorded of each container: every sample as\n"
	"long as samples are kept, and means over longer times before that.\n\n"
	"      --from TIME     begin here; the oldest by default\n"
	"      --to TIME       end here; now by default\n"
	"      --container ID  only this one: its name or the beginning of\n"
	"                      its id; it may have ended\n"
	"      --format FORMAT ndjson (the default), csv or workloads\n"
	"      --store FILE    read this database of contmond\n"
	"  -o, --output FILE   write to FILE, not to standard output\n"
	"  -h, --help          print this\n"
	"\nTIME is \"2026-01-31 07:00\", 07:00, -2h for two hours ago, or in\n"
	"seconds since 1970.\n";

enum { OPT_FROM = CLI_OPT_UNITS + 1, OPT_TO, OPT_CONTAINER, OPT_FORMAT,
       OPT_STORE };

static const struct option options[] = {
	{ "from", required_argument, NULL, OPT_FROM },
	{ "to", required_argument, NULL, OPT_TO },
	{ "container", required_argument, NULL, OPT_CONTAINER },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "store", required_argument, NULL, OPT_STORE },
	{ "output", required_argument, NULL, 'o' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

/* @export: its range is unlimited unless options or the store limit it */
struct view {
	struct cli_export export;
	const char *path;
	const char *container;
	const char *output;
	int64_t now_ms;
};

/* Progress, for interactive use */

static struct cli_progress progress;

static void show_progress(const struct cli_export *export, int64_t t_ms)
{
	const struct cli_past_range *range = &export->range;
	char date[CLI_TEXT_MAX];

	if (cli_progress_is_due(&progress))
		cli_progress_show(&progress, "%3d%%  %s  %" PRIu64 " rows",
			(int)((t_ms - range->from_ms) * 100 /
			      (range->to_ms - range->from_ms + 1)),
			cli_format_date_ms(date, t_ms), export->nr_rows);
}

/* Exporting */

/* main() reports errors of standard output. */
static int refuse_output(const struct view *view, int error)
{
	return view->output ? cli_failed(view->output, -error) : CLI_FAILURE;
}

static int write_all(struct view *view, struct store *store)
{
	int r, error;

	cli_progress_begin(&progress);
	view->export.on_progress = show_progress;
	errno = 0;
	r = cli_export_write(&view->export, store);
	error = errno;
	cli_progress_end(&progress);
	if (ferror(view->export.to))
		return refuse_output(view, error);
	if (r < 0)
		return view->export.what ? cli_failed(view->export.what, r) :
					   cli_past_failed(view->path, r);
	if (view->export.nr_rows > 0)
		return CLI_OK;
	cli_error("%s: nothing is recorded in that time", view->path);
	return CLI_FAILURE;
}

static int open_and_write(struct view *view, struct store *store)
{
	struct cli_draft draft;
	int r, status;

	/* main() closes standard output. */
	view->export.to = stdout;
	if (!view->output)
		return write_all(view, store);
	if (cli_past_is_part(view->path, view->output)) {
		cli_error("-o %s: it is a file of the store; name another",
			  view->output);
		return CLI_USAGE;
	}
	r = cli_draft_open(&draft, view->output);
	if (r < 0)
		return cli_failed(view->output, r);
	view->export.to = draft.file;
	status = write_all(view, store);
	if (status != CLI_OK) {
		cli_draft_drop(&draft);
		return status;
	}
	r = cli_draft_keep(&draft);
	return r < 0 ? cli_failed(view->output, r) : CLI_OK;
}

static int find_and_write(struct view *view, struct store *store)
{
	struct cli_past_range *range = &view->export.range;
	struct cli_past_who who = { 0 };
	int r = cli_export_clamp(&view->export, store);
	int status = r < 0 ? cli_past_failed(view->path, r) : CLI_GO_ON;

	if (status == CLI_GO_ON && view->container)
		status = cli_past_find(store, view->path, view->container,
				       &who);
	range->containers = who.word;
	if (status == CLI_GO_ON)
		status = open_and_write(view, store);
	cli_past_who_done(&who);
	return status;
}

static int run(struct view *view)
{
	struct store *store;
	int status = cli_past_open(&view->path, &store);

	if (status != CLI_GO_ON)
		return status;
	status = find_and_write(view, store);
	cli_past_close(store, view->path);
	return status;
}

/* Options */

static int set_format(struct view *view, const char *name)
{
	static const char *const names[] = {
		[EXPORT_NDJSON] = "ndjson",
		[EXPORT_CSV] = "csv",
		[EXPORT_WORKLOADS] = "workloads",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0) {
			view->export.format = (enum cli_export_format)i;
			return CLI_GO_ON;
		}
	}
	cli_error("--format %s: not one of ndjson, csv, workloads", name);
	return CLI_USAGE;
}

static int parse_option(struct view *view, int opt, char **argv)
{
	struct cli_options none = { 0 };

	switch (opt) {
	case OPT_FROM:
		return cli_parse_time("--from", optarg, view->now_ms,
				      &view->export.range.from_ms);
	case OPT_TO:
		return cli_parse_time("--to", optarg, view->now_ms,
				      &view->export.range.to_ms);
	case OPT_CONTAINER:
		view->container = optarg;
		return CLI_GO_ON;
	case OPT_FORMAT:
		return set_format(view, optarg);
	case OPT_STORE:
		view->path = optarg;
		return CLI_GO_ON;
	case 'o':
		view->output = optarg;
		return CLI_GO_ON;
	default:
		return cli_option(opt, argv, help, &none);
	}
}

int cli_export(int argc, char **argv)
{
	struct view view = {
		.now_ms = (int64_t)(clock_realtime_ns() / NS_PER_MS),
		.export.range = { .from_ms = CLI_NO_TIME,
				  .to_ms = INT64_MAX },
	};
	const struct cli_past_range *range = &view.export.range;
	int opt, status = CLI_GO_ON;

	while (status == CLI_GO_ON &&
	       (opt = getopt_long(argc, argv, ":o:h", options, NULL)) != -1)
		status = parse_option(&view, opt, argv);
	if (status == CLI_GO_ON)
		status = cli_no_operands(argc, argv);
	if (status == CLI_GO_ON && range->from_ms > range->to_ms) {
		cli_error("--from is later than --to");
		status = CLI_USAGE;
	}
	return status == CLI_GO_ON ? run(&view) : status;
}
