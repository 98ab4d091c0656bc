// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints a line for each look at a process until it ends, so that earlier ones
 * stay visible. The driver's events report how it ended; without them a pidfd
 * only shows when.
 */
#include "base/clock.h"
#include "commands.h"
#include "contmon/cli/error.h"
#include "contmon/cli/format.h"
#include "contmon/cli/options.h"
#include "contmon/cli/parse.h"
#include "contmon/cli/source.h"
#include "contmon/cli/text.h"
#include "contmon/names/owners.h"
#include "contmon/rows/process.h"
#include "contmon/rows/process_columns.h"
#include "contmon/table/line.h"
#include "contmon/table/output.h"
#include "contmon/table/record.h"

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
	"Print a line about this process every 2 seconds until it ends.\n\n"
	"  -n, --interval S    every S seconds, 0.1 to 3600\n"
	"  -o, --columns LIST  show these columns, separated by\n"
	"                      commas; help lists all of them\n"
	CLI_COMMON_HELP;

static const struct option options[] = {
	{ "interval", required_argument, NULL, 'n' },
	{ "columns", required_argument, NULL, 'o' },
	CLI_COMMON_OPTIONS
};

#define COLUMNS								\
	"state,vsz-bytes,rss-bytes,rss-percent-of-vsz,swap-bytes,"	\
	"cpu-cores,cpu-percent,cpu-seconds-total,threads,oom-score"

struct watch {
	struct cli_options options;
	struct cli_layout layout;
	uint64_t interval_ns;
	int32_t pid;
	int pidfd;
	struct contmon *c;
	struct contmon_events *events;	/* the event of its end; NULL: none */
	struct cli_owners owners;
	struct contmon_task before, now;
	uint64_t before_ns, now_ns;	/* when they were read; 0: never */
	struct cli_processes processes;	/* one: the row of @now */
	size_t nr_lines;
};

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
	watch->now_ns = clock_boottime_ns();
	r = cli_processes_fill(&watch->processes, &watch->now, 1,
			       watch->owners.cgroups);
	if (r < 0)
		return r;
	row = &watch->processes.v[0];
	if (watch->before_ns)
		row->row.rates = cli_task_rates(
			&watch->before, &watch->now,
			watch->now_ns - watch->before_ns,
			(uint32_t)sysconf(_SC_NPROCESSORS_ONLN));
	return 0;
}

/* Adds the driver's record, and the rate, which is not in the record */
static int add_record(const struct watch *watch, json_t *json)
{
	const struct cli_rates *rates = &watch->processes.v[0].row.rates;
	json_t *record = cli_record(cli_task_members, &watch->now,
				    watch->now.valid);
	int r = json_object_update(json, record);

	json_decref(record);
	if (r < 0)
		return r;
	return json_object_set_new(json, "cpu_cores", rates->cpu_known ?
				   cli_json_real(rates->cpu_cores) :
				   json_null());
}

static json_t *json_row(const struct watch *watch)
{
	const struct cli_row *row = &watch->processes.v[0].row;
	json_t *json = json_pack("{s:o}", "t", cli_json_u64(
					 clock_realtime_ns() / NS_PER_MS));
	int r;

	if (watch->layout.picked)
		r = cli_layout_add_json(&watch->layout, row, json);
	else
		r = add_record(watch, json);
	if (r == 0)
		return json;
	json_decref(json);
	return NULL;
}

/* The headings are repeated, because they scroll away. */
#define LINES_PER_HEADING 20

#define NO_CLOCK "        "	/* as wide as "12:00:00" */

static int print_line(const struct watch *watch)
{
	char clock[CLI_TEXT_MAX];

	cli_format_clock(clock, clock_realtime_ns());
	return cli_line_print(&watch->layout, watch->options.unit, clock,
			      &watch->processes.v[0].row);
}

static int print(struct watch *watch)
{
	int status;

	if (cli_is_for_programs(&watch->options)) {
		status = cli_print_streamed(json_row(watch), &watch->options,
					    watch->nr_lines == 0);
	} else {
		if (!watch->options.no_headings &&
		    watch->nr_lines % LINES_PER_HEADING == 0)
			cli_line_headings(&watch->layout, watch->options.unit,
					  NO_CLOCK);
		status = print_line(watch);
	}
	watch->nr_lines++;
	fflush(stdout);
	return ferror(stdout) ? CLI_FAILURE : status;
}

/* Waits for its end (true) or the next look (false). */
static bool ends_before(const struct watch *watch, uint64_t deadline_ns)
{
	struct pollfd fds[2] = {
		{ .fd = watch->pidfd, .events = POLLIN },
		{ .fd = -1, .events = POLLIN },
	};
	uint64_t now;

	if (watch->events)
		fds[1].fd = contmon_events_fd(watch->events);

	for (now = clock_monotonic_ns(); now < deadline_ns;
	     now = clock_monotonic_ns()) {
		uint64_t left = deadline_ns - now;
		struct timespec time = {
			.tv_sec = (time_t)(left / 1000000000),
			.tv_nsec = (long)(left % 1000000000),
		};

		if (ppoll(fds, 2, &time, NULL) > 0)
			return true;
	}
	return false;
}

/*
 * A zombie has ended, even if its parent has not waited for it. If only its
 * first thread is a zombie, the others are still running.
 */
static bool has_ended(const struct contmon_task *task)
{
	return (task->state == 'Z' || task->state == 'X') &&
	       task->nr_threads < 2;
}

static int look_until_it_ends(struct watch *watch)
{
	uint64_t deadline_ns = clock_monotonic_ns();
	int r, status;

	for (;;) {
		r = read_process(watch);
		if (r < 0)
			return r;
		if (has_ended(&watch->now))
			return -ESRCH;
		status = print(watch);
		if (status != CLI_OK)
			return status;
		deadline_ns += watch->interval_ns;
		if (deadline_ns < clock_monotonic_ns())
			deadline_ns = clock_monotonic_ns();
		if (ends_before(watch, deadline_ns))
			return -ESRCH;
	}
}

/* A look may find the end before its event arrives. */
#define EVENT_DELAY_MS 500

/* Finds the event of its end; returns whether there is one */
static bool find_end(const struct watch *watch, struct contmon_event *ret)
{
	struct pollfd fd = { .events = POLLIN };
	bool waited = false;

	while (watch->events) {
		int r = contmon_events_next(watch->events, ret);

		if (r > 0 && ret->start_boottime_ns ==
				     watch->now.start_boottime_ns)
			return true;
		if (r < 0 || (r == 0 && waited))
			return false;
		fd.fd = contmon_events_fd(watch->events);
		if (r == 0)
			waited = poll(&fd, 1, EVENT_DELAY_MS) <= 0;
	}
	return false;
}

static int say_ended_for_programs(const struct watch *watch,
				  const struct contmon_event *end)
{
	json_t *code = json_null();

	if (watch->options.csv)
		return CLI_OK;
	if (end)
		code = json_integer(end->exit_code);
	return cli_print_streamed(json_pack("{s:i,s:b,s:o}", "pid",
					    (int)watch->pid, "ended", 1,
					    "exit_code", code),
				  &watch->options, false);
}

static int say_ended(const struct watch *watch)
{
	char comm[sizeof(watch->now.comm) + 1] = "";
	char how[CLI_TEXT_MAX], cpu[CLI_TEXT_MAX], peak[CLI_TEXT_MAX];
	struct contmon_event end;
	bool known = find_end(watch, &end);
	char *name;

	if (cli_is_for_programs(&watch->options))
		return say_ended_for_programs(watch, known ? &end : NULL);
	memcpy(comm, watch->now.comm, sizeof(watch->now.comm));
	name = cli_escape(comm, strlen(comm));
	printf("process %" PRId32 " (%s) has ended: ", watch->pid,
	       name ? name : "?");
	free(name);
	if (known)
		printf("%s, CPU %s, peak RSS %s\n",
		       cli_format_exit(how, end.exit_code),
		       cli_format_duration(cpu, end.runtime_ns),
		       cli_format_bytes(peak, end.rss_peak_bytes,
					watch->options.unit));
	else
		printf("how is unknown, CPU %s when last seen\n",
		       watch->now.valid & CONTMON_TASK_CPU ?
			       cli_format_duration(cpu, watch->now.runtime_ns) :
			       "-");
	return CLI_OK;
}

/* The first look shows whether the process exists; events may be missing. */
static void open_events(struct watch *watch)
{
	struct contmon_watch ask = {
		.flags = CONTMON_WATCH_PID,
		.events = 1U << CONTMON_EVENT_EXIT,
		.pid = watch->pid,
	};

	if (contmon_events_open(watch->c, &ask, &watch->events) < 0)
		watch->events = NULL;
}

static int watch_process(struct watch *watch)
{
	int r;

	open_events(watch);
	watch->pidfd = pidfd_open(watch->pid, 0);
	/* Without cgroups its container is unknown. */
	cli_owners_init(&watch->owners);
	r = look_until_it_ends(watch);
	if (r == -ESRCH && watch->now_ns)
		r = say_ended(watch);
	else if (r < 0)
		cli_error("process %" PRId32 ": %s", watch->pid, strerror(-r));

	cli_processes_done(&watch->processes);
	cli_owners_done(&watch->owners);
	contmon_events_close(watch->events);
	if (watch->pidfd >= 0)
		close(watch->pidfd);
	return r < 0 ? CLI_FAILURE : r;
}

static int parse_pid(struct watch *watch, int argc, char **argv)
{
	if (argc - optind != 1) {
		cli_error("watch: one process id is needed; see: contmon "
			  "watch --help");
		return CLI_USAGE;
	}
	return cli_parse_pid(argv[optind], &watch->pid);
}

static int parse(struct watch *watch, int argc, char **argv)
{
	int opt, status = CLI_GO_ON;

	cli_offer_process_columns(&watch->layout, true);
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
