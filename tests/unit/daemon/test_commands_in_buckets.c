// SPDX-License-Identifier: GPL-2.0-only
/* The commands that used the most CPU in a bucket whose ticks are gone */
#include "tests/unit/commands_world.h"

/*
 * The ticks are gone: the bucket of 10 s has their sums. In one of its ticks
 * some processes may have ended unseen, so it is unknown what they used.
 */
static void test_a_bucket(void **state)
{
	struct past_moment moment;

	(void)state;
	feed(0, 1300, 305);
	run_sql(NO_TICKS);
	assert_int_equal(commands_at(295, NULL, &moment), 0);
	assert_int_equal(moment.t_ms, T0 + 290000);
	assert_int_equal(moment.width_ms, 10000);
	must_be_all(&moment);
	assert_int_equal(commands_at(301, NULL, &moment), 0);
	assert_int_equal(moment.t_ms, T0 + 300000);
	assert_int_equal(nr_noted, 3);
	assert_near(noted[0].exited, 0.125, 1e-9);
	assert_true(isnan(noted[1].exited));
	assert_near(noted[2].living, 0.5, 1e-9);
}

/* Before the first tick of a run, contmond could not know of any end. */
static void test_a_first_tick(void **state)
{
	struct past_moment moment;

	(void)state;
	feed(0, 1300, 0);
	run_sql(NO_TICKS);
	assert_int_equal(commands_at(5, "web", &moment), 0);
	assert_int_equal(moment.width_ms, 10000);
	assert_near(noted[0].exited, 0.75, 1e-9);
}

/* A bucket goes on after a restart. */
static void test_a_restart(void **state)
{
	struct past_moment moment;

	(void)state;
	feed(0, 305, -1);
	reopen_store(path);
	first_s = 305;
	feed(305, 1300, -1);
	run_sql(NO_TICKS);
	assert_int_equal(commands_at(301, NULL, &moment), 0);
	assert_int_equal(moment.width_ms, 10000);
	must_be_all(&moment);
}

/* No samples for a while: the next one has all that was used since. */
static void test_a_bucket_after_a_gap(void **state)
{
	struct past_moment moment;

	(void)state;
	feed(0, 302, -1);
	tick_after(330, 29, false);
	feed(331, 1300, -1);
	run_sql(NO_TICKS);
	assert_int_equal(commands_at(335, NULL, &moment), 0);
	assert_int_equal(moment.t_ms, T0 + 330000);
	assert_int_equal(moment.width_ms, 10000);
	must_be_all(&moment);
}

/* contmond was started in the middle of the bucket. */
static void test_a_bucket_with_a_start(void **state)
{
	struct past_moment moment;

	(void)state;
	first_s = 306;
	feed(306, 1300, -1);
	run_sql(NO_TICKS);
	assert_int_equal(commands_at(306, NULL, &moment), 0);
	assert_int_equal(moment.t_ms, T0 + 300000);
	must_be_all(&moment);
}

static double exited_of(const char *name)
{
	size_t i;

	for (i = 0; i < nr_noted; i++) {
		if (strcmp(noted[i].name, name) == 0)
			return noted[i].exited;
	}
	return NAN;
}

/*
 * If the clock is set, or too many containers come and go, a bucket has several
 * moments. One in a sealed span, and one in frames
 */
static void test_a_bucket_in_parts(void **state)
{
	struct past_moment moment;
	int64_t t;

	(void)state;
	feed(0, 305, -1);
	set_s = 0.5;
	script = "late";
	feed(305, 3705, -1);
	set_s = 1;
	script = "script";
	feed(3705, 4300, -1);
	run_sql(NO_TICKS);
	for (t = 308; t <= 3708; t += 3400) {
		assert_int_equal(commands_at(t, NULL, &moment), 0);
		assert_int_equal(moment.t_ms, T0 + t / 10 * 10000);
		assert_int_equal(moment.width_ms, 10000);
		assert_int_equal(nr_noted, 4);
		assert_near(exited_of("web/script"), 0.375, 0.1);
		assert_near(exited_of("web/late"), 0.375, 0.1);
		assert_near(exited_of("web/script") + exited_of("web/late"),
			    0.75, 1e-9);
		assert_near(exited_of("host/init"), 0.125, 1e-9);
	}
}

/* What is unknown of one part is unknown of all. */
static void test_a_part_is_unknown(void **state)
{
	(void)state;
	feed(0, 305, -1);
	set_s = 0.5;
	is_hidden = true;
	feed(305, 306, -1);
	is_hidden = false;
	feed(306, 1300, -1);
	run_sql(NO_TICKS);
	must_be_unknown(308, 10000);
}

/* It ran in the bucket, though not near the time that is asked for. */
static void test_a_container_of_the_bucket(void **state)
{
	struct past_moment moment;
	int64_t t;

	(void)state;
	feed(0, 100, -1);
	without_web = true;
	feed(100, 1300, -1);
	run_sql("DELETE FROM span WHERE tier < 3");
	for (t = -190; t <= 390; t += 580) {
		assert_int_equal(commands_at(t, "web", &moment), 0);
		assert_int_equal(moment.t_ms, T0 - 200000);
		assert_int_equal(moment.width_ms, 600000);
		assert_int_equal(nr_noted, 2);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end_test)
		TEST(test_a_bucket),
		TEST(test_a_first_tick),
		TEST(test_a_restart),
		TEST(test_a_bucket_after_a_gap),
		TEST(test_a_bucket_with_a_start),
		TEST(test_a_bucket_in_parts),
		TEST(test_a_part_is_unknown),
		TEST(test_a_container_of_the_bucket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
