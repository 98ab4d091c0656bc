/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks periodically whether the engine answers */
#ifndef CONTMON_ENGINE_PULSE_H
#define CONTMON_ENGINE_PULSE_H

#include <systemd/sd-event.h>

#include "fetch.h"

/* An engine that hangs is noticed within the sum of these. */
#define PULSE_INTERVAL_MS 3000
#define PULSE_TIMEOUT_MS 5000

/** pulse_fn - called after each check, with 0 or the error */
typedef void pulse_fn(int error, void *userdata);

/** struct pulse - opaque */
struct pulse;

/** pulse_new() - free it before @event, but after the fetches of @fetcher */
int pulse_new(sd_event *event, struct fetcher *fetcher, pulse_fn *fn,
	      void *userdata, struct pulse **ret);
void pulse_free(struct pulse *pulse);

#endif /* CONTMON_ENGINE_PULSE_H */
