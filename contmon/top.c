// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "base/descriptors.h"
#include "commands.h"
#include "contmon/cli/error.h"
#include "contmon/cli/options.h"
#include "contmon/cli/parse.h"
#include "contmon/cli/source.h"
#include "contmon/names/owners.h"
#include "contmon/past/top.h"
#include "contmon/top/loop.h"
#include "contmon/top/stream.h"
#include "contmon/top/view.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static const char help[] =
	"top [OPTION...]\n"
	"Show containers on the whole screen, live. Enter shows the\n"
	"processes of one, h all keys. With --json or --csv print a line for\n"
	"each after each interval.\n\n"
	"  -n, --interval S    refresh every S seconds, 0.1 to 3600;\n"
	"                      1 by default\n"
	"      --container ID  the processes of this one: its name or the\n"
	"                      beginning of its id\n"
	"      --count N       end after N intervals\n"
	"      --at TIME       what contmond recorded then: \"2026-01-31\n"
	"                      07:00\", 07:00, -2h or seconds since 1970\n"
	"      --store FILE    in this database of contmond\n"
	"      --commands      with --at: CPU by command, also of processes\n"
	"                      that ended\n"
	"      --json          print JSON\n"
	"      --csv           print CSV with the keys of --json\n"
	"      --no-headings   print no keys above CSV\n"
	"      --units UNIT    auto, KiB, MiB or bytes\n"
	"  -h, --help          print this\n";

enum { OPT_CONTAINER = CLI_OPT_UNITS + 1, OPT_COUNT, OPT_AT,
       OPT_STORE, OPT_COMMANDS };

static const struct option options[] = {
	{ "interval", required_argument, NULL, 'n' },
	{ "container", required_argument, NULL, OPT_CONTAINER },
	{ "count", required_argument, NULL, OPT_COUNT },
	{ "at", required_argument, NULL, OPT_AT },
	{ "store", required_argument, NULL, OPT_STORE },
	{ "commands", no_argument, NULL, OPT_COMMANDS },
	CLI_COMMON_OPTIONS
};

struct top {
	struct cli_options options;
	uint64_t interval_ns;	/* 0: not given */
	uint64_t count;		/* number of samples to print; 0: no limit */
	const char *at;		/* NULL: now */
	const char *store_path;
	bool only_commands;
	struct cli_filter only;
	struct contmon *c;
	struct cli_owners owners;
	struct top_model model;
};

/* Other output works without a full screen. */
#define CURE "; try: contmon top --csv, or: contmon ps"

static int refuse_terminal(int error)
{
	const char *term = getenv("TERM") ?: "";

	if (error == -EOPNOTSUPP)
		cli_error("top: TERM=%s: this terminal cannot move its cursor"
			  CURE, term);
	else
		cli_error("top: TERM=%s: unknown terminal" CURE, term);
	return CLI_FAILURE;
}

static int show(struct top *top)
{
	int r;

	if (cli_is_for_programs(&top->options))
		return top_stream(top->c, &top->model, &top->options,
				  top->interval_ns, top->count);
	r = top_view_begin();
	if (r < 0)
		return refuse_terminal(r);
	r = top_loop(top->c, &top->model, top->interval_ns);
	top_view_end();
	return r < 0 ? cli_failed("top", r) : CLI_OK;
}

static void begin(struct top *top)
{
	struct top_model *model = &top->model;

	top_model_init(model, top->c, &top->owners);
	model->source = cli_source_name(top->c);
	model->unit = top->options.unit;
	model->only = top->only;
	cli_filter_begin(&model->only, top->owners.cgroups);
	if (top->only.container)
		model->page = TOP_PROCESSES;
}

static int run(struct top *top)
{
	int r, status;

	if (!cli_is_for_programs(&top->options) &&
	    (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))) {
		cli_error("top: not a terminal" CURE);
		return CLI_FAILURE;
	}
	descriptors_raise();
	if (cli_open(&top->c) < 0)
		return CLI_FAILURE;
	r = cli_owners_init(&top->owners);
	if (r == 0 || r == -ENOENT) {
		begin(top);
		status = show(top);
		top_model_done(&top->model);
	} else {
		status = cli_failed("top", r);
	}
	cli_owners_done(&top->owners);
	contmon_close(top->c);
	return status;
}

static int parse_option(struct top *top, int opt, char **argv)
{
	switch (opt) {
	case 'n':
		return cli_parse_interval(optarg, &top->interval_ns);
	case OPT_CONTAINER:
		top->only.container = optarg;
		return CLI_GO_ON;
	case OPT_COUNT:
		return cli_parse_above_0("--count", optarg, UINT64_MAX,
					 &top->count);
	case OPT_AT:
		top->at = optarg;
		return CLI_GO_ON;
	case OPT_STORE:
		top->store_path = optarg;
		return CLI_GO_ON;
	case OPT_COMMANDS:
		top->only_commands = true;
		return CLI_GO_ON;
	default:
		return cli_option(opt, argv, help, &top->options);
	}
}

/* Combinations of options that make no sense */
static int check(struct top *top)
{
	if (top->at && (top->count || top->interval_ns)) {
		cli_error("--at: not with --count or -n");
		return CLI_USAGE;
	}
	if (top->store_path && !top->at) {
		cli_error("--store: only with --at");
		return CLI_USAGE;
	}
	if (top->only_commands && !top->at) {
		cli_error("--commands: only with --at");
		return CLI_USAGE;
	}
	if (top->count && !cli_is_for_programs(&top->options)) {
		cli_error("--count: only with --json or --csv");
		return CLI_USAGE;
	}
	if (!top->interval_ns)
		top->interval_ns = NS_PER_SECOND;
	return CLI_GO_ON;
}

int cli_top(int argc, char **argv)
{
	struct top top = { 0 };
	int opt, status = CLI_GO_ON;

	while (status == CLI_GO_ON &&
	       (opt = getopt_long(argc, argv, ":n:h", options, NULL)) != -1)
		status = parse_option(&top, opt, argv);
	if (status == CLI_GO_ON)
		status = cli_no_operands(argc, argv);
	if (status == CLI_GO_ON)
		status = check(&top);
	if (status != CLI_GO_ON)
		return status;
	return top.at ? cli_top_past(&top.options, top.store_path, top.at,
				     top.only.container, top.only_commands) :
			run(&top);
}
