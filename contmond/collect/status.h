/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of contmond itself, for /health, /info and /metrics */
#ifndef CONTMOND_COLLECT_STATUS_H
#define CONTMOND_COLLECT_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include <contmon.h>

#include "base/names_engines.h"

/**
 * struct status - zero-initialise, then call status_init()
 * @started_ms: start of contmond, by the wall clock at that time
 * @reason: why there are no samples now; empty if there are
 * @source: source of the samples, "driver" or "procfs"; NULL if none
 * @source_reason: why the source is not the driver; empty if it is
 * @source_lacks: what the source cannot read; NULL if nothing
 * @driver: the driver's description of itself
 * @driver_release: empty without a driver
 * @engines: as contmon-engine describes them; none without it
 * @last_sample_seconds: how long the newest sample took
 * @sample_seconds_total: how long all samples took
 * @runs_missed_total: see runs_missed()
 */
struct status {
	uint64_t started_boottime_ns;
	int64_t started_ms;
	char host[65];
	char kernel[65];
	char boot_id[37];
	uint64_t interval_ms;
	char reason[256];
	const char *source;
	char source_reason[256];
	const char *source_lacks;
	struct contmon_get_info driver;
	char driver_release[32 * 3 + 1];
	struct name_engine engines[NAME_ENGINES_MAX];
	size_t nr_engines;
	int64_t last_sample_ms;
	double last_sample_seconds;
	double sample_seconds_total;
	uint64_t samples_total;
	uint64_t samples_missed_total;
	uint64_t runs_missed_total;
};

/** status_init() - set what never changes */
void status_init(struct status *status);

/**
 * status_opened() - a source was opened, which describes itself by @info
 * @why: why the source is not the driver, or NULL
 */
void status_opened(struct status *status, enum contmon_source source,
		   const struct contmon_get_info *info, const char *why);

/** status_sampled() - @misses_emptied: as in struct sample */
void status_sampled(struct status *status, bool misses_emptied);

/** status_source_reason() - @source_reason, or NULL if unknown */
const char *status_source_reason(const struct status *status);

double status_uptime_seconds(const struct status *status);

#endif /* CONTMOND_COLLECT_STATUS_H */
