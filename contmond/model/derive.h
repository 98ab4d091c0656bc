/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Derives rows from readings: sums, shares, and rates between two readings. A
 * counter that went backwards has no rate. Pure functions.
 */
#ifndef CONTMOND_MODEL_DERIVE_H
#define CONTMOND_MODEL_DERIVE_H

#include <stdint.h>

#include <contmon.h>

#include "base/names.h"
#include "contmond/collect/sample.h"
#include "rows.h"

/**
 * derive_container() - set the state and all numbers except created_ms
 * @before: the same container in the previous sample, or NULL
 */
void derive_container(const struct sample_container *before,
		      const struct sample_container *now,
		      const struct sample *sample, struct container_row *row);

/** derive_created() - set created_ms from the engine; @name may be NULL */
void derive_created(const struct container_info *name,
		    struct container_row *row);

/** derive_named() - set what else the engine reports; @name may be NULL */
void derive_named(const struct container_info *name, struct container_row *row);

/** derive_system() - @before is the previous sample, or NULL */
void derive_system(const struct sample *before, const struct sample *now,
		   struct system_row *row);

/**
 * derive_cores() - number of CPUs that each process kept busy since the last
 * sample
 * @ret: room for one number for each process of @now
 *
 * A process is identified by its pid and start. One that started between the
 * two samples has used all of its CPU time since the first.
 */
void derive_cores(const struct sample *before, const struct sample *now,
		  double *ret);

/**
 * derive_container_cores() - only for a container of cgroup v1 without cpuacct
 * @i: its index in @sample
 * @cores: of each process of @sample
 *
 * The sum over its processes; unknown if any of them is.
 */
void derive_container_cores(const struct sample *sample, size_t i,
			    const double *cores, struct container_row *row);

/** derive_process() - set all numbers except cpu_cores and cpu_percent */
void derive_process(const struct contmon_task *task,
		    const struct sample *sample, struct process_row *row);

#endif /* CONTMOND_MODEL_DERIVE_H */
