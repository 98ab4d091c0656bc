// SPDX-License-Identifier: GPL-2.0-only
/* What is packed into bytes comes out again, and nothing else ever does. */
#include "tests/unit/daemon.h"

#include "contmond/store/busiest.h"
#include "contmond/store/chunk.h"
#include "contmond/store/frame.h"
#include "contmond/store/pack.h"

static uint64_t seed;

static uint64_t random_number(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static struct reader reader_of(const struct buffer *buffer)
{
	const uint8_t *bytes = (const uint8_t *)buffer->text;

	return (struct reader){ bytes, bytes + buffer->length, false };
}

static void test_varints(void **state)
{
	static const int64_t numbers[] = { 0, 1, -1, 63, 64, -64, -65, 127,
		128, 16383, 16384, INT32_MAX, INT32_MIN, INT64_MAX,
		INT64_MIN };
	struct buffer buffer = { 0 };
	struct reader reader;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(numbers); i++)
		put_signed(&buffer, numbers[i]);
	reader = reader_of(&buffer);
	for (i = 0; i < COUNT(numbers); i++)
		assert_int_equal(get_signed(&reader), numbers[i]);
	assert_false(reader.failed);
	assert_ptr_equal(reader.at, reader.end);
	assert_int_equal(get_varint(&reader), 0);
	assert_true(reader.failed);
	buffer_done(&buffer);
}

static void test_bad_varints(void **state)
{
	static const uint8_t too_long[] = { 255, 255, 255, 255, 255, 255, 255,
					    255, 255, 255, 1 };
	struct reader reader = { too_long, too_long + 11, false };
	struct reader cut = { too_long, too_long + 3, false };
	struct reader counted = { too_long + 10, too_long + 11, false };

	(void)state;
	assert_int_equal(get_varint(&reader), 0);
	assert_true(reader.failed);
	assert_int_equal(get_varint(&cut), 0);
	assert_true(cut.failed);
	assert_int_equal(get_count(&counted, 0), 0);
	assert_true(counted.failed);
	assert_null(get_bytes(&counted, 1));
}

static void test_packing(void **state)
{
	struct packer *packer = packer_new();
	struct buffer text = { 0 }, packed = { 0 };
	struct reader reader;
	size_t i;

	(void)state;
	for (i = 0; i < 1000; i++)
		buffer_puts(&text, "the same again ");
	assert_int_equal(pack(packer, &text, &packed), 0);
	assert_true(packed.length < 200);
	assert_int_equal(unpack(packer, packed.text, packed.length, &reader),
			 0);
	assert_memory_equal(reader.at, text.text, text.length);
	/* Any bit that flips is found. */
	for (i = 0; i < packed.length * 8; i++) {
		packed.text[i / 8] ^= (char)(1 << i % 8);
		if (unpack(packer, packed.text, packed.length, &reader) == 0)
			assert_memory_equal(reader.at, text.text, text.length);
		packed.text[i / 8] ^= (char)(1 << i % 8);
	}
	assert_int_equal(unpack(packer, packed.text, packed.length - 1,
				&reader), -EBADMSG);
	assert_int_equal(unpack(packer, "", 0, &reader), -EBADMSG);
	packer_free(packer);
	buffer_done(&text);
	buffer_done(&packed);
}

static void test_layouts(void **state)
{
	static const char *const bad[] = { "a", "a gauge 1", "a gauge 0/1\n",
		"a other 1/1\n", "system_a gauge 1/1\nb gauge 1/1\n",
		"a gauge 1/-1" };
	struct layout *layout = layout_new(), *read;
	char *text = layout_text(layout), *again;
	size_t i;

	(void)state;
	assert_int_equal(layout_parse(text, &read), 0);
	again = layout_text(read);
	assert_string_equal(text, again);
	assert_int_equal(read->nr_container, layout->nr_container);
	assert_true(layout_find(layout, "processes") >= 0);
	assert_true(layout_find(layout, "system_processes") >= 0);
	/* What others give is not kept. */
	assert_true(layout_find(layout, "cpu_cores") < 0);
	assert_true(layout_find(layout, "memory_limit_percent") < 0);
	for (i = 0; i < COUNT(bad); i++) {
		struct layout *none = NULL;

		assert_int_equal(layout_parse(bad[i], &none), -EBADMSG);
		assert_null(none);
	}
	free(text);
	free(again);
	layout_free(read);
	layout_free(layout);
}

static void test_integers(void **state)
{
	const struct kept total = { .kind = KEPT_TOTAL, .numerator = 1,
				    .denominator = 1000 };
	const struct kept pages = { .kind = KEPT_GAUGE, .numerator = 4096,
				    .denominator = 1 };
	int64_t v = -1;

	(void)state;
	assert_true(kept_integer(&total, 1.9996, &v));
	assert_int_equal(v, 1999);	/* never ahead of the truth */
	assert_true(kept_integer(&total, 0.001, &v));
	assert_int_equal(v, 1);
	assert_true(kept_integer(&pages, 8192, &v));
	assert_int_equal(v, 2);
	assert_near(kept_number(&pages, 2), 8192, 1e-9);
	assert_false(kept_integer(&pages, NAN, &v));
	assert_false(kept_integer(&total, INFINITY, &v));
	assert_false(kept_integer(&total, -1e300, &v));
}

/* Random moments: members come and go, cells are known or not. */

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
	} else if (!raw && random_number() % 4) {
		cell->gained = true;
		cell->gain = (int64_t)(random_number() % 10000);
		cell->ms = (uint32_t)(random_number() % (ms + 1));
		cell->lo = (int64_t)(random_number() % 50);
		cell->hi = cell->lo + (int64_t)(random_number() % 50);
	}
}

static void fill_moment(struct moment *moment, bool raw, int64_t t_ms)
{
	const struct layout *layout = moment->layout;
	uint32_t c = 0;
	size_t i, j;

	moment_clear(moment);
	assert_int_equal(moment_reserve(moment, 20), 0);
	moment->t_ms = t_ms;
	moment->ticks = raw ? 1 : 10;
	moment->ms = raw ? 1000 : 10000;
	for (i = 0; i < 20; i++) {
		struct member *member = &moment->members[moment->nr];

		c += 1 + (uint32_t)(random_number() % 2);
		if (random_number() % 8 == 0)
			continue;
		*member = (struct member){ c, moment->ticks, moment->ms };
		if (!raw && random_number() % 5 == 0)
			member->ticks = 3;
		for (j = 0; j < layout->nr_container; j++)
			fill_cell(&layout->all[j], raw, member->ticks,
				  member->ms,
				  &moment_cells(moment, moment->nr)[j]);
		moment->nr++;
	}
	for (j = layout->nr_container; j < layout->nr; j++)
		fill_cell(&layout->all[j], raw, moment->ticks, moment->ms,
			  &moment->host[j - layout->nr_container]);
}

/* @read: as decoded; its gauges are means */
static void must_be_cell(const struct cell *cell, const struct cell *read,
			 const struct kept *kept, bool raw)
{
	assert_int_equal(cell->n, read->n);
	if (cell->n == 0)
		return;
	assert_int_equal(cell_mean(cell, kept), read->v);
	if (raw)
		return;		/* gains are made from what is read */
	if (kept->kind != KEPT_TOTAL || cell->gained) {
		assert_int_equal(cell->lo, read->lo);
		assert_int_equal(cell->hi, read->hi);
	}
	if (kept->kind == KEPT_TOTAL) {
		assert_int_equal(cell->gained, read->gained);
		assert_int_equal(cell->gain, read->gain);
		if (cell->gained)
			assert_int_equal(cell->ms, read->ms);
	}
}

static void must_be_moment(const struct moment *moment,
			   const struct moment *read, bool raw)
{
	const struct layout *layout = moment->layout;
	size_t i, j;

	assert_int_equal(moment->t_ms, read->t_ms);
	assert_int_equal(moment->ticks, read->ticks);
	assert_int_equal(moment->ms, read->ms);
	assert_int_equal(moment->nr, read->nr);
	for (i = 0; i < moment->nr; i++) {
		assert_int_equal(moment->members[i].c, read->members[i].c);
		assert_int_equal(moment->members[i].ticks,
				 read->members[i].ticks);
		for (j = 0; j < layout->nr_container; j++)
			must_be_cell(&moment_cells(moment, i)[j],
				     &moment_cells(read, i)[j],
				     &layout->all[j], raw);
	}
	for (j = layout->nr_container; j < layout->nr; j++)
		must_be_cell(&moment->host[j - layout->nr_container],
			     &read->host[j - layout->nr_container],
			     &layout->all[j], raw);
}

static void round_trip(bool raw)
{
	struct layout *layout = layout_new();
	struct frame_writer writer = { 0 };
	struct frame_reader reader;
	struct moment moment;
	struct buffer frame = { 0 };
	int i;

	seed = 12345;
	assert_int_equal(moment_init(&moment, layout), 0);
	assert_int_equal(frame_reader_init(&reader, layout, raw, NULL), 0);
	for (i = 0; i < 200; i++) {
		struct reader bytes;

		/* Now and then the members stay. */
		if (i % 3 == 0)
			fill_moment(&moment, raw, 1700000000000 + i * 1000);
		else
			moment.t_ms -= 700;
		frame.length = 0;
		assert_int_equal(frame_write(&writer, &moment, raw,
					     i % 60 == 0, &frame), 0);
		bytes = reader_of(&frame);
		assert_int_equal(frame_read(&reader, &bytes), 0);
		assert_ptr_equal(bytes.at, bytes.end);
		must_be_moment(&moment, &reader.moment, raw);
	}
	frame_reader_done(&reader);
	frame_writer_done(&writer);
	moment_done(&moment);
	buffer_done(&frame);
	layout_free(layout);
}

static void test_frames(void **state)
{
	(void)state;
	round_trip(true);
	round_trip(false);
}

/* After a frame that cannot be read only a key frame can. */
static void test_lost_frames(void **state)
{
	struct layout *layout = layout_new();
	struct frame_writer writer = { 0 };
	struct frame_reader reader;
	struct moment moment;
	struct buffer frames[4] = { 0 };
	struct reader bytes;
	int i;

	(void)state;
	seed = 99;
	assert_int_equal(moment_init(&moment, layout), 0);
	assert_int_equal(frame_reader_init(&reader, layout, true, NULL), 0);
	for (i = 0; i < 4; i++) {
		fill_moment(&moment, true, i);
		frame_write(&writer, &moment, true, i == 0 || i == 3,
			    &frames[i]);
	}
	bytes = reader_of(&frames[1]);
	assert_int_equal(frame_read(&reader, &bytes), -ENODATA);
	bytes = reader_of(&frames[0]);
	assert_int_equal(frame_read(&reader, &bytes), 0);
	bytes = reader_of(&frames[1]);
	bytes.end -= 5;
	assert_int_equal(frame_read(&reader, &bytes), -EBADMSG);
	bytes = reader_of(&frames[2]);
	assert_int_equal(frame_read(&reader, &bytes), -ENODATA);
	bytes = reader_of(&frames[3]);
	assert_int_equal(frame_read(&reader, &bytes), 0);
	must_be_moment(&moment, &reader.moment, true);
	for (i = 0; i < 4; i++)
		buffer_done(&frames[i]);
	frame_reader_done(&reader);
	frame_writer_done(&writer);
	moment_done(&moment);
	layout_free(layout);
}

/* Bytes that are anything never do harm, whatever comes of them. */
static void test_hostile_bytes(void **state)
{
	struct layout *layout = layout_new();
	struct frame_writer writer = { 0 };
	struct frame_reader reader;
	struct moment moment;
	struct buffer frame = { 0 };
	int i, j;

	(void)state;
	seed = 7;
	assert_int_equal(moment_init(&moment, layout), 0);
	fill_moment(&moment, false, 1700000000000);
	frame_write(&writer, &moment, false, true, &frame);
	assert_int_equal(frame_reader_init(&reader, layout, false, NULL), 0);
	for (i = 0; i < 3000; i++) {
		char *copy = malloc(frame.length);
		struct timeline timeline = { 0 };
		struct roster roster = { 0 };
		struct busiest busiest = { 0 };
		struct reader bytes;

		memcpy(copy, frame.text, frame.length);
		for (j = 0; j < 1 + i % 20; j++)
			copy[random_number() % frame.length] =
				(char)random_number();
		bytes = (struct reader){ (uint8_t *)copy,
			(uint8_t *)copy + random_number() % frame.length,
			false };
		frame_read(&reader, &bytes);
		bytes.at = (uint8_t *)copy;
		timeline_read(&bytes, 1, &timeline);
		bytes.at = (uint8_t *)copy;
		roster_read(&bytes, &timeline, &roster);
		bytes.at = (uint8_t *)copy;
		busiest_read(&busiest, &bytes);
		roster_done(&roster);
		busiest_done(&busiest);
		free(timeline.all);
		free(copy);
	}
	frame_reader_done(&reader);
	frame_writer_done(&writer);
	moment_done(&moment);
	buffer_done(&frame);
	layout_free(layout);
}

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
		assert_int_equal(cells[i].gained, read[i].gained);
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

/* Of many processes those that lead are written, of each container. */
static void test_busiest(void **state)
{
	struct busiest busiest = { 0 }, read = { 0 };
	struct buffer bytes = { 0 };
	struct reader reader;
	uint32_t i;

	(void)state;
	for (i = 0; i < 100; i++) {
		struct process_use use = { .c = i % 2, .pid = i + 1,
			.cpu_ms = i, .rss_kib = 1000 - i };

		snprintf(use.comm, sizeof(use.comm), "p%u", i);
		assert_int_equal(busiest_add(&busiest, &use), 0);
	}
	busiest_write(&busiest, &bytes);
	reader = reader_of(&bytes);
	assert_int_equal(busiest_read(&read, &reader), 0);
	assert_ptr_equal(reader.at, reader.end);
	assert_true(read.nr <= 2 * (BUSIEST_BY_CPU + BUSIEST_BY_MEMORY));
	assert_true(read.nr >= 2 * BUSIEST_BY_CPU);
	assert_int_equal(read.all[0].c, 0);
	/* The same process in the next tick adds up. */
	busiest_merge(&busiest, &read);
	for (i = 0; i < busiest.nr; i++) {
		if (busiest.all[i].pid == 100)
			assert_int_equal(busiest.all[i].cpu_ms, 198);
	}
	busiest_done(&busiest);
	busiest_done(&read);
	buffer_done(&bytes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_varints),
		cmocka_unit_test(test_bad_varints),
		cmocka_unit_test(test_packing),
		cmocka_unit_test(test_layouts),
		cmocka_unit_test(test_integers),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_lost_frames),
		cmocka_unit_test(test_hostile_bytes),
		cmocka_unit_test(test_series),
		cmocka_unit_test(test_timelines_and_rosters),
		cmocka_unit_test(test_busiest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
