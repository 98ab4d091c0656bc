/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clock of contmond: samples at a fixed rate, from the driver while there
 * is one, else from procfs and cgroupfs. A change of source loses no sample.
 */
#ifndef CONTMOND_COLLECT_SAMPLER_H
#define CONTMOND_COLLECT_SAMPLER_H

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-event.h>

#include "sample.h"
#include "victims.h"

/**
 * struct sampler_listener - functions to call with samples
 * @opened: a source was opened and says this of itself
 * @sampled: @now was taken; @before is the sample before it, or NULL. @missed
 *	ticks were due since then and not taken. @now stays until @lost or the
 *	next call of @sampled returns, @before until this one does
 * @killed: a process was chosen by the OOM killer; also during a sample
 * @lost: there are no samples, and why; called at each attempt. Those that
 *	were taken are gone when it returns
 */
struct sampler_listener {
	void (*opened)(enum contmon_source source,
		       const struct contmon_get_info *info, void *userdata);
	void (*sampled)(const struct sample *before, const struct sample *now,
			uint64_t missed, void *userdata);
	victims_fn *killed;
	void (*lost)(const char *why, void *userdata);
	void *userdata;
};

/** struct sampler - opaque */
struct sampler;

/**
 * sampler_new() - take the first sample as soon as the loop runs
 * @device: path of a device, and no other source; NULL for that which
 *	contmon_open() chooses
 * @names: see scope_map_new()
 * @listener: copied
 *
 * Without a source it tries again every few seconds. While the source is procfs
 * it looks for the device at each tick.
 */
int sampler_new(sd_event *event, const char *device, uint64_t interval_ms,
		const struct names *names,
		const struct sampler_listener *listener, struct sampler **ret);

/** sampler_free() - frees the samples, too; the listener is not called */
void sampler_free(struct sampler *sampler);

/** sampler_set_interval() - takes effect at once */
int sampler_set_interval(struct sampler *sampler, uint64_t interval_ms);

/** sampler_device() - the device has come or gone; changes source at once */
void sampler_device(struct sampler *sampler, bool present);

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
 * @elapsed_usec: since the last tick, by a clock that cannot be set; 0 for none
 */
struct sampler_tick sampler_schedule(uint64_t real_usec,
				     uint64_t elapsed_usec,
				     uint64_t interval_usec);

#endif /* CONTMOND_COLLECT_SAMPLER_H */
