// SPDX-License-Identifier: GPL-2.0-only
/* Clocks that are set, ticks that are too old, and plain tables */
#include "tests/unit/store_file.h"

/* Clocks */

static void test_a_clock_that_is_set_back(void **state)
{
	struct box box = { "web", 1, 1 };
	int i;

	(void)state;
	for (i = 0; i < 700; i++)
		tick_at(T0 + 3600000 + i * 1000, BOOT0 + i * 1000, &box, 1);
	box.value = 2;
	for (i = 0; i < 5000; i++) {
		tick_at(T0 + i * 1000, BOOT0 + 700000 + i * 1000, &box, 1);
		if (i % 100 == 0)
			store_sync(store);
	}
	store_sync(store);
	/* Both are there; where they overlap they are combined. */
	ask("processes", 0, 4999, 1);
	assert_int_equal(history.nr, 5000);
	must_be(0, 0, "web", 2);
	must_be(3599, 3599, "web", 2);
	must_be(3600, 3600, "web", 1.5);
	must_be(4299, 4299, "web", 1.5);
	must_be(4300, 4300, "web", 2);
	ask_with("processes", 3600, 3600, 1, HISTORY_MIN, false);
	must_be(0, 3600, "web", 1);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM clock"), 2);
	assert_int_equal(sql_number(path, "SELECT step_ms FROM clock "
				    "ORDER BY seq DESC"), -4300000);
	/* The step of the clock makes no rate, and hides none. */
	ask_with("read_bytes_total", 0, 0, 1, HISTORY_MEAN, true);
	must_be(0, 0, "web", 1);
	reopen_store(path);
	ask("processes", 0, 4999, 1);
	assert_int_equal(history.nr, 5000);
}

/* Not when it was seen with the largest time */
static void test_an_end_after_a_clock_is_set_back(void **state)
{
	const struct box box = { "web", 1, 1 };

	(void)state;
	tick_at(T0 + 3600000, BOOT0, &box, 1);
	tick_at(T0, BOOT0 + 1000, &box, 1);
	tick_at(T0 + 1000, BOOT0 + 2000, &box, 1);
	tick_at(T0 + 2000, BOOT0 + 3000, NULL, 0);
	store_sync(store);
	assert_int_equal(sql_number(path, "SELECT ended_ms FROM container"),
			 T0 + 1000);
	assert_int_equal(sql_number(path, "SELECT ended_ms FROM final"),
			 T0 + 1000);
	/* Its numbers of that time are still found. */
	assert_int_equal(sql_number(path, "SELECT last_ms FROM container"),
			 T0 + 3600000);
	ask("processes", 3600, 3600, 1);
	assert_int_equal(history.nr, 1);
}

/* Also those from before it began are found, when nobody knows it any more. */
static void test_numbers_after_a_clock_is_set_back(void **state)
{
	const struct box box = { "web", 1, 1 };
	int i;

	(void)state;
	tick_at(T0 + 3600000, BOOT0, &box, 1);
	for (i = 0; i < 70; i++)
		tick_at(T0 + i * 1000, BOOT0 + 1000 + i * 1000, &box, 1);
	store_sync(store);
	boot_id = "boot-2";
	reopen_store(path);
	boot_id = "boot-1";
	ask("processes", 0, 69, 1);
	assert_int_equal(history.nr, 70);
	assert_int_equal(sql_number(path, "SELECT first_ms FROM container"),
			 T0);
}

/* A moment in the distant future deletes nothing of the past. */
static void test_a_clock_that_jumps_ahead(void **state)
{
	const int64_t decade = INT64_C(10) * 365 * 86400;
	const struct box box = { "web", 1, 1 };
	int64_t t;

	(void)state;
	for (t = 0; t < 1300; t++)
		tick_one(t, "web", 1);
	for (; t < 2600; t++) {
		tick_at(T0 + (t + decade) * 1000, BOOT0 + t * 1000, &box, 1);
		if (t % 100 == 0)
			store_sync(store);
	}
	for (; t < 3900; t++) {
		tick_one(t, "web", 1);
		if (t % 100 == 0)
			store_sync(store);
	}
	store_sync(store);
	ask("processes", 0, 3900, 1);
	assert_int_equal(history.nr, 2600);
	ask("processes", decade, decade + 3900, 1);
	assert_int_equal(history.nr, 1300);
}

static void assert_least(int64_t since_boot_ms, int64_t expected_ms)
{
	int64_t least_ms;

	assert_int_equal(store_least_offset(store, since_boot_ms, &least_ms),
			 0);
	assert_int_equal(least_ms, expected_ms);
}

/* What was added to the boot clock for as long as it was, in this boot */
static void test_earlier_offsets(void **state)
{
	const struct box box = { "web", 1, 1 };
	int64_t ignored;

	(void)state;
	assert_int_equal(store_least_offset(store, 0, &ignored), -ENOENT);
	tick_at(T0 - 9000000, 5000, &box, 1);
	close_store();
	boot_id = "boot-2";
	open_store(path, 0);
	tick_at(T0 + 1000, 1000, &box, 1);
	tick_at(T0 + 3600000, 3600000, &box, 1);
	tick_at(T0 + 13601000, 3601000, &box, 1);
	tick_at(T0 + 17200000, 7200000, &box, 1);
	store_sync(store);
	assert_least(0, T0);
	assert_least(3600999, T0);
	assert_least(3601000, T0 + 10000000);
	assert_least(7200000, T0 + 10000000);
	assert_least(-1, T0);
	boot_id = "boot-1";
}

static void test_a_clock_that_is_slewed(void **state)
{
	const struct box box = { "web", 1, 1 };
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		tick_at(T0 + i * 1000 + i / 2, BOOT0 + i * 1000, &box, 1);
	store_sync(store);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM clock"), 1);
}

/* Age */

static void test_old_ticks_go(void **state)
{
	int64_t t;

	(void)state;
	/* 40 s between ticks: 2700 in 30 h */
	for (t = 0; t < 108000; t += 40) {
		tick_one(t, "web", 1);
		if (t % 4000 == 0)
			store_sync(store);
	}
	store_sync(store);
	assert_true(sql_number(path, "SELECT sum(covered_ms) / 3600000 "
		"FROM span WHERE tier = 0 AND layout IS NULL") < 16);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM frame "
		"WHERE span IN (SELECT id FROM span WHERE layout IS NULL)"),
		0);
	ask("processes", 0, 108000, 40);
	assert_int_equal(history.nr, 2700);
}

/* The tables for other programs */
static void test_plain_sql(void **state)
{
	struct box boxes[] = { { "alpha", 1, 0 }, { "beta", 2, 0 } };
	int i;

	(void)state;
	for (i = 0; i < 200; i++) {
		boxes[0].value = boxes[1].value = i;
		tick_at(T0 + i * 1000, BOOT0 + i * 1000, boxes, 2);
	}
	store_sync(store);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM containers "
		"WHERE id > 0 AND container_id LIKE 'alpha-%' AND pid = 100 "
		"AND image = 'image' AND mem_pct IS NOT NULL AND ts >= "
		"'2023-11-14 22:1'"), 3);
	/* One core of four, as the total gains one second per second */
	assert_int_equal(sql_number(path, "SELECT cpu_pct FROM containers "
		"WHERE container_id LIKE 'beta-%' ORDER BY id DESC"), 25);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM sys_metrics "
		"WHERE mem_total_kb IS NOT NULL AND mem_free_kb IS NOT NULL "
		"AND mem_used_kb IS NOT NULL AND ts IS NOT NULL"), 3);
	assert_int_equal(sql_number(path, "SELECT total FROM process_count "
		"WHERE ts IS NOT NULL ORDER BY id"), 7);
	assert_int_equal(sql_number(path, "SELECT count(*) FROM deletions"),
			 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_opened, end_test)
		TEST(test_a_clock_that_is_set_back),
		TEST(test_an_end_after_a_clock_is_set_back),
		TEST(test_numbers_after_a_clock_is_set_back),
		TEST(test_a_clock_that_jumps_ahead),
		TEST(test_earlier_offsets),
		TEST(test_a_clock_that_is_slewed),
		TEST(test_old_ticks_go),
		TEST(test_plain_sql),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
