// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits by files of a cgroup, and their end
 *
 * wrap: sd_event_source_set_time_relative
 */
#include "tests/unit/acting_cgroup.h"

static void test_a_limit_ends(void **state)
{
	(void)state;
	must_finish(on_cgroup("d", LIMIT, SHORT ",\"cpu_cores\":0.5,"
			      "\"memory_bytes\":268435456"), "done", NULL);
	assert_contains(said.text, "cpu.max 50000 100000 "
			"memory.high 268435456");
	begin_acts_again();
	run_until(event, is_undone);
	assert_string_equal(get("cpu.max"), "max 100000");
	assert_string_equal(get("memory.high"), "max");
}

static void test_a_limit_that_somebody_changed(void **state)
{
	(void)state;
	must_finish(on_cgroup("d", LIMIT, LONG ",\"cpu_cores\":0.5"), "done",
		    NULL);
	assert_string_equal(get("cpu.max"), "50000 100000");
	assert_string_equal(get("memory.high"), "max\n");
	put("cpu.max", "70000 100000\n");
	must_finish(UNDO("d"), "done", NULL);
	assert_string_equal(get("cpu.max"), "70000 100000\n");
}

static void test_a_limit_that_is_lower_already(void **state)
{
	(void)state;
	put("cpu.max", "20000 100000\n");
	put("memory.high", "1048576\n");
	must_finish(on_cgroup("d", LIMIT, ",\"cpu_cores\":0.5,"
			      "\"memory_bytes\":268435456"), "refused",
		    "unsupported");
	assert_string_equal(get("cpu.max"), "20000 100000\n");
}

static void test_a_limit_without_its_controller(void **state)
{
	(void)state;
	assert_int_equal(unlink(in_cgroup("memory.high")), 0);
	must_finish(on_cgroup("d", LIMIT, ",\"cpu_cores\":0.5,"
			      "\"memory_bytes\":268435456"), "failed",
		    "error");
	assert_string_equal(get("cpu.max"), "max 100000\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_hold, \
						   teardown_acts)
		TEST(test_a_limit_ends),
		TEST(test_a_limit_that_somebody_changed),
		TEST(test_a_limit_that_is_lower_already),
		TEST(test_a_limit_without_its_controller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
