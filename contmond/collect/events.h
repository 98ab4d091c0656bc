/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events of the driver, in the order in which they happened. OOM kills, cgroups
 * and exits of processes each have a stream of their own, so that many events
 * of one kind cannot push out others. Exits are read only together with the
 * others, so that many exits do not wake contmond.
 */
#ifndef CONTMOND_COLLECT_EVENTS_H
#define CONTMOND_COLLECT_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-event.h>

#include <contmon.h>

/** events_fn - called with an event */
typedef void events_fn(const struct contmon_event *event, void *userdata);

/**
 * struct events_listener - functions to call with events
 * @happened: called with each event, oldest first
 * @dropped: the driver dropped some of the kind of @event before it. Called as
 *	soon as that is known, which may be before a sample that is older than
 *	@event, and again when its turn has come: any of those that were dropped
 *	may be older than what happened in between, or newer
 */
struct events_listener {
	events_fn *happened;
	events_fn *dropped;
	void *userdata;
};

/** struct events - opaque; NULL has no events */
struct events;

/**
 * events_new() - receive events from now on
 * @listener: copied
 *
 * Returns an error of contmon_events_open() or sd_event_add_io().
 */
int events_new(sd_event *event, struct contmon *device,
	       const struct events_listener *listener, struct events **ret);
void events_free(struct events *events);

/** events_read() - handle all events up to @until_ns (CLOCK_BOOTTIME) */
void events_read(struct events *events, uint64_t until_ns);

/** events_read_kills() - handle all OOM kills, even those after other events */
void events_read_kills(struct events *events);

/**
 * events_see_exits() - false once the stream of exits cannot be read any more
 */
bool events_see_exits(const struct events *events);

#endif /* CONTMOND_COLLECT_EVENTS_H */
