// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each sample is one frame, one block of memory: for each metric the numbers
 * of all its containers side by side. Frames are dropped from the oldest end,
 * whatever containers are in them, so containers may come and go at any rate.
 *
 * Totals are kept as double, for only their differences are of use. All else
 * is kept as float: 24 bits are exact for page multiples below 64 GiB.
 */
#include "ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/util.h"
#include "slots.h"

struct ring {
	int64_t history_ms;
	size_t max_bytes;
	size_t bytes;
	struct ring_layout layout;
	struct slots slots;
	struct ring_frame **frames;	/* a circle of @allocated */
	size_t allocated;
	size_t first;
	size_t nr;
};

static void layout_init(struct ring_layout *layout)
{
	const struct table *table = &container_table;
	size_t i;

	for (i = 0; i < table->nr_columns && i < RING_MAX_COLUMNS; i++) {
		const struct column *column = &table->columns[i];

		if (!column_is_metric(column))
			continue;
		layout->place[i] = column_is_total(column) ?
			layout->nr_totals++ : layout->nr_gauges++;
	}
}

struct ring *ring_new(int64_t history_ms, size_t max_bytes)
{
	struct ring *ring = calloc(1, sizeof(*ring));

	if (!ring)
		return NULL;
	ring->history_ms = history_ms;
	ring->max_bytes = max_bytes;
	layout_init(&ring->layout);
	return ring;
}

void ring_set_history(struct ring *ring, int64_t history_ms)
{
	ring->history_ms = history_ms;
}

size_t ring_bytes(const struct ring *ring)
{
	return ring->bytes;
}

static struct ring_frame *frame_at(const struct ring *ring, size_t i)
{
	return ring->frames[(ring->first + i) % ring->allocated];
}

size_t ring_nr_frames(const struct ring *ring)
{
	return ring->nr;
}

const struct ring_frame *ring_frame(const struct ring *ring, size_t i)
{
	return frame_at(ring, i);
}

const struct ring_layout *ring_layout(const struct ring *ring)
{
	return &ring->layout;
}

const struct slots *ring_slots(const struct ring *ring)
{
	return &ring->slots;
}

static void drop_oldest(struct ring *ring)
{
	struct ring_frame *frame = frame_at(ring, 0);
	size_t i;

	for (i = 0; i < frame->nr; i++)
		slots_unref(&ring->slots, frame->slots[i]);
	ring->bytes -= frame->bytes;
	ring->first = (ring->first + 1) % ring->allocated;
	ring->nr--;
	free(frame);
}

void ring_free(struct ring *ring)
{
	if (!ring)
		return;
	while (ring->nr > 0)
		drop_oldest(ring);
	slots_done(&ring->slots);
	free(ring->frames);
	free(ring);
}

static void evict(struct ring *ring, uint64_t now_ns)
{
	uint64_t history_ns = (uint64_t)ring->history_ms * NS_PER_MS;

	while (ring->nr > 1) {
		uint64_t age_ns = now_ns - frame_at(ring, 0)->boottime_ns;

		if (age_ns <= history_ns && ring->bytes <= ring->max_bytes)
			break;
		drop_oldest(ring);
	}
}

/* What is to be added to boot times for the wall times of a frame */
static int64_t offset_of(const struct ring_frame *frame)
{
	return frame->t_ms - (int64_t)(frame->boottime_ns / NS_PER_MS);
}

/*
 * When the wall clock was set, the past moves with it by whole seconds, so that
 * each sample stays at the beginning of its step. Smaller differences are noise,
 * or a clock that is being adjusted slowly.
 */
static void follow_clock(struct ring *ring, const struct ring_frame *newest)
{
	int64_t step_ms, seconds;
	size_t i;

	if (ring->nr == 0)
		return;
	step_ms = offset_of(newest) - offset_of(frame_at(ring, ring->nr - 1));
	seconds = (step_ms + (step_ms < 0 ? -500 : 500)) / 1000;
	for (i = 0; seconds != 0 && i < ring->nr; i++)
		frame_at(ring, i)->t_ms += seconds * 1000;
}

static int make_room(struct ring *ring)
{
	size_t i, allocated = ring->allocated * 2 ?: 64;
	struct ring_frame **frames;

	if (ring->nr < ring->allocated)
		return 0;
	frames = calloc(allocated, sizeof(struct ring_frame *));
	if (!frames)
		return -ENOMEM;
	for (i = 0; i < ring->nr; i++)
		frames[i] = frame_at(ring, i);
	free(ring->frames);
	ring->frames = frames;
	ring->allocated = allocated;
	ring->first = 0;
	return 0;
}

static struct ring_frame *frame_new(const struct ring_layout *layout, size_t nr)
{
	size_t totals = layout->nr_totals * nr;
	size_t gauges = layout->nr_gauges * nr;
	size_t system = system_table.nr_columns;
	size_t bytes = sizeof(struct ring_frame) + totals * sizeof(double) +
		       (gauges + system) * sizeof(float) +
		       nr * sizeof(uint32_t);
	struct ring_frame *frame = malloc(bytes);

	if (!frame)
		return NULL;
	frame->bytes = bytes;
	frame->nr = nr;
	frame->totals = (double *)(frame + 1);
	frame->gauges = (float *)(frame->totals + totals);
	frame->system = frame->gauges + gauges;
	frame->slots = (uint32_t *)(frame->system + system);
	return frame;
}

static void fill(const struct ring_layout *layout, struct ring_frame *frame,
		 const struct system_row *system,
		 const struct container_row *const *rows)
{
	const struct column *column;
	size_t i, j;

	for (i = 0; i < system_table.nr_columns; i++)
		frame->system[i] = (float)column_number(
			&system_table.columns[i], system);
	for (i = 0; i < container_table.nr_columns; i++) {
		size_t place = layout->place[i] * frame->nr;

		column = &container_table.columns[i];
		if (!column_is_metric(column))
			continue;
		for (j = 0; j < frame->nr; j++) {
			double v = column_number(column, rows[j]);

			if (column_is_total(column))
				frame->totals[place + j] = v;
			else
				frame->gauges[place + j] = (float)v;
		}
	}
}

int ring_push(struct ring *ring, uint64_t boottime_ns,
	      const struct system_row *system,
	      const struct container_row *const *rows, size_t nr_rows)
{
	struct ring_frame *frame;
	size_t i;
	int r;

	if (make_room(ring) < 0)
		return -ENOMEM;
	frame = frame_new(&ring->layout, nr_rows);
	if (!frame)
		return -ENOMEM;
	for (i = 0; i < nr_rows; i++) {
		r = slots_ref(&ring->slots, rows[i], &frame->slots[i]);
		if (r < 0)
			break;
	}
	if (i < nr_rows) {
		while (i-- > 0)
			slots_unref(&ring->slots, frame->slots[i]);
		free(frame);
		return r;
	}
	frame->t_ms = (int64_t)system->t;
	frame->boottime_ns = boottime_ns;
	fill(&ring->layout, frame, system, rows);
	follow_clock(ring, frame);
	ring->frames[(ring->first + ring->nr++) % ring->allocated] = frame;
	ring->bytes += frame->bytes;
	evict(ring, boottime_ns);
	return 0;
}

int ring_rename(struct ring *ring, const struct container_row *row)
{
	return slots_rename(&ring->slots, row);
}
