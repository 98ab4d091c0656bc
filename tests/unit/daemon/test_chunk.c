// SPDX-License-Identifier: GPL-2.0-only
/* Sealed series, timelines and rosters */
#include "tests/unit/codec.h"

#include "contmond/store/chunk.h"

static void series_round_trip(enum kept_kind kind, bool raw)
{
	const struct kept kept = { .kind = kind, .numerator = 1,
				   .denominator = 1000 };
	struct cell cells[200], read[200];
	uint32_t ticks[200], ms[200], i;
	struct series series = { 0 };
	struct buffer chunk = { 0 };
	struct kept head;
	struct reader bytes;
	int64_t before = 0;
	bool is_raw;

	for (i = 0; i < 200; i++) {
		ticks[i] = raw ? 1 : 10;
		ms[i] = raw ? 1000 : 10000;
		fill_cell(&kept, raw, ticks[i], ms[i], &cells[i]);
		cells[i].v = cell_mean(&cells[i], &kept);
		if (kind == KEPT_TOTAL && raw && cells[i].n > 0 && i > 0)
			cell_gain(&cells[i], cells[i].v - before, ms[i]);
		if (cells[i].n > 0)
			before = cells[i].v;
	}
	chunk_write_head(&kept, raw, &chunk);
	for (i = 0; i < 200; i++)
		series_add(&series, &kept, raw, &cells[i], ticks[i], ms[i]);
	series_write(&series, &chunk);
	series_write(&series, &chunk);	/* one without any cell */
	bytes = reader_of(&chunk);
	assert_int_equal(chunk_read_head(&bytes, &head, &is_raw), 0);
	assert_int_equal(head.kind, kind);
	assert_int_equal(head.denominator, 1000);
	assert_int_equal(is_raw, raw);
	assert_int_equal(chunk_read_series(&bytes, &head, raw, ticks, ms, 200,
					   read), 0);
	for (i = 0; i < 200; i++) {
		if (kind == KEPT_GAUGE && cells[i].n > 0)
			cells[i].v *= cells[i].n;
		must_be_cell(&cells[i], &read[i], &kept, raw);
		assert_int_equal(cells[i].gain, read[i].gain);
	}
	assert_int_equal(chunk_read_series(&bytes, &head, raw, ticks, ms, 200,
					   NULL), 0);
	assert_ptr_equal(bytes.at, bytes.end);
	assert_int_equal(chunk_read_series(&bytes, &head, raw, ticks, ms, 200,
					   read), -EBADMSG);
	series_done(&series);
	buffer_done(&chunk);
}

static void test_series(void **state)
{
	(void)state;
	seed = 42;
	series_round_trip(KEPT_GAUGE, true);
	series_round_trip(KEPT_GAUGE, false);
	series_round_trip(KEPT_TOTAL, true);
	series_round_trip(KEPT_TOTAL, false);
	series_round_trip(KEPT_CODE, false);
}

static void test_timelines_and_rosters(void **state)
{
	struct timeline timeline = { 0 }, read = { 0 };
	struct roster roster = { 0 }, who = { 0 };
	struct buffer bytes = { 0 };
	struct reader reader;
	uint32_t i;

	(void)state;
	for (i = 0; i < 100; i++) {
		/* The clock is set back in the middle, and a tick is lost. */
		const struct when when = { 1700000000000 + i * 1000 -
			(i > 50 ? 7200000 : 0), 10, 10000,
			500 + (i + 1) * 10 + (i > 70) };

		assert_int_equal(timeline_add(&timeline, &when), 0);
	}
	timeline_write(&timeline, 500, &bytes);
	reader = reader_of(&bytes);
	assert_int_equal(timeline_read(&reader, 500, &read), 0);
	assert_int_equal(read.nr, 100);
	assert_memory_equal(read.all, timeline.all,
			    100 * sizeof(*read.all));
	roster_begin(&roster, 5);
	for (i = 0; i < 100; i++)
		roster_add(&roster, i, 10, 10000);
	roster_begin(&roster, 9);
	roster_add(&roster, 3, 4, 3000);
	roster_add(&roster, 4, 10, 10000);
	roster_add(&roster, 60, 1, 0);
	bytes.length = 0;
	roster_write(&roster, &timeline, &bytes);
	reader = reader_of(&bytes);
	assert_int_equal(roster_read(&reader, &timeline, &who), 0);
	assert_int_equal(who.nr, 2);
	assert_int_equal(who.all[1].c, 9);
	assert_int_equal(who.all[1].nr, 3);
	assert_int_equal(who.moments[who.all[1].first + 2], 60);
	assert_int_equal(who.ticks[who.all[1].first], 4);
	assert_int_equal(who.ms[who.all[1].first + 2], 0);
	roster_done(&roster);
	roster_done(&who);
	free(timeline.all);
	free(read.all);
	buffer_done(&bytes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_series),
		cmocka_unit_test(test_timelines_and_rosters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
