/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events of the driver, in the order in which they happened. OOM kills, cgroups
 * and exits of processes have a stream each, so that many events of one kind
 * cannot push out another kind. Exits are read together with the others, so
 * that many exits do not wake contmond.
 */
#ifndef CONTMOND_COLLECT_EVENTS_H
#define CONTMOND_COLLECT_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-event.h>

#include <contmon.h>

/** events_fn - called with each event, the earliest first */
typedef void events_fn(const struct contmon_event *event, void *userdata);

/** struct events - opaque; NULL has no events */
struct events;

/**
 * events_new() - receive the events from now on
 *
 * Errors: those of contmon_events_open() and sd_event_add_io().
 */
int events_new(sd_event *event, struct contmon *device, events_fn *happened,
	       void *userdata, struct events **ret);
void events_free(struct events *events);

/** events_read() - all events up to @until_ns, by CLOCK_BOOTTIME */
void events_read(struct events *events, uint64_t until_ns);

/** events_read_kills() - all OOM kills, also those after other events */
void events_read_kills(struct events *events);

/** events_see_exits() - false after the stream of exits could not be read */
bool events_see_exits(const struct events *events);

#endif /* CONTMOND_COLLECT_EVENTS_H */
