/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The JSON format of older monitors of containers under stress: an object with
 * an array for each type of workload.
 */
#ifndef CONTMON_PAST_WORKLOADS_H
#define CONTMON_PAST_WORKLOADS_H

#include <stdio.h>

#include "lives.h"
#include "rows.h"

enum cli_workload { WORKLOAD_CPU, WORKLOAD_RAM, WORKLOAD_DISK, WORKLOAD_IO,
		    WORKLOAD_OTHER, NR_WORKLOADS };

/* The type from options of stress(1) or stress-ng(1); else OTHER */
enum cli_workload cli_workload_of(const char *command);

/** struct cli_workloads - zero-initialise; has arrays in temporary files */
struct cli_workloads {
	FILE *files[NR_WORKLOADS];
};

/* Returns 0 or -errno: of a temporary file, or -ENOMEM */
int cli_workloads_add(struct cli_workloads *workloads,
		      const struct cli_past_row *row,
		      const struct cli_past_life *life);

/* Write all; errors of @to are only in ferror(). 0 or -errno */
int cli_workloads_write(struct cli_workloads *workloads, FILE *to);
void cli_workloads_done(struct cli_workloads *workloads);

#endif /* CONTMON_PAST_WORKLOADS_H */
