/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_PAST_ROWS_H
#define CONTMON_PAST_ROWS_H

#include <stdbool.h>

#include "contmon/table/layout.h"
#include "contmond/store/history.h"

/**
 * struct cli_past_row - a container, or the host, in a step of time
 * @row: first member; its id is its index, and it has no cgroup
 * @t_ms: beginning of the step
 * @container: title; belongs to the rows
 * @mean, @least, @most: of the step; of a total: the last value, NAN, NAN
 * @host_mean, @host_least, @host_most: the same of the host
 * @device_mean, @device_least, @device_most: the same of a device
 */
struct cli_past_row {
	struct cli_row row;
	int64_t t_ms;
	const char *container;
	union {
		struct container_row mean;
		struct system_row host_mean;
		struct device_row device_mean;
	};
	union {
		struct container_row least;
		struct system_row host_least;
		struct device_row device_least;
	};
	union {
		struct container_row most;
		struct system_row host_most;
		struct device_row device_most;
	};
};

/**
 * struct cli_past_rows - zero-initialise; owns its memory
 * @resolution_ms: of the coarsest numbers in it, 0 for single samples
 * @truncated: older rows were left out
 */
struct cli_past_rows {
	struct cli_past_row *v;
	size_t nr;
	int64_t resolution_ms;
	bool truncated;
	char **titles;
	size_t nr_titles;
};

/**
 * struct cli_past_range - the steps and containers to read
 * @is_host: not containers, but the host
 * @device: only the IO of containers on this device; or NULL
 * @containers: as in struct history_query
 * @means_only: leave out least and most
 * @max_rows: row limit
 */
struct cli_past_range {
	bool is_host;
	const char *device;
	const char *containers;
	int64_t from_ms, to_ms, step_ms;
	bool means_only;
	size_t max_rows;
};

/* The columns of a table that are stored; returns how many */
size_t cli_past_metrics(const struct table *table,
			const struct column *ret[HISTORY_MAX_METRICS]);

/* In the order of time, then container. Returns 0 or -errno */
int cli_past_read(struct store *store, const struct cli_past_range *range,
		  struct cli_past_rows *ret);
void cli_past_rows_done(struct cli_past_rows *rows);

#endif /* CONTMON_PAST_ROWS_H */
