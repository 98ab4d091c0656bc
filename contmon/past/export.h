/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_PAST_EXPORT_H
#define CONTMON_PAST_EXPORT_H

#include <stdio.h>

#include "base/buffer.h"
#include "lives.h"
#include "rows.h"
#include "workloads.h"

enum cli_export_format { EXPORT_NDJSON, EXPORT_CSV, EXPORT_WORKLOADS };

/**
 * struct cli_export - zero-initialise except @to, @format and @range
 * @range: the containers and the time range
 * @on_progress: called from time to time with the time reached, or NULL
 * @lives: the containers that had each title
 * @line: the line being built
 * @workloads: all entries until the end, for the format of that name
 * @what: what failed, if it was not the store
 * @nr_rows: written so far
 */
struct cli_export {
	FILE *to;
	enum cli_export_format format;
	struct cli_past_range range;
	void (*on_progress)(const struct cli_export *export, int64_t t_ms);
	struct cli_past_lives lives;
	struct buffer line;
	struct cli_workloads workloads;
	const char *what;
	uint64_t nr_rows;
};

/* Leave out the time before the first and after the last moment. 0 or -errno */
int cli_export_clamp(struct cli_export *export, struct store *store);

/* Write all. 0 or -errno; of a failure to write, see ferror(). */
int cli_export_write(struct cli_export *export, struct store *store);

#endif /* CONTMON_PAST_EXPORT_H */
