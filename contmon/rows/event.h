/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_ROWS_EVENT_H
#define CONTMON_ROWS_EVENT_H

#include <jansson.h>

#include "contmon/cli/format.h"
#include "owner/cgroup.h"
#include "filter.h"

/**
 * struct cli_event - an event with what was looked up for people
 * @record: the driver's
 * @cgroup: that it happened in or to; valid until the next look-up
 * @name: "exec", or what it means to a container: "start", "stop", ...
 * @realtime_ns: when it happened, since 1970
 */
struct cli_event {
	const struct contmon_event *record;
	const struct cgroup *cgroup;
	const char *name;
	uint64_t realtime_ns;
};

/* @event->record is given; the rest is filled. */
void cli_event_look_up(struct cli_event *event, struct cgroups *cgroups,
		       int64_t realtime_offset_ns);

/* An event has no state; its name and user are those of its process. */
bool cli_event_passes(const struct cli_event *event,
		      const struct cli_filter *filter);

/*
 * "fork,exit" as a mask for struct contmon_watch. CLI_GO_ON, or CLI_USAGE after
 * reporting what is wrong.
 */
int cli_event_types(const char *names, uint32_t *ret_mask);

/* In a line of at most @room columns, or as long as it is for 0 */
void cli_event_print_headings(size_t room);

/* The same of an event. Returns an exit status; the error is printed. */
int cli_event_print(const struct cli_event *event, enum cli_unit unit,
		    size_t room);

/* Members that do not belong to its type are null. NULL without memory */
json_t *cli_event_json(const struct cli_event *event);

#endif /* CONTMON_ROWS_EVENT_H */
