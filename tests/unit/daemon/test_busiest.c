// SPDX-License-Identifier: GPL-2.0-only
/*
 * The busiest processes of a moment
 *
 * wrap: memmove
 */
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

static void add_of(struct busiest *busiest, uint32_t c, uint32_t pid,
		   int64_t cpu_ms, int64_t rss_kib)
{
	const struct process_use use = {
		.c = c, .pid = pid, .cpu_ms = cpu_ms, .rss_kib = rss_kib,
	};

	assert_int_equal(busiest_add(busiest, &use), 0);
}

/* What a frame or a chunk keeps of it */
static void write_and_read(struct busiest *busiest)
{
	struct buffer bytes = { 0 };
	struct reader reader;

	busiest_write(busiest, &bytes);
	busiest_done(busiest);
	reader = reader_of(&bytes);
	assert_int_equal(busiest_read(busiest, &reader), 0);
	buffer_done(&bytes);
}

static int64_t ms_of(const struct busiest *busiest, uint32_t pid)
{
	size_t i;

	for (i = 0; i < busiest->nr; i++)
		if (busiest->all[i].pid == pid)
			return busiest->all[i].cpu_ms;
	fail_msg("no process %u", pid);
	return 0;
}

/* It leads in the next tick, but of the sum a part is unknown. */
static void test_one_that_is_unknown_and_leads_later(void **state)
{
	struct busiest first = { 0 }, next = { 0 };
	uint32_t i;

	(void)state;
	add_of(&first, 1, 7, PROCESS_USE_UNKNOWN, 1);
	for (i = 0; i < 20; i++)
		add_of(&first, 1, 10 + i, 10 + i, 100);
	write_and_read(&first);
	assert_int_equal(first.nr, BUSIEST_BY_CPU + BUSIEST_BY_MEMORY + 1);
	assert_true(busiest_are_known(&first, 1));
	add_of(&next, 1, 7, 500, 1);
	add_of(&next, 1, 29, 100, 1);
	assert_int_equal(busiest_merge(&first, &next), 0);
	write_and_read(&first);
	assert_int_equal(ms_of(&first, 7), PROCESS_USE_UNKNOWN);
	assert_int_equal(ms_of(&first, 29), 129);
	busiest_done(&first);
	busiest_done(&next);
}

/* Of those that are not kept, nobody knows which they are. */
static void test_many_that_are_unknown(void **state)
{
	struct busiest busiest = { 0 };
	uint32_t i;

	(void)state;
	add_of(&busiest, 2, 8, 50, 1);
	for (i = 0; i < 20; i++)
		add_of(&busiest, 1, 10 + i, PROCESS_USE_UNKNOWN, 1 + i);
	add_of(&busiest, 1, 7, 50, 1);
	assert_false(busiest_are_known(&busiest, 1));
	write_and_read(&busiest);
	write_and_read(&busiest);
	assert_false(busiest_are_known(&busiest, 1));
	assert_true(busiest_are_known(&busiest, 2));
	assert_true(busiest_are_known(&busiest, 3));
	assert_int_equal(ms_of(&busiest, 7), 50);
	assert_in_range(busiest.nr, 7, 9);
	/* They did not use any. */
	busiest_clear_cpu(&busiest);
	assert_true(busiest_are_known(&busiest, 1));
	assert_int_equal(ms_of(&busiest, 7), 0);
	busiest_done(&busiest);
}

/* None of those that are known is lost to them, nor the other way round. */
static void test_room_for_both(void **state)
{
	struct busiest busiest = { 0 };
	uint32_t i;

	(void)state;
	for (i = 0; i < 3; i++)
		add_of(&busiest, 1, 10 + i, PROCESS_USE_UNKNOWN, 1);
	for (i = 0; i < 100; i++)
		add_of(&busiest, 1, 100 + i, 1 + i, 1);
	assert_true(busiest_are_known(&busiest, 1));
	write_and_read(&busiest);
	for (i = 0; i < 3; i++)
		assert_int_equal(ms_of(&busiest, 10 + i), PROCESS_USE_UNKNOWN);
	for (i = 0; i < BUSIEST_BY_CPU; i++)
		assert_int_equal(ms_of(&busiest, 199 - i), 100 - i);
	busiest_done(&busiest);
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

static size_t nr_moved;

void *__real_memmove(void *to, const void *from, size_t nr);
void *__wrap_memmove(void *to, const void *from, size_t nr);
void *__wrap_memmove(void *to, const void *from, size_t nr)
{
	nr_moved += nr;
	return __real_memmove(to, from, nr);
}

#define LONG 20000

/* One process in each second container, from the first or the second on */
static void read_long_list(struct busiest *busiest, uint32_t first)
{
	struct busiest list = { 0 };
	struct buffer bytes = { 0 };
	struct reader reader;
	uint32_t i;

	for (i = 0; i < LONG; i++) {
		const struct process_use use = { .c = first + 2 * i, .pid = 1,
						 .cpu_ms = 1 };

		assert_int_equal(busiest_add(&list, &use), 0);
	}
	busiest_write(&list, &bytes);
	reader = reader_of(&bytes);
	assert_int_equal(busiest_read(busiest, &reader), 0);
	busiest_done(&list);
	buffer_done(&bytes);
}

/* A hostile file costs no more than its lists are long. */
static void test_long_lists_are_not_moved(void **state)
{
	struct busiest read = { 0 };
	uint32_t i;

	(void)state;
	nr_moved = 0;
	read_long_list(&read, 1);
	read_long_list(&read, 0);
	read_long_list(&read, 0);
	assert_int_equal(busiest_settle(&read), 0);
	assert_true(nr_moved < LONG * sizeof(struct process_use));
	assert_int_equal(read.nr, 2 * LONG);
	for (i = 0; i < read.nr; i++) {
		assert_int_equal(read.all[i].c, i);
		assert_int_equal(read.all[i].cpu_ms, i % 2 ? 1 : 2);
	}
	busiest_done(&read);
}

/* Nor when a file is opened that goes on with what was recorded before. */
static void test_long_lists_that_are_merged(void **state)
{
	struct busiest odd = { 0 }, even = { 0 };
	uint32_t i;

	(void)state;
	read_long_list(&odd, 1);
	read_long_list(&even, 0);
	nr_moved = 0;
	assert_int_equal(busiest_merge(&odd, &even), 0);
	assert_int_equal(busiest_merge(&odd, &even), 0);
	assert_true(nr_moved < LONG * sizeof(struct process_use));
	assert_int_equal(odd.nr, 2 * LONG);
	for (i = 0; i < odd.nr; i++) {
		assert_int_equal(odd.all[i].c, i);
		assert_int_equal(odd.all[i].cpu_ms, i % 2 ? 1 : 2);
	}
	busiest_done(&odd);
	busiest_done(&even);
}

static void test_too_many_in_all_lists(void **state)
{
	struct busiest read = { 0 }, more = { 0 };
	size_t nr = 0;

	(void)state;
	read_long_list(&more, 0);
	while (busiest_append(&read, &more) == 0) {
		nr += LONG;
		assert_in_range(nr, LONG, 1000000);
	}
	assert_int_equal(read.nr, nr);
	assert_int_equal(busiest_append(&read, &more), -EBADMSG);
	busiest_done(&read);
	busiest_done(&more);
}

/* A hostile file may have numbers that cannot be added up. */
static void test_too_much(void **state)
{
	struct busiest busiest = { 0 }, read = { 0 };
	struct buffer bytes = { 0 };
	struct reader reader;

	(void)state;
	add(&busiest, INT64_MAX, 1);
	busiest_write(&busiest, &bytes);
	reader = reader_of(&bytes);
	assert_int_equal(busiest_read(&read, &reader), -EBADMSG);
	busiest_done(&busiest);
	busiest_done(&read);
	buffer_done(&bytes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_busiest),
		cmocka_unit_test(test_unknown_numbers),
		cmocka_unit_test(test_one_that_is_unknown_and_leads_later),
		cmocka_unit_test(test_many_that_are_unknown),
		cmocka_unit_test(test_room_for_both),
		cmocka_unit_test(test_a_list_that_goes_back),
		cmocka_unit_test(test_long_lists_are_not_moved),
		cmocka_unit_test(test_long_lists_that_are_merged),
		cmocka_unit_test(test_too_many_in_all_lists),
		cmocka_unit_test(test_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
