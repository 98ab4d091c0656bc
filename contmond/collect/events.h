/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the driver reports as it happens, in the order in which it happened.
 * There are three streams, so that a storm of one kind loses none of another:
 * OOM kills, cgroups, and exits of processes. Exits are read when the others
 * are, so a storm of them wakes no one.
 */
#ifndef CONTMOND_COLLECT_EVENTS_H
#define CONTMOND_COLLECT_EVENTS_H

#include <stdint.h>

#include <systemd/sd-event.h>

#include <contmon.h>

/** events_fn - called with each event, an earlier one before a later one */
typedef void events_fn(const struct contmon_event *event, void *userdata);

/** struct events - opaque; NULL has none */
struct events;

/**
 * events_new() - from now on
 *
 * Errors: those of contmon_events_open() and sd_event_add_io().
 */
int events_new(sd_event *event, struct contmon *device, events_fn *happened,
	       void *userdata, struct events **ret);
void events_free(struct events *events);

/** events_read() - all that happened until @until_ns, by CLOCK_BOOTTIME */
void events_read(struct events *events, uint64_t until_ns);

/** events_read_kills() - all OOM kills, also those after other events */
void events_read_kills(struct events *events);

#endif /* CONTMOND_COLLECT_EVENTS_H */
