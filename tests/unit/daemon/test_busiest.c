// SPDX-License-Identifier: GPL-2.0-only
/* The busiest processes of a moment */
#include "tests/unit/codec.h"

#include "contmond/store/busiest.h"

/* Of many processes, only the leaders of each container are written. */
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
	/* The same process in the next tick is added up. */
	busiest_merge(&busiest, &read);
	for (i = 0; i < busiest.nr; i++) {
		if (busiest.all[i].pid == 100)
			assert_int_equal(busiest.all[i].cpu_ms, 198);
	}
	busiest_done(&busiest);
	busiest_done(&read);
	buffer_done(&bytes);
}

static void add(struct busiest *busiest, int64_t cpu_ms, int64_t rss_kib)
{
	const struct process_use use = {
		.c = 1, .pid = 1, .cpu_ms = cpu_ms, .rss_kib = rss_kib,
	};

	assert_int_equal(busiest_add(busiest, &use), 0);
}

/* A sum needs all of its parts; the largest of some is still of use. */
static void test_unknown_numbers(void **state)
{
	struct busiest busiest = { 0 }, read = { 0 };
	struct buffer bytes = { 0 };
	struct reader reader;

	(void)state;
	add(&busiest, PROCESS_USE_UNKNOWN, PROCESS_USE_UNKNOWN);
	busiest_write(&busiest, &bytes);
	reader = reader_of(&bytes);
	assert_int_equal(busiest_read(&read, &reader), 0);
	assert_int_equal(read.nr, 1);
	assert_int_equal(read.all[0].cpu_ms, PROCESS_USE_UNKNOWN);
	assert_int_equal(read.all[0].rss_kib, PROCESS_USE_UNKNOWN);
	add(&read, 5, 7);
	add(&read, 6, PROCESS_USE_UNKNOWN);
	assert_int_equal(read.all[0].cpu_ms, PROCESS_USE_UNKNOWN);
	assert_int_equal(read.all[0].rss_kib, 7);
	busiest_done(&busiest);
	busiest_done(&read);
	buffer_done(&bytes);
}

static void test_a_list_that_goes_back(void **state)
{
	static const uint64_t numbers[] = {
		2, 5, 1, 0, 0, 2, 0, UINT32_MAX, 1, 0, 0, 2, 0,
	};
	struct busiest read = { 0 };
	struct buffer bytes = { 0 };
	struct reader reader;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(numbers); i++)
		put_varint(&bytes, numbers[i]);
	reader = reader_of(&bytes);
	assert_int_equal(busiest_read(&read, &reader), -EBADMSG);
	busiest_done(&read);
	buffer_done(&bytes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_busiest),
		cmocka_unit_test(test_unknown_numbers),
		cmocka_unit_test(test_a_list_that_goes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
