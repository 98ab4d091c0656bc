/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows from readings: sums, shares, and rates between two readings. A counter
 * that went backward has no rate. Pure functions.
 */
#ifndef CONTMOND_MODEL_DERIVE_H
#define CONTMOND_MODEL_DERIVE_H

#include <stdint.h>

#include <contmon.h>

#include "base/names.h"
#include "contmond/collect/sample.h"
#include "rows.h"

/**
 * derive_container() - fill the numbers of a row but created_ms, and its state
 * @before: the same container in the sample before, or NULL
 */
void derive_container(const struct sample_container *before,
		      const struct sample_container *now,
		      const struct sample *sample, struct container_row *row);

/** derive_created() - from what the engine says; @name may be NULL */
void derive_created(const struct name *name, struct container_row *row);

/** derive_system() - @before is the sample before @now, or NULL */
void derive_system(const struct sample *before, const struct sample *now,
		   struct system_row *row);

/**
 * derive_cores() - CPUs that each process kept busy since the sample before
 * @ret: room for a number per process of @now
 *
 * A process is known by its pid and its start. One that was born between the
 * two samples has used all of its time since then.
 */
void derive_cores(const struct sample *before, const struct sample *now,
		  double *ret);

/**
 * derive_container_cores() - of a container of cgroup v1, which has no cpu.stat
 * @i: its index in @sample
 * @cores: of each process of @sample
 *
 * The sum of its processes; unknown if one is.
 */
void derive_container_cores(const struct sample *sample, size_t i,
			    const double *cores, struct container_row *row);

/** derive_process() - fill the numbers of a row but cpu_cores, cpu_percent */
void derive_process(const struct contmon_task *task,
		    const struct sample *sample, struct process_row *row);

#endif /* CONTMOND_MODEL_DERIVE_H */
