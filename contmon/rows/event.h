/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_ROWS_EVENT_H
#define CONTMON_ROWS_EVENT_H

#include <jansson.h>

#include "contmon/cli/format.h"
#include "owner/cgroup.h"
#include "filter.h"

/**
 * struct cli_event - an event and what was looked up for it
 * @record: the driver's record
 * @cgroup: the cgroup of the event; valid until the next look-up
 * @name: "exec", or its meaning for a container: "start", "stop", ...
 * @realtime_ns: when it happened, since 1970
 */
struct cli_event {
	const struct contmon_event *record;
	const struct cgroup *cgroup;
	const char *name;
	uint64_t realtime_ns;
};

/* @event->record must be set; fills the other members. */
void cli_event_look_up(struct cli_event *event, struct cgroups *cgroups,
		       int64_t realtime_offset_ns);

/* An event has no state; its name and user are those of its process. */
bool cli_event_passes(const struct cli_event *event,
		      const struct cli_filter *filter);

/*
 * Turns "fork,exit" into a mask for struct contmon_watch. CLI_GO_ON, or
 * CLI_USAGE after reporting an error.
 */
int cli_event_types(const char *names, uint32_t *ret_mask);

/* In a line of at most @room columns, or without a limit for 0 */
void cli_event_print_headings(size_t room);

/* Likewise for an event. Returns an exit status; errors are reported. */
int cli_event_print(const struct cli_event *event, enum cli_unit unit,
		    size_t room);

/* Members that do not belong to its type are null. NULL without memory */
json_t *cli_event_json(const struct cli_event *event);

#endif /* CONTMON_ROWS_EVENT_H */
