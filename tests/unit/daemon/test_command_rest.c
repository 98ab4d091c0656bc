// SPDX-License-Identifier: GPL-2.0-only
/* What a container used, less what its commands used */
#include "tests/unit/command_history.h"

/* Commands may use more than their cgroup, which is read at another time. */
static void test_a_rest_of_less_than_nothing(void **state)
{
	(void)state;
	web_cores = 1.2;
	feed(0, 100, -1);
	assert_int_equal(find("web", 30, 39, 1, 5), 0);
	assert_near(cores_at(35, "web", NULL), 0, 0);
}

/* It is known what commands used. */
static void must_have_no_rest_at(int64_t t_s)
{
	assert_near(cores_at(t_s, "web", "script"), 0.75, 1e-9);
	assert_near(cores_at(t_s, "web", "service"), 0.5, 1e-9);
	assert_true(isnan(cores_at(t_s, "web", NULL)));
	assert_true(found.is_known);
}

static void test_a_part_of_unknown_cpu(void **state)
{
	(void)state;
	web_cores = 1.5;
	no_cpu_s = 35;
	feed(0, 1235, -1);
	no_cpu_s = 1235;
	feed(1235, 1300, -1);
	/* Sealed, and in frames */
	for (no_cpu_s = 35; no_cpu_s <= 1235; no_cpu_s += 1200) {
		/* A tick without CPU, and the next one, which has no gain */
		assert_int_equal(find(NULL, no_cpu_s - 1, no_cpu_s + 2, 1, 5),
				 0);
		must_be_step(no_cpu_s - 1);
		must_have_no_rest_at(no_cpu_s);
		must_have_no_rest_at(no_cpu_s + 1);
		must_be_step(no_cpu_s + 2);
		/* Of a bucket, and of several ticks or buckets */
		assert_int_equal(find(NULL, no_cpu_s - 15, no_cpu_s + 10, 10,
				      5), 0);
		must_be_step(no_cpu_s - 15);
		must_have_no_rest_at(no_cpu_s - 5);
		must_be_step(no_cpu_s + 5);
		assert_int_equal(find(NULL, no_cpu_s - 10, no_cpu_s + 10, 5,
				      5), 0);
		must_be_step(no_cpu_s - 5);
		must_have_no_rest_at(no_cpu_s);
		must_be_step(no_cpu_s + 5);
		assert_int_equal(find(NULL, no_cpu_s - 25, no_cpu_s + 5, 30,
				      5), 0);
		must_have_no_rest_at(no_cpu_s - 25);
		must_be_step(no_cpu_s + 5);
	}
}

static void must_begin_at(int64_t t_s, int64_t step_s)
{
	const int64_t t = history_step_of(t_s, step_s);

	assert_int_equal(find("web", t, t, step_s, 5), 0);
	assert_near(sum_at(t, "web"), 4 * 2.5 / (double)step_s, 1e-6);
	assert_true(cores_at(t, "web", NULL) > 0);
}

/* What it used before its first tick is missing from the rest, and no more. */
static void test_a_container_that_begins(void **state)
{
	(void)state;
	web_cores = 2.5;
	without_web = true;
	feed(0, 35, -1);
	without_web = false;
	feed(35, 100, -1);
	must_begin_at(35, 5);
	must_begin_at(35, 10);
	feed(100, 1300, -1);
	must_begin_at(35, 5);
	must_begin_at(35, 10);
	run_sql(NO_TICKS);
	must_begin_at(35, 10);
}

static void test_damaged_cpu(void **state)
{
	(void)state;
	web_cores = 1.5;
	feed(0, 1300, -1);
	run_sql("UPDATE chunk SET numbers = "
		"substr(numbers, 1, length(numbers) / 2) "
		"WHERE span = 1 AND metric = 'cpu_seconds_total'");
	assert_int_equal(find(NULL, 200, 210, 1, 5), 0);
	must_have_no_rest_at(200);
	assert_near(cores_at(200, "host", "init"), 0.375, 1e-9);
	assert_true(status_of().damaged > 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(test_a_rest_of_less_than_nothing),
		TEST(test_a_part_of_unknown_cpu),
		TEST(test_a_container_that_begins),
		TEST(test_damaged_cpu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
