/* SPDX-License-Identifier: GPL-2.0-only */
/* The clock of contmond: samples at a fixed rate while there is a device. */
#ifndef CONTMOND_COLLECT_SAMPLER_H
#define CONTMOND_COLLECT_SAMPLER_H

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-event.h>

#include "base/names.h"
#include "contmond/model/model.h"
#include "contmond/store/ring.h"
#include "status.h"

/**
 * struct sampler_outputs - what samples are made into; all borrowed
 * @ticked: called after each attempt to take a sample
 */
struct sampler_outputs {
	struct model *model;
	struct ring *ring;
	const struct names *names;
	struct status *status;
	void (*ticked)(void *userdata);
	void *userdata;
};

/** struct sampler - opaque */
struct sampler;

/**
 * sampler_new() - take the first sample as soon as the loop runs
 * @device: path of the device, or NULL for the usual one
 *
 * Without a device it tries again now and then, and the status says why.
 */
int sampler_new(sd_event *event, const char *device, uint64_t interval_ms,
		const struct sampler_outputs *outputs, struct sampler **ret);

void sampler_free(struct sampler *sampler);

/** sampler_set_interval() - takes effect at once */
int sampler_set_interval(struct sampler *sampler, uint64_t interval_ms);

/** sampler_device() - the device came or went; tries it at once */
void sampler_device(struct sampler *sampler, bool present);

/** sampler_renamed() - names have changed: show them without a new sample */
void sampler_renamed(struct sampler *sampler);

/**
 * struct sampler_tick - when to sample next
 * @missed: ticks that were due since the last one and were not taken
 * @delay_usec: from now to the next one
 */
struct sampler_tick {
	uint64_t missed;
	uint64_t delay_usec;
};

/**
 * sampler_schedule() - pure; ticks are due at whole multiples of the interval
 * on the wall clock, so each step of a series has one
 * @real_usec: wall clock now
 * @elapsed_usec: since the last tick, by a clock that nobody sets; 0 for none
 */
struct sampler_tick sampler_schedule(uint64_t real_usec,
				     uint64_t elapsed_usec,
				     uint64_t interval_usec);

#endif /* CONTMOND_COLLECT_SAMPLER_H */
