/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by tests of the store's encodings: random cells, and readers. */
#ifndef TESTS_UNIT_CODEC_H
#define TESTS_UNIT_CODEC_H

#include "tests/unit/daemon.h"

#include "contmond/store/moment.h"
#include "contmond/store/varint.h"

static uint64_t seed;

__attribute__((unused))
static uint64_t random_number(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

__attribute__((unused))
static struct reader reader_of(const struct buffer *buffer)
{
	const uint8_t *bytes = (const uint8_t *)buffer->text;

	return (struct reader){ bytes, bytes + buffer->length, false };
}

/* A random cell, which may be unknown */
__attribute__((unused))
static void fill_cell(const struct kept *kept, bool raw, uint32_t ticks,
		      uint32_t ms, struct cell *cell)
{
	int64_t v = (int64_t)(random_number() % 5 == 0 ? random_number() >> 12 :
			      random_number() % 100);

	*cell = (struct cell){ 0 };
	if (random_number() % 10 == 0)
		return;
	cell->n = raw ? 1 : 1 + (uint32_t)(random_number() % ticks);
	cell->v = v;
	if (kept->kind == KEPT_GAUGE)
		cell->v *= cell->n;
	if (kept->kind != KEPT_TOTAL) {
		cell->lo = raw ? v : v - (int64_t)(random_number() % 9);
		cell->hi = raw ? v : v + (int64_t)(random_number() % 9);
	} else if (!raw && ms > 0 && random_number() % 4) {
		cell->gain = (int64_t)(random_number() % 10000);
		cell->ms = 1 + (uint32_t)(random_number() % ms);
		cell->lo = (int64_t)(random_number() % 50);
		cell->hi = cell->lo + (int64_t)(random_number() % 50);
	}
}

/* @read: the decoded moment; its gauges are means */
__attribute__((unused))
static void must_be_cell(const struct cell *cell, const struct cell *read,
			 const struct kept *kept, bool raw)
{
	assert_int_equal(cell->n, read->n);
	if (cell->n == 0) {
		assert_int_equal(read->ms, 0);
		return;
	}
	assert_int_equal(cell_mean(cell, kept), read->v);
	if (raw)
		return;		/* gains depend on what was read */
	if (kept->kind != KEPT_TOTAL || cell->ms > 0) {
		assert_int_equal(cell->lo, read->lo);
		assert_int_equal(cell->hi, read->hi);
	}
	assert_int_equal(cell->gain, read->gain);
	assert_int_equal(cell->ms, read->ms);
}

#endif
