// SPDX-License-Identifier: GPL-2.0-only
/*
 * History returns the numbers of the ticks: at once, later and after a restart.
 */
#include "tests/unit/store_file.h"

static void test_nothing(void **state)
{
	(void)state;
	ask("processes", 0, 100, 1);
	assert_int_equal(history.nr, 0);
	assert_false(history.truncated);
}

static void test_ticks_are_seen_at_once(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 10; i++)
		tick_one(i, "web", i);
	ask("processes", 0, 9, 1);
	assert_int_equal(history.nr, 10);
	for (i = 0; i < 10; i++)
		must_be((size_t)i, i, "web", i);
	store_sync(store);
	ask("processes", 0, 9, 1);
	assert_int_equal(history.nr, 10);
	must_be(9, 9, "web", 9);
}

static void test_means_lasts_and_extremes(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 10; i++)
		tick_one(i, "web", i);
	ask("processes", 0, 9, 5);
	assert_int_equal(history.nr, 2);
	must_be(0, 0, "web", 2);
	must_be(1, 5, "web", 7);
	ask_with("processes", 0, 9, 5, HISTORY_MIN, false);
	must_be(1, 5, "web", 5);
	ask_with("processes", 0, 9, 5, HISTORY_MAX, false);
	must_be(1, 5, "web", 9);
	ask("read_bytes_total", 0, 9, 5);
	must_be(0, 0, "web", 4);
	must_be(1, 5, "web", 9);
	ask("state_code", 0, 9, 5);
	must_be(1, 5, "web", 9);
}

static void test_rates(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 10; i++)
		tick_one(i, "web", i * i);
	ask_with("read_bytes_total", 0, 9, 5, HISTORY_MEAN, true);
	must_be(0, 0, "web", 4);	/* 16 in 4 s: the first has none */
	must_be(1, 5, "web", 13);	/* 65 in 5 s */
	ask_with("read_bytes_total", 0, 9, 5, HISTORY_MAX, true);
	must_be(1, 5, "web", 17);
	ask_with("read_bytes_total", 0, 9, 5, HISTORY_MIN, true);
	must_be(1, 5, "web", 9);
	/* Metrics that are not kept are made from others. */
	ask("cpu_cores", 0, 9, 5);
	must_be(1, 5, "web", 13);
	ask("cpu_percent", 0, 9, 5);
	must_be(1, 5, "web", 13 / 4.0 * 100);
	ask("write_bytes_per_second", 0, 9, 5);
	must_be(1, 5, "web", 13);
	ask("memory_limit_percent", 9, 9, 1);
	assert_true(isnan(history.values[0]));	/* 81 bytes are no page */
}

/* All that is known of a step, without reading it three times */
static void test_one_column_in_several_ways(void **state)
{
	static const enum history_aggregate aggregates[] = {
		HISTORY_MIN, HISTORY_MEAN, HISTORY_MAX,
	};
	static const bool rates[] = { true, true, true };
	static const double expected[] = { 9, 13, 17 };
	const struct column *column, *columns[COUNT(aggregates)];
	struct history_query query = query_of(&column, "read_bytes_total", 5,
					      9, 5);
	size_t i;
	int t;

	(void)state;
	for (t = 0; t < 10; t++)
		tick_one(t, "web", t * t);
	for (i = 0; i < COUNT(columns); i++)
		columns[i] = column;
	query.columns = columns;
	query.nr_columns = COUNT(columns);
	query.aggregates = aggregates;
	query.rates = rates;
	ask_for(&query);
	assert_int_equal(history.nr, 1);
	for (i = 0; i < COUNT(columns); i++)
		assert_near(history.values[i], expected[i], 1e-6);
}

static void test_a_percentage(void **state)
{
	const struct box box = { "web", 1, 1 << 20 };

	(void)state;
	tick_at(T0, BOOT0, &box, 1);
	ask("memory_limit_percent", 0, 0, 1);
	must_be(0, 0, "web", 100);
}

static void test_unknown_numbers(void **state)
{
	static const double values[] = { NAN, 4, NAN, NAN, 5, INFINITY };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(values); i++)
		tick_one((int64_t)i, "web", values[i]);
	ask("processes", 0, 5, 2);
	assert_int_equal(history.nr, 3);
	must_be(0, 0, "web", 4);
	must_be(1, 2, "web", NAN);
	must_be(2, 4, "web", 5);
	ask("read_ops_total", 0, 5, 2);
	must_be(0, 0, "web", 4);
	must_be(1, 2, "web", NAN);
}

static void test_gaps_have_no_rows(void **state)
{
	const struct box boxes[] = { { "alpha", 1, 1 }, { "beta", 2, 2 } };

	(void)state;
	tick_at(T0, BOOT0, boxes, 2);
	tick_at(T0 + 1000, BOOT0 + 1000, boxes + 1, 1);
	tick_at(T0 + 2000, BOOT0 + 2000, NULL, 0);
	tick_at(T0 + 3000, BOOT0 + 3000, boxes, 2);
	ask("processes", 0, 3, 1);
	assert_int_equal(history.nr, 5);
	must_be(0, 0, "alpha", 1);
	must_be(1, 0, "beta", 2);
	must_be(2, 1, "beta", 2);
	must_be(3, 3, "alpha", 1);
	must_be(4, 3, "beta", 2);
}

static void test_filters(void **state)
{
	const struct box boxes[] = { { "alpha", 1, 1 }, { "beta", 2, 2 },
				     { "gamma", 3, 3 } };
	const struct column *column;
	struct history_query query = query_of(&column, "processes", 0, 0, 1);

	(void)state;
	tick_at(T0, BOOT0, boxes, 3);
	query.containers = "gamma,nobody,alpha-1";
	ask_for(&query);
	assert_int_equal(history.nr, 2);
	must_be(0, 0, "alpha", 1);
	must_be(1, 0, "gamma", 3);
	query.containers = "nobody";
	ask_for(&query);
	assert_int_equal(history.nr, 0);
}

static void test_the_host(void **state)
{
	const struct column *column = table_find(&system_table, "load1");
	struct history_query query = {
		.columns = &column, .nr_columns = 1, .is_system = true,
		.from_ms = T0, .to_ms = T0, .step_ms = 1000, .max_rows = 10 };

	(void)state;
	tick_at(T0, BOOT0, NULL, 0);
	ask_for(&query);
	assert_int_equal(history.nr, 1);
	must_be(0, 0, "host", 7);
	query.containers = "web";
	ask_for(&query);
	assert_int_equal(history.nr, 0);
	query.containers = "web,host";
	ask_for(&query);
	assert_int_equal(history.nr, 1);
}

static void test_many_metrics_at_once(void **state)
{
	static const bool rates[] = { true, true, false, true };
	const struct column *columns[] = {
		table_find(&container_table, "processes"),
		table_find(&container_table, "cpu_cores"),
		table_find(&container_table, "cpu_seconds_total"),
		table_find(&container_table, "cpu_seconds_total"),
	};
	struct history_query query = {
		.columns = columns, .nr_columns = 4, .rates = rates,
		.from_ms = T0, .to_ms = T0 + 9000, .step_ms = 1000,
		.max_rows = 10 };

	(void)state;
	tick_one(0, "web", 10);
	tick_one(1, "web", 12);
	ask_for(&query);
	assert_int_equal(history.nr, 2);
	assert_near(history.values[4], 12, 1e-9);
	assert_near(history.values[5], 2, 1e-9);
	assert_near(history.values[6], 12, 1e-9);
	assert_near(history.values[7], 2, 1e-9);
}

static void test_the_oldest_are_cut(void **state)
{
	const struct box boxes[] = { { "alpha", 1, 1 }, { "beta", 2, 2 } };
	const struct column *column;
	struct history_query query = query_of(&column, "processes", 0, 60, 1);
	int i;

	(void)state;
	for (i = 0; i < 20; i++)
		tick_at(T0 + i * 1000, BOOT0 + i * 1000, boxes, 2);
	query.max_rows = 7;
	ask_for(&query);
	assert_true(history.truncated);
	assert_int_equal(history.nr, 6);
	must_be(0, 17, "alpha", 1);
	must_be(5, 19, "beta", 2);
	query.max_rows = 40;
	ask_for(&query);
	assert_false(history.truncated);
	assert_int_equal(history.nr, 40);
}

/* Since 1970 there were 17 thousand millions of these. */
static void test_steps_of_all_time(void **state)
{
	const struct column *column;
	struct history_query query = query_of(&column, "processes", 0, 9, 1);
	int i;

	(void)state;
	for (i = 0; i < 3; i++)
		tick_one(i, "web", i);
	query.from_ms = 0;
	query.step_ms = 100;
	ask_for(&query);
	assert_false(history.truncated);
	assert_int_equal(history.nr, 3);
	for (i = 0; i < 3; i++)
		must_be((size_t)i, i, "web", i);
	query.max_rows = 2;
	ask_for(&query);
	assert_true(history.truncated);
	assert_int_equal(history.nr, 2);
	must_be(0, 1, "web", 1);
	must_be(1, 2, "web", 2);
}

static void test_a_new_name_is_for_the_past_too(void **state)
{
	(void)state;
	tick_one(0, "0123456789ab", 1);
	tick_one(1, "web", 1);
	ask("processes", 0, 9, 1);
	assert_int_equal(history.nr, 2);
	must_be(0, 0, "web", 1);
	must_be(1, 1, "web", 1);
	store_sync(store);
	ask("processes", 0, 9, 1);
	must_be(0, 0, "web", 1);
}

/* A container that was created again with the same name: one row per step */
static void test_a_name_that_is_used_again(void **state)
{
	const struct box boxes[] = { { "web", 1, 2 }, { "web", 2, 4 } };

	(void)state;
	tick_at(T0, BOOT0, &boxes[0], 1);
	tick_at(T0 + 1000, BOOT0 + 1000, &boxes[1], 1);
	ask("processes", 0, 9, 2);
	assert_int_equal(history.nr, 1);
	must_be(0, 0, "web", 3);
}

/*
 * Totals of every tier must end at the right value and gain what they gained.
 */
static void test_totals(void **state)
{
	int64_t t;
	size_t i;

	(void)state;
	for (t = 0; t < 4000; t++) {
		tick_one(t, "web", (double)(t * t));
		if (t % 100 == 0)
			store_sync(store);
	}
	store_sync(store);
	for (i = 0; i < 2; i++) {
		/* T0 is 800 s after a full hour, so steps begin at 400 s. */
		ask("read_bytes_total", 400, 3999, 600);
		assert_int_equal(history.nr, 6);
		must_be(1, 1000, "web", 1599.0 * 1599);
		must_be(5, 3400, "web", 3999.0 * 3999);
		ask_with("read_bytes_total", 400, 3999, 600, HISTORY_MEAN,
			 true);
		must_be(1, 1000, "web", (1599.0 * 1599 - 999.0 * 999) / 600);
		must_be(5, 3400, "web", (3999.0 * 3999 - 3399.0 * 3399) / 600);
		ask_with("read_bytes_total", 400, 3999, 600, HISTORY_MAX,
			 true);
		must_be(1, 1000, "web", 2 * 1599 - 1);
		reopen_store(path);
	}
}

/* The totals of a container that is started again begin at zero. */
static void test_a_total_that_begins_again(void **state)
{
	static const double values[] = { 100, 110, 5, 15 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(values); i++)
		tick_one((int64_t)i, "web", values[i]);
	ask_with("read_bytes_total", 0, 3, 1, HISTORY_MEAN, true);
	must_be(1, 1, "web", 10);
	must_be(2, 2, "web", NAN);
	must_be(3, 3, "web", 10);
}

/* Ticks of 100 ms and of ten minutes find their places, too. */
static void test_other_intervals(void **state)
{
	struct box box = { "web", 1, 0 };
	int i;

	(void)state;
	for (i = 0; i < 2000; i++) {
		box.value = i / 10;
		tick_at(T0 + i * 100, BOOT0 + i * 100, &box, 1);
	}
	ask("processes", 0, 199, 1);
	assert_int_equal(history.nr, 200);
	must_be(150, 150, "web", 150);
	for (i = 1; i < 50; i++) {
		box.value = i;
		tick_at(T0 + 1000000 + i * 600000,
			BOOT0 + 1000000 + i * 600000, &box, 1);
	}
	store_sync(store);
	ask("processes", 1000, 1000 + 600 * 49, 600);
	assert_int_equal(history.nr, 49);
	must_be(48, 1000 + 600 * 49, "web", 49);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_opened, end_test)
		TEST(test_nothing),
		TEST(test_ticks_are_seen_at_once),
		TEST(test_means_lasts_and_extremes),
		TEST(test_rates),
		TEST(test_one_column_in_several_ways),
		TEST(test_a_percentage),
		TEST(test_unknown_numbers),
		TEST(test_gaps_have_no_rows),
		TEST(test_filters),
		TEST(test_the_host),
		TEST(test_many_metrics_at_once),
		TEST(test_the_oldest_are_cut),
		TEST(test_steps_of_all_time),
		TEST(test_a_new_name_is_for_the_past_too),
		TEST(test_a_name_that_is_used_again),
		TEST(test_totals),
		TEST(test_a_total_that_begins_again),
		TEST(test_other_intervals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
