/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clock of contmond: takes samples at a fixed rate, from the driver if it
 * is available, otherwise from procfs and cgroupfs. A change of source loses no
 * sample.
 */
#ifndef CONTMOND_COLLECT_SAMPLER_H
#define CONTMOND_COLLECT_SAMPLER_H

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-event.h>

#include "runs.h"
#include "sample.h"
#include "victims.h"

/**
 * struct sampler_listener - functions to call with samples
 * @opened: a source was opened, which describes itself by @info; @why is the
 *	reason that it is not the driver, or NULL
 * @sampled: @now was taken; @before is the previous sample, or NULL. @missed
 *	ticks were due in between but not taken. @now stays valid until the next
 *	call of @sampled, or of @lost with @is_stale, returns; @before until
 *	this call returns
 * @killed: a process was chosen by the OOM killer; may be called during a
 *	sample, as may the next two
 * @began: the cgroup of a container was created, and is in no sample yet
 * @ended: the cgroup of a container was removed, and will be in no later sample
 * @lost: no sample could be taken, for this reason; called at each attempt. If
 *	@is_stale, the last sample is too old or there was none, and earlier
 *	samples are freed when it returns
 */
struct sampler_listener {
	void (*opened)(enum contmon_source source,
		       const struct contmon_get_info *info, const char *why,
		       void *userdata);
	void (*sampled)(const struct sample *before, const struct sample *now,
			uint64_t missed, void *userdata);
	victims_fn *killed;
	void (*began)(const struct run *run, void *userdata);
	void (*ended)(const struct run *run, void *userdata);
	void (*lost)(const char *why, bool is_stale, void *userdata);
	void *userdata;
};

/** struct sampler - opaque */
struct sampler;

/**
 * sampler_new() - take the first sample as soon as the loop runs
 * @device: path of the only device to use; NULL for the source that
 *	contmon_open() chooses, or procfs if the device may not be opened
 * @names: see scope_map_new()
 * @listener: copied
 *
 * Without a source, tries again every few seconds. While the source is procfs,
 * checks at each tick whether the device can be opened.
 */
int sampler_new(sd_event *event, const char *device, uint64_t interval_ms,
		const struct names *names,
		const struct sampler_listener *listener, struct sampler **ret);

/** sampler_free() - also frees the samples; the listener is not called */
void sampler_free(struct sampler *sampler);

/** sampler_set_interval() - takes effect at once */
int sampler_set_interval(struct sampler *sampler, uint64_t interval_ms);

/**
 * sampler_device() - the device has appeared or gone; changes the source at
 * once
 */
void sampler_device(struct sampler *sampler, bool present);

/** sampler_missed_runs() - runs_missed(), since sampler_new() */
uint64_t sampler_missed_runs(const struct sampler *sampler);

/**
 * struct sampler_tick - when to sample next
 * @missed: ticks that were due since the last one and were not taken
 * @late_usec: since this one was due; negative if it is early
 * @delay_usec: from now until the next one
 */
struct sampler_tick {
	uint64_t missed;
	int64_t late_usec;
	uint64_t delay_usec;
};

/**
 * sampler_schedule() - when the next tick is due; a pure function
 * @real_usec: wall clock now
 * @elapsed_usec: since the last tick was due, however late it was, by a clock
 *	that cannot be set; 0 for none
 *
 * Ticks are due at whole multiples of the interval on the wall clock, so that
 * each step of a series has one.
 */
struct sampler_tick sampler_schedule(uint64_t real_usec,
				     uint64_t elapsed_usec,
				     uint64_t interval_usec);

#endif /* CONTMOND_COLLECT_SAMPLER_H */
