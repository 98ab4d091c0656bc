// SPDX-License-Identifier: GPL-2.0-only
#include "base/clock.h"
#include "contmon/cli/error.h"
#include "contmon/cli/options.h"
#include "contmon/cli/parse.h"
#include "contmon/cli/source.h"
#include "commands.h"
#include "contmon/top/screen.h"
#include "contmon/top/top.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static const char help[] =
	"top [OPTION...]\n"
	"Containers, full screen and live; Enter shows the processes of one, h\n"
	"all keys. With --json or --csv a line for each in each interval.\n\n"
	"  -n, --interval S    refresh every S seconds, 0.1 to 3600; 1 if not\n"
	"                      given\n"
	"      --container ID  the processes of this one, by its name or the\n"
	"                      beginning of its id\n"
	"      --count N       end after so many intervals\n"
	"      --json          print JSON\n"
	"      --csv           print CSV with the keys and values of --json\n"
	"      --no-headings   print no keys above CSV\n"
	"      --units UNIT    auto, KiB, MiB or bytes\n"
	"  -h, --help          print this\n";

enum { OPT_CONTAINER = CLI_OPT_UNITS + 1, OPT_COUNT };

static const struct option options[] = {
	{ "interval", required_argument, NULL, 'n' },
	{ "container", required_argument, NULL, OPT_CONTAINER },
	{ "count", required_argument, NULL, OPT_COUNT },
	CLI_COMMON_OPTIONS
};

struct top {
	struct cli_options options;
	uint64_t interval_ns;
	uint64_t count;		/* samples to print; 0: no end */
	struct cli_filter only;
	struct contmon *c;
	struct cli_cgroups *cgroups;
	struct top_model model;
	struct top_sample next;
};

/* What the columns of a page are made of, and no more */
#define PROCESS_FIELDS							\
	(CONTMON_TASK_BASE | CONTMON_TASK_CRED | CONTMON_TASK_CGROUP |	\
	 CONTMON_TASK_MEM | CONTMON_TASK_CPU | CONTMON_TASK_IO |	\
	 CONTMON_TASK_OOM_SCORE)

/* Sums over processes are for the containers' page alone: they want a walk. */
static uint64_t cgroup_fields(enum top_page page)
{
	uint64_t sums = CONTMON_CGROUP_TASKS | CONTMON_CGROUP_EXITED;

	return CONTMON_CGROUP_ALL & ~(page == TOP_CONTAINERS ? 0 : sums);
}

int top_sample_read(struct contmon *c, enum top_page page,
		    struct top_sample *sample)
{
	int r;

	sample->page = page;
	sample->filled = true;
	r = contmon_get_system(c, CONTMON_SYSTEM_ALL, 0, &sample->system);
	if (r == 0)
		r = contmon_snapshot_cgroups(c, cgroup_fields(page), 0,
						&sample->containers);
	/* Without cgroup v2 there are processes only. */
	if (r == -EOPNOTSUPP)
		r = 0;
	if (r == 0 && page == TOP_PROCESSES)
		r = contmon_snapshot_tasks(c, PROCESS_FIELDS, 0,
					   &sample->tasks);
	return r;
}

static int read_next(struct top *top)
{
	int r = top_sample_read(top->c, top->model.page, &top->next);

	return r < 0 ? r : top_model_take(&top->model, &top->next);
}

/* By a signal that asks us to end; the terminal is to be left as it was. */
static volatile sig_atomic_t is_over;

static void end(int signal)
{
	(void)signal;
	is_over = 1;
}

static void catch_signals(void)
{
	const struct sigaction action = { .sa_handler = end };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* A terminal that has gone has no keys any more, and says so at once. */
static bool is_hung_up(void)
{
	struct pollfd terminal = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&terminal, 1, 0) == 1 &&
	       (terminal.revents & (POLLHUP | POLLERR));
}

/* Wait for a key until @deadline_ns; ERR when there was none. */
static int wait_for_key(uint64_t deadline_ns)
{
	uint64_t now = clock_monotonic_ns();
	uint64_t ms = now < deadline_ns ? (deadline_ns - now) / 1000000 + 1 : 0;

	timeout((int)ms);
	return getch();
}

#define CTRL_L ('L' & 0x1f)

static int act(struct top *top, int key, uint64_t *deadline_ns)
{
	if (key == CTRL_L)
		screen_redraw();
	switch (top_model_key(&top->model, key)) {
	case TOP_QUIT:
		return 1;
	case TOP_READ:
		*deadline_ns = 0;
		return top_model_arrange(&top->model);
	case TOP_ARRANGE:
		return top_model_arrange(&top->model);
	case TOP_DRAW:
		break;
	}
	return 0;
}

/* Rates need a second look: take it soon when a page is new. */
#define SECOND_LOOK_NS 200000000

static uint64_t next_deadline(const struct top *top, uint64_t deadline_ns)
{
	uint64_t now = clock_monotonic_ns();

	if (deadline_ns == 0 && top->interval_ns > SECOND_LOOK_NS)
		return now + SECOND_LOOK_NS;
	/* Refreshes that were missed are not made up for. */
	deadline_ns += top->interval_ns;
	return deadline_ns > now ? deadline_ns : now + top->interval_ns;
}

/* Until the user quits (1), a signal comes (0) or something fails (-errno) */
static int loop(struct top *top)
{
	uint64_t deadline_ns = 0;	/* 0: at once, even in a pause */
	int key, r = 0;

	while (r == 0 && !is_over) {
		if (clock_monotonic_ns() >= deadline_ns) {
			if (deadline_ns == 0 || !top->model.paused)
				r = read_next(top);
			if (r < 0)
				return r;
			deadline_ns = next_deadline(top, deadline_ns);
		}
		top_view_draw(&top->model);
		key = wait_for_key(deadline_ns);
		if (key != ERR)
			r = act(top, key, &deadline_ns);
		else if (is_hung_up())
			r = -EIO;
	}
	return r;
}

static int show(struct top *top)
{
	int r;

	if (cli_is_for_programs(&top->options))
		return top_stream(top->c, &top->model, &top->options,
				  top->interval_ns, top->count);
	if (top_view_begin() < 0) {
		cli_error("top: TERM=%s: no such terminal is known; try: "
			  "TERM=xterm contmon top", getenv("TERM") ?: "");
		return CLI_FAILURE;
	}
	catch_signals();
	r = loop(top);
	top_view_end();
	contmon_cgroups_done(&top->next.containers);
	contmon_tasks_done(&top->next.tasks);
	return r < 0 ? cli_failed("top", r) : CLI_OK;
}

static void begin(struct top *top)
{
	struct top_model *model = &top->model;

	top_model_init(model, top->cgroups);
	model->source = cli_source_name(top->c);
	model->unit = top->options.unit;
	model->only = top->only;
	cli_filter_begin(&model->only, top->cgroups);
	if (top->only.container)
		model->page = TOP_PROCESSES;
}

static int run(struct top *top)
{
	int r, status;

	if (!cli_is_for_programs(&top->options) &&
	    (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))) {
		cli_error("top: this is no terminal; try: contmon top --json");
		return CLI_FAILURE;
	}
	if (cli_open(&top->c) < 0)
		return CLI_FAILURE;
	r = cli_cgroups_new(&top->cgroups);
	if (r == 0 || r == -ENOENT) {
		begin(top);
		status = show(top);
		top_model_done(&top->model);
	} else {
		status = cli_failed("top", r);
	}
	cli_cgroups_free(top->cgroups);
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
	default:
		return cli_option(opt, argv, help, &top->options);
	}
}

int cli_top(int argc, char **argv)
{
	struct top top = { .interval_ns = 1000000000 };
	int opt, status = CLI_GO_ON;

	while (status == CLI_GO_ON &&
	       (opt = getopt_long(argc, argv, ":n:h", options, NULL)) != -1)
		status = parse_option(&top, opt, argv);
	if (status == CLI_GO_ON)
		status = cli_no_operands(argc, argv);
	if (status == CLI_GO_ON && top.count && !cli_is_for_programs(&top.options)) {
		cli_error("--count: only with --json or --csv");
		status = CLI_USAGE;
	}
	return status == CLI_GO_ON ? run(&top) : status;
}
