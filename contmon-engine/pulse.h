/* SPDX-License-Identifier: GPL-2.0-only */
/* Asks now and then whether the engine still answers. */
#ifndef CONTMON_ENGINE_PULSE_H
#define CONTMON_ENGINE_PULSE_H

#include <systemd/sd-event.h>

#include "fetch.h"

/* An engine that stops is found out within the sum of these. */
#define PULSE_INTERVAL_MS 3000
#define PULSE_TIMEOUT_MS 5000

/** pulse_fn - after each question, with 0 or why there was no answer */
typedef void pulse_fn(int error, void *userdata);

/** struct pulse - opaque */
struct pulse;

/** pulse_new() - must be freed after the fetches of @fetcher, before @event */
int pulse_new(sd_event *event, struct fetcher *fetcher, pulse_fn *fn,
	      void *userdata, struct pulse **ret);
void pulse_free(struct pulse *pulse);

#endif /* CONTMON_ENGINE_PULSE_H */
