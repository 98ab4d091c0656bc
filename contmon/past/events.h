/* SPDX-License-Identifier: GPL-2.0-only */
/* Events that contmond recorded, as rows of a table. */
#ifndef CONTMON_PAST_EVENTS_H
#define CONTMON_PAST_EVENTS_H

#include "contmon/table/layout.h"
#include "contmond/store/store.h"

/**
 * struct cli_past_event - one event
 * @row: first member; its id is the number of the event
 * @json: a row of /api/v1/events
 * @facts: what its detail says, for people; NULL for nothing
 */
struct cli_past_event {
	struct cli_row row;
	json_t *json;
	char *facts;
};

/*
 * Of a row of /api/v1/events, which it keeps a reference to; with sizes in
 * @unit. NULL without memory
 */
struct cli_past_event *cli_past_event_new(json_t *json, enum cli_unit unit);
void cli_past_event_free(struct cli_past_event *event);

/**
 * struct cli_past_wanted - which events
 * @container: its name or its id; CLI_PAST_HOST outside of containers; NULL for
 *	any
 * @kinds: separated by commas; NULL for all
 */
struct cli_past_wanted {
	const char *container;
	const char *kinds;
	int64_t from_ms, to_ms;
};

/*
 * Is it of this container, as in struct cli_past_wanted, or of one whose id
 * begins so? Who that is nobody knows before something happens to it.
 */
bool cli_past_event_is_of(const json_t *json, const char *container);

/**
 * struct cli_past_events - zero-initialise
 * @rows: the oldest first
 * @truncated: older ones were left out
 */
struct cli_past_events {
	struct cli_rows rows;
	size_t allocated;
	bool truncated;
};

/* The newest @count that the store has. 0 or -errno */
int cli_past_events_read(struct store *store,
			 const struct cli_past_wanted *wanted, size_t count,
			 enum cli_unit unit, struct cli_past_events *ret);
void cli_past_events_done(struct cli_past_events *events);

/* CLI_GO_ON, or CLI_USAGE after reporting a kind that is none */
int cli_past_event_kinds(const char *option, const char *kinds);

/* Columns for people, and all that the API has */
#define CLI_PAST_EVENT_COLUMNS "t,kind,container,facts"
#define CLI_PAST_EVENT_KEYS \
	"seq,t,kind,container,container-id,pid,comm,detail"

void cli_offer_past_event_columns(struct cli_layout *layout);

#endif /* CONTMON_PAST_EVENTS_H */
