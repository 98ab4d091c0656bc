// SPDX-License-Identifier: GPL-2.0-only
/*
 * One line for each look at a process, so that what went before stays to be
 * seen, until it ends. A pidfd tells of the end at once.
 */
#include "cli.h"
#include "clock.h"
#include "process.h"
#include "record.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
	"watch [OPTION...] PID\n"
	"A line for this process every 2 s until it ends.\n\n"
	"  -n, --interval S    every S seconds, 0.1 to 3600\n"
	"  -o, --columns LIST  show these columns, separated by commas\n"
	CLI_COMMON_HELP;

static const struct option options[] = {
	{ "interval", required_argument, NULL, 'n' },
	{ "columns", required_argument, NULL, 'o' },
	CLI_COMMON_OPTIONS
};

#define COLUMNS "state,vsz,rss,rss%,swap,cpu,cpu%,time,threads,oom"

struct watch {
	struct cli_options options;
	struct cli_layout layout;
	uint64_t interval_ns;
	int32_t pid;
	int pidfd;
	struct contmon *c;
	struct cli_cgroups *cgroups;
	struct contmon_task before, now;
	uint64_t before_ns, now_ns;	/* when they were read; 0: never */
	struct cli_processes processes;	/* one: the row of @now */
	size_t nr_lines;
};

static bool is_for_programs(const struct watch *watch)
{
	return watch->options.json || watch->options.csv;
}

/* 0, -ESRCH when the process is gone, or another error */
static int read_process(struct watch *watch)
{
	struct contmon_task task;
	struct cli_process *row;
	int r;

	r = contmon_get_task(watch->c, watch->pid, CONTMON_TASK_ALL, 0, &task);
	if (r < 0)
		return r;
	/* The id may belong to another process by now. */
	if (watch->now_ns &&
	    task.start_boottime_ns != watch->now.start_boottime_ns)
		return -ESRCH;

	watch->before = watch->now;
	watch->before_ns = watch->now_ns;
	watch->now = task;
	watch->now_ns = cli_boottime_ns();
	r = cli_processes_fill(&watch->processes, &watch->now, 1,
			       watch->cgroups);
	if (r < 0)
		return r;
	row = &watch->processes.v[0];
	if (watch->before_ns)
		row->rates = cli_task_rates(
			&watch->before, &watch->now,
			watch->now_ns - watch->before_ns,
			(uint32_t)sysconf(_SC_NPROCESSORS_ONLN));
	return 0;
}

static json_t *json_row(const struct watch *watch)
{
	const struct cli_process *process = &watch->processes.v[0];
	struct timespec now = { 0 };
	json_t *json, *cores = json_null();

	clock_gettime(CLOCK_REALTIME, &now);
	if (watch->layout.picked)
		json = cli_layout_json(&watch->layout, &process->row);
	else
		json = cli_record(cli_task_members, &watch->now,
				  watch->now.valid);
	if (process->rates.cpu_known)
		cores = json_real(process->rates.cpu_cores);
	if (json_object_set_new(json, "realtime_ms", json_integer(
			(json_int_t)now.tv_sec * 1000 +
			now.tv_nsec / 1000000)) == 0 &&
	    json_object_set_new(json, "cpu_cores", cores) == 0)
		return json;
	json_decref(json);
	return NULL;
}

static int print_for_programs(const struct watch *watch)
{
	struct cli_options how = watch->options;
	json_t *row = json_row(watch);

	if (how.json)
		return cli_print_json_line(row);
	how.no_headings |= watch->nr_lines > 0;
	return cli_print_csv(row ? json_pack("[o]", row) : NULL, &how);
}

/* A heading every so many lines, as most have scrolled away by then */
#define LINES_PER_HEADING 20

static void print_cell(const struct cli_column *column, const char *text,
		       bool last)
{
	int pad = column->width - (int)cli_text_width(text);

	if (pad < 0 || (last && !cli_column_is_number(column)))
		pad = 0;
	if (cli_column_is_number(column))
		printf(" %*s%s", pad, "", text);
	else
		printf(" %s%*s", text, pad, "");
}

static void print_headings(const struct watch *watch)
{
	const struct cli_layout *layout = &watch->layout;
	size_t i;

	printf("%-8s", "");
	for (i = 0; i < layout->nr; i++)
		print_cell(layout->v[i], layout->v[i]->heading,
			   i + 1 == layout->nr);
	putchar('\n');
}

static int print_line(const struct watch *watch)
{
	const struct cli_layout *layout = &watch->layout;
	time_t now = time(NULL);
	char clock[16] = "";
	struct tm tm;
	size_t i;

	if (localtime_r(&now, &tm))
		strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	printf("%-8s", clock);
	for (i = 0; i < layout->nr; i++) {
		char *cell = cli_cell(layout->v[i],
				      &watch->processes.v[0].row,
				      watch->options.unit);

		if (!cell)
			return cli_failed("watch", -ENOMEM);
		print_cell(layout->v[i], cell, i + 1 == layout->nr);
		free(cell);
	}
	putchar('\n');
	return CLI_OK;
}

static int print(struct watch *watch)
{
	int status;

	if (is_for_programs(watch)) {
		status = print_for_programs(watch);
	} else {
		if (!watch->options.no_headings &&
		    watch->nr_lines % LINES_PER_HEADING == 0)
			print_headings(watch);
		status = print_line(watch);
	}
	watch->nr_lines++;
	fflush(stdout);
	return ferror(stdout) ? CLI_FAILURE : status;
}

/* Until it ends (true) or it is time for the next look */
static bool ends_before(const struct watch *watch, uint64_t deadline_ns)
{
	struct pollfd fd = { .fd = watch->pidfd, .events = POLLIN };
	uint64_t now;

	for (now = cli_monotonic_ns(); now < deadline_ns;
	     now = cli_monotonic_ns()) {
		uint64_t left = deadline_ns - now;
		struct timespec time = {
			.tv_sec = (time_t)(left / 1000000000),
			.tv_nsec = (long)(left % 1000000000),
		};

		if (ppoll(&fd, 1, &time, NULL) > 0)
			return true;
	}
	return false;
}

static int look_until_it_ends(struct watch *watch)
{
	uint64_t deadline_ns = cli_monotonic_ns();
	int r, status;

	for (;;) {
		r = read_process(watch);
		if (r < 0)
			return r;
		/* A zombie has ended, though its parent does not know yet. */
		if (watch->now.state == 'Z' || watch->now.state == 'X')
			return -ESRCH;
		status = print(watch);
		if (status != CLI_OK)
			return status;
		deadline_ns += watch->interval_ns;
		if (deadline_ns < cli_monotonic_ns())
			deadline_ns = cli_monotonic_ns();
		if (ends_before(watch, deadline_ns))
			return -ESRCH;
	}
}

static int say_ended(const struct watch *watch)
{
	char comm[sizeof(watch->now.comm) + 1] = "", text[CLI_TEXT_MAX];
	char *name;

	if (watch->options.json)
		return cli_print_json_line(json_pack("{s:i,s:b}", "pid",
						     (int)watch->pid, "ended",
						     1));
	if (watch->options.csv)
		return CLI_OK;
	memcpy(comm, watch->now.comm, sizeof(watch->now.comm));
	name = cli_escape(comm, strlen(comm));
	cli_format_duration(text, watch->now.utime_ns + watch->now.stime_ns);
	printf("process %" PRId32 " (%s) has ended; CPU time when last seen: "
	       "%s\n", watch->pid, name ? name : "?", text);
	free(name);
	return CLI_OK;
}

static int watch_process(struct watch *watch)
{
	int r;

	watch->pidfd = pidfd_open(watch->pid, 0);
	if (cli_cgroups_new(&watch->cgroups) < 0)
		watch->cgroups = NULL;
	r = look_until_it_ends(watch);
	cli_processes_done(&watch->processes);
	cli_cgroups_free(watch->cgroups);
	if (watch->pidfd >= 0)
		close(watch->pidfd);

	if (r >= 0)
		return r;
	if (r == -ESRCH && watch->now_ns)
		return say_ended(watch);
	cli_error("process %" PRId32 ": %s", watch->pid, strerror(-r));
	return CLI_FAILURE;
}

static int parse_pid(struct watch *watch, int argc, char **argv)
{
	uint64_t pid;

	if (argc - optind != 1) {
		cli_error("watch: one process id is needed; see: contmon "
			  "watch --help");
		return CLI_USAGE;
	}
	if (cli_parse_number(argv[optind], INT32_MAX, &pid) < 0 || pid == 0) {
		cli_error("pid %s: not a process id", argv[optind]);
		return CLI_FAILURE;
	}
	watch->pid = (int32_t)pid;
	return CLI_GO_ON;
}

static int parse(struct watch *watch, int argc, char **argv)
{
	int opt, status = CLI_GO_ON;

	while (status == CLI_GO_ON &&
	       (opt = getopt_long(argc, argv, ":n:o:h", options, NULL)) != -1) {
		if (opt == 'n')
			status = cli_parse_interval(optarg,
						    &watch->interval_ns);
		else if (opt == 'o')
			status = cli_layout_pick(&watch->layout, optarg);
		else
			status = cli_option(opt, argv, help, &watch->options);
	}
	cli_layout_default(&watch->layout, COLUMNS);
	return status == CLI_GO_ON ? parse_pid(watch, argc, argv) : status;
}

int cli_watch(int argc, char **argv)
{
	struct watch watch = {
		.layout.all = cli_top_process_columns,
		.interval_ns = 2000000000,
	};
	int status;

	status = parse(&watch, argc, argv);
	if (status != CLI_GO_ON)
		return status;
	if (cli_open(&watch.c) < 0)
		return CLI_FAILURE;
	status = watch_process(&watch);
	contmon_close(watch.c);
	return status;
}
