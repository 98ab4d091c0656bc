/* SPDX-License-Identifier: GPL-2.0-only */
/* The newest samples' numbers, kept in memory for /api/v1/series. */
#ifndef CONTMOND_STORE_RING_H
#define CONTMOND_STORE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "contmond/model/rows.h"
#include "slots.h"

/** struct ring - opaque */
struct ring;

/**
 * ring_new() - @history_ms: how far back it goes; @max_bytes: and not further
 * than fits in that
 */
struct ring *ring_new(int64_t history_ms, size_t max_bytes);
void ring_free(struct ring *ring);

/** ring_set_history() - takes effect with the next sample */
void ring_set_history(struct ring *ring, int64_t history_ms);

/**
 * ring_push() - add the rows of one sample
 * @boottime_ns: when it was taken; its wall time is the system row's
 *
 * A container is known by its cgroup; its title may change. When the wall
 * clock was set since the sample before, the times of all samples follow it.
 * Returns -ENOMEM, and then nothing was added.
 */
int ring_push(struct ring *ring, uint64_t boottime_ns,
	      const struct system_row *system,
	      const struct container_row *const *rows, size_t nr_rows);

/** ring_rename() - a container has another title now, in the past as well */
int ring_rename(struct ring *ring, const struct container_row *row);

/** ring_bytes() - how much memory the samples take */
size_t ring_bytes(const struct ring *ring);

#define RING_MAX_COLUMNS 64

/**
 * struct ring_layout - where the columns of container_table are in a frame
 * @place: of each column, in @totals for totals, else in @gauges
 */
struct ring_layout {
	size_t nr_totals;
	size_t nr_gauges;
	size_t place[RING_MAX_COLUMNS];
};

/**
 * struct ring_frame - the numbers of one sample
 * @t_ms: when it was taken, by the wall clock as it is set now
 * @boottime_ns: when it was taken, since boot: how old it is
 * @nr: containers
 * @totals: for each total the numbers of all containers
 * @gauges: for each other metric likewise
 * @system: a number for each column of system_table
 * @slots: which container of ring_slots() each of the @nr is
 */
struct ring_frame {
	int64_t t_ms;
	uint64_t boottime_ns;
	size_t bytes;
	size_t nr;
	double *totals;
	float *gauges;
	float *system;
	uint32_t *slots;
};

size_t ring_nr_frames(const struct ring *ring);

/** ring_frame() - 0 is the one that was pushed first */
const struct ring_frame *ring_frame(const struct ring *ring, size_t i);

const struct ring_layout *ring_layout(const struct ring *ring);
const struct slots *ring_slots(const struct ring *ring);

#endif /* CONTMOND_STORE_RING_H */
