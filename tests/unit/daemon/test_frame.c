// SPDX-License-Identifier: GPL-2.0-only
/* Frames are decoded to what was encoded, and hostile bytes do no harm. */
#include "tests/unit/codec.h"

#include "contmond/store/busiest.h"
#include "contmond/store/chunk.h"
#include "contmond/store/frame.h"

/* Random moments: members come and go, cells are known or unknown. */
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

/* Of containers that are not needed, only the presence is right. */
static void must_be_moment(const struct moment *moment,
			   const struct frame_reader *reader, bool raw)
{
	const struct moment *read = &reader->moment;
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
		if (read->members[i].c < reader->first_c ||
		    read->members[i].c > reader->last_c)
			continue;
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

static void round_trip(bool raw, uint32_t first_c, uint32_t last_c)
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
	reader.first_c = first_c;
	reader.last_c = last_c;
	for (i = 0; i < 200; i++) {
		struct reader bytes;

		/* The members stay in every third frame. */
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
		must_be_moment(&moment, &reader, raw);
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
	round_trip(true, 0, UINT32_MAX);
	round_trip(false, 0, UINT32_MAX);
}

static void test_frames_of_some_containers(void **state)
{
	uint32_t c;

	(void)state;
	for (c = 0; c < 30; c += 7) {
		round_trip(true, c, c + 8);
		round_trip(false, c, c + 8);
	}
}

/* After an unreadable frame only a key frame can be read. */
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
	must_be_moment(&moment, &reader, true);
	for (i = 0; i < 4; i++)
		buffer_done(&frames[i]);
	frame_reader_done(&reader);
	frame_writer_done(&writer);
	moment_done(&moment);
	layout_free(layout);
}

/* Arbitrary bytes never do harm, whatever the result. */
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

/* A frame of @nr containers, with @nr_bytes more that are all zero */
static int read_short(struct frame_reader *reader, uint32_t nr, size_t nr_bytes)
{
	struct buffer frame = { 0 };
	struct reader bytes;
	size_t i;
	int r;

	put_varint(&frame, 1);		/* the version */
	put_varint(&frame, 1);		/* a complete frame */
	put_signed(&frame, 1700000000000);
	put_varint(&frame, 1);
	put_varint(&frame, 1000);
	put_varint(&frame, nr);
	for (i = 0; i < nr_bytes; i++)
		put_varint(&frame, 0);
	bytes = reader_of(&frame);
	r = frame_read(reader, &bytes);
	buffer_done(&frame);
	return r;
}

/*
 * Each container has at least a bit in each column. A few bytes do not make
 * room for the columns of a million of them.
 */
static void test_more_containers_than_bytes(void **state)
{
	struct layout *layout = layout_new();
	struct frame_reader reader;

	(void)state;
	assert_int_equal(frame_reader_init(&reader, layout, true, NULL), 0);
	assert_int_equal(read_short(&reader, 50000, 60000), -EBADMSG);
	assert_int_equal(reader.moment.allocated, 0);
	assert_int_equal(read_short(&reader, 200000, 8000000), -EBADMSG);
	assert_int_equal(reader.moment.allocated, 0);
	frame_reader_done(&reader);
	layout_free(layout);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_frames_of_some_containers),
		cmocka_unit_test(test_lost_frames),
		cmocka_unit_test(test_hostile_bytes),
		cmocka_unit_test(test_more_containers_than_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
