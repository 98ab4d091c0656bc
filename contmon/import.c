// SPDX-License-Identifier: GPL-2.0-only
#include "commands.h"
#include "contmon/cli/error.h"
#include "contmon/cli/options.h"
#include "contmon/cli/parse.h"
#include "contmon/cli/progress.h"
#include "contmon/past/import.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
	"import [OPTION...] --store FILE INPUT\n"
	"Read what contmon export has written, in any of its formats, into a\n"
	"file of its own, which history, top --at and export then read with\n"
	"--store FILE. INPUT is a file, or - for standard input.\n\n"
	"      --store FILE    write to this file, which an earlier import\n"
	"                      has made, or which does not exist yet\n"
	"      --cpus N        percentages of workloads are of N CPUs; 1 by\n"
	"                      default\n"
	"  -h, --help          print this\n";

enum { OPT_STORE = CLI_OPT_UNITS + 1, OPT_CPUS };

static const struct option options[] = {
	{ "store", required_argument, NULL, OPT_STORE },
	{ "cpus", required_argument, NULL, OPT_CPUS },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

#define MAX_CPUS 65536

struct view {
	struct cli_import import;
	const char *path;
};

static struct cli_progress progress;

static void show_progress(const struct cli_import *import, size_t done,
			  size_t all)
{
	if (!cli_progress_is_due(&progress))
		return;
	if (all)
		cli_progress_show(&progress, "%3d%%  %zu rows",
				  (int)(done * 100 / all), done);
	else
		cli_progress_show(&progress, "reading  %zu rows",
				  import->spool.nr);
}

static int print_result(const struct cli_import *import)
{
	printf("rows: %" PRIu64 " imported, %" PRIu64 " already there, %" PRIu64
	       " bad\n", import->nr_new, import->nr_there, import->nr_bad);
	return import->nr_bad ? CLI_FAILURE : CLI_OK;
}

static int run(struct view *view, FILE *from)
{
	struct cli_import *import = &view->import;
	int status;

	cli_progress_begin(&progress);
	import->on_progress = show_progress;
	status = cli_import_read(import, from);
	if (status == CLI_OK)
		status = cli_import_write(import, view->path);
	cli_progress_end(&progress);
	if (status == CLI_OK)
		status = print_result(import);
	cli_import_done(import);
	return status;
}

static int open_and_run(struct view *view, const char *input)
{
	FILE *from;
	int status;

	view->import.name = input;
	if (strcmp(input, "-") == 0) {
		view->import.name = "standard input";
		return run(view, stdin);
	}
	from = fopen(input, "re");
	if (!from)
		return cli_failed(input, -errno);
	status = run(view, from);
	fclose(from);
	return status;
}

/* Options */

static int parse_option(struct view *view, int opt, char **argv)
{
	struct cli_options none = { 0 };
	uint64_t cpus;
	int status;

	switch (opt) {
	case OPT_STORE:
		view->path = optarg;
		return CLI_GO_ON;
	case OPT_CPUS:
		status = cli_parse_above_0("--cpus", optarg, MAX_CPUS, &cpus);
		if (status == CLI_GO_ON)
			view->import.nr_cpus = (double)cpus;
		return status;
	default:
		return cli_option(opt, argv, help, &none);
	}
}

/* There is no default store: contmond's own is not for imports. */
static int check(const struct view *view, int argc)
{
	if (optind == argc)
		cli_error("import: which file? Name one, or -; see: contmon "
			  "import --help");
	else if (!view->path)
		cli_error("import: into which file? Name one: --store FILE");
	else
		return CLI_GO_ON;
	return CLI_USAGE;
}

int cli_import(int argc, char **argv)
{
	struct view view = { .import.nr_cpus = NAN };
	int opt, status = CLI_GO_ON;

	while (status == CLI_GO_ON &&
	       (opt = getopt_long(argc, argv, ":h", options, NULL)) != -1)
		status = parse_option(&view, opt, argv);
	if (status == CLI_GO_ON)
		status = check(&view, argc);
	optind++;
	if (status == CLI_GO_ON)
		status = cli_no_operands(argc, argv);
	return status == CLI_GO_ON ? open_and_run(&view, argv[optind - 1]) :
				     status;
}
