// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints a line for each event as it happens. The cgroup of a container that
 * lives only for some ms is gone before it can be looked up, so its path is
 * kept from the event of its creation.
 */
#include "base/clock.h"
#include "commands.h"
#include "contmon/cli/error.h"
#include "contmon/cli/options.h"
#include "contmon/cli/parse.h"
#include "contmon/cli/source.h"
#include "contmon/names/owners.h"
#include "contmon/rows/event.h"
#include "contmon/rows/filter.h"
#include "contmon/table/output.h"
#include "contmon/table/table.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
	"events [OPTION...]\n"
	"Show events of processes and containers, as they happen.\n\n"
	"      --type LIST     only these types, separated by commas: fork,\n"
	"                      exec, exit, oom, created, populated,\n"
	"                      emptied, removed\n"
	"      --pid PID       only of this process\n"
	"      --container ID  only in this container: its name or the\n"
	"                      beginning of its id; host: in none\n"
	"      --user USER     only of processes of this user, a name or\n"
	"                      number\n"
	"      --name TEXT     only of processes with TEXT in their name,\n"
	"                      or that match a pattern with * ? [\n"
	"      --count N       end after N events\n"
	CLI_COMMON_HELP;

enum { OPT_TYPE = CLI_OPT_UNITS + 1, OPT_PID, OPT_CONTAINER, OPT_USER,
       OPT_NAME, OPT_COUNT };

static const struct option options[] = {
	{ "type", required_argument, NULL, OPT_TYPE },
	{ "pid", required_argument, NULL, OPT_PID },
	{ "container", required_argument, NULL, OPT_CONTAINER },
	{ "user", required_argument, NULL, OPT_USER },
	{ "name", required_argument, NULL, OPT_NAME },
	{ "count", required_argument, NULL, OPT_COUNT },
	CLI_COMMON_OPTIONS
};

struct stream {
	struct cli_options options;
	struct cli_filter filter;
	struct contmon_watch watch;
	uint32_t types;		/* the wanted types, as a mask */
	uint64_t count;		/* number of events to show; 0: no limit */
	uint64_t nr_shown;
	int64_t realtime_offset_ns;	/* CLOCK_REALTIME - CLOCK_BOOTTIME */
	struct cli_owners owners;
	struct contmon_events *events;
};

static int print(struct stream *stream, const struct cli_event *event)
{
	int status = CLI_OK;

	if (cli_is_for_programs(&stream->options)) {
		status = cli_print_streamed(cli_event_json(event),
					    &stream->options,
					    stream->nr_shown == 0);
	} else {
		size_t room = cli_table_width();

		if (stream->nr_shown == 0 && !stream->options.no_headings)
			cli_event_print_headings(room);
		status = cli_event_print(event, stream->options.unit, room);
	}
	stream->nr_shown++;
	return ferror(stdout) ? CLI_FAILURE : status;
}

static void report_dropped(const struct contmon_event *event)
{
	if (event->dropped)
		cli_error("%" PRIu64 " events were lost: they came faster than "
			  "they could be shown", (uint64_t)event->dropped);
}

/* Prints all events that can be read now. CLI_GO_ON, or the exit status */
static int drain(struct stream *stream)
{
	struct contmon_event record;
	int r, status;

	cli_owners_follow(&stream->owners);
	while ((r = contmon_events_next(stream->events, &record)) > 0) {
		struct cli_event event = { .record = &record };

		report_dropped(&record);
		cli_event_look_up(&event, stream->owners.cgroups,
				  stream->realtime_offset_ns);
		if (!(stream->types & 1U << record.type) ||
		    !cli_event_passes(&event, &stream->filter))
			continue;
		status = print(stream, &event);
		if (status != CLI_OK)
			return status;
		if (stream->nr_shown == stream->count)
			return CLI_OK;
	}
	fflush(stdout);
	if (r < 0)
		return cli_failed("reading events", r);
	return ferror(stdout) ? CLI_FAILURE : CLI_GO_ON;
}

static int follow(struct stream *stream)
{
	struct pollfd fd = { .fd = contmon_events_fd(stream->events),
			     .events = POLLIN };
	int status;

	while ((status = drain(stream)) == CLI_GO_ON)
		if (poll(&fd, 1, -1) < 0 && errno != EINTR)
			return cli_failed("waiting for events", -errno);
	return status;
}

static int open_stream(struct stream *stream, struct contmon *c)
{
	int r;

	/* For the paths of short-lived cgroups. */
	stream->watch.events = stream->types |
			       1U << CONTMON_EVENT_CGROUP_CREATED;
	r = contmon_events_open(c, &stream->watch, &stream->events);

	if (r == -EOPNOTSUPP) {
		cli_error("events: needs the driver, which is not loaded or "
			  "too old; try: modprobe contmon; without it: contmon "
			  "log --follow");
		return CLI_FAILURE;
	}
	if (r < 0 && stream->watch.flags & CONTMON_WATCH_PID) {
		cli_error("process %" PRId32 ": %s", stream->watch.pid,
			  strerror(-r));
		return CLI_FAILURE;
	}
	return r < 0 ? cli_failed("events", r) : CLI_OK;
}

static int run(struct stream *stream)
{
	struct contmon *c;
	int status;

	if (cli_open(&c) < 0)
		return CLI_FAILURE;
	cli_owners_init(&stream->owners);
	cli_filter_begin(&stream->filter, stream->owners.cgroups);
	stream->realtime_offset_ns = clock_realtime_offset_ns();
	status = open_stream(stream, c);
	if (status == CLI_OK)
		status = follow(stream);
	contmon_events_close(stream->events);
	cli_owners_done(&stream->owners);
	contmon_close(c);
	return status;
}

static int parse_option(struct stream *stream, int opt, char **argv)
{
	uint64_t pid = 0;
	int status;

	switch (opt) {
	case OPT_TYPE:
		return cli_event_types(optarg, &stream->types);
	case OPT_PID:
		status = cli_parse_above_0("--pid", optarg, INT32_MAX, &pid);
		stream->watch.flags |= CONTMON_WATCH_PID;
		stream->watch.pid = (int32_t)pid;
		return status;
	case OPT_CONTAINER:
		stream->filter.container = optarg;
		return CLI_GO_ON;
	case OPT_USER:
		return cli_filter_user(&stream->filter, optarg);
	case OPT_NAME:
		stream->filter.name = optarg;
		return CLI_GO_ON;
	case OPT_COUNT:
		return cli_parse_above_0("--count", optarg, UINT64_MAX,
					 &stream->count);
	default:
		return cli_option(opt, argv, help, &stream->options);
	}
}

int cli_events(int argc, char **argv)
{
	struct stream stream = {
		.types = CONTMON_EVENT_ALL & ~CONTMON_EVENT_LIMITS,
	};
	int opt, status = CLI_GO_ON;

	while (status == CLI_GO_ON &&
	       (opt = getopt_long(argc, argv, ":h", options, NULL)) != -1)
		status = parse_option(&stream, opt, argv);
	if (status == CLI_GO_ON)
		status = cli_no_operands(argc, argv);
	return status == CLI_GO_ON ? run(&stream) : status;
}
