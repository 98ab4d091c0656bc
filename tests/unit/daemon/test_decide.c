// SPDX-License-Identifier: GPL-2.0-only
/* Which container a rule acts on, and why others are spared. */
#include "tests/unit/policy_world.h"

#define REAL "[policy]\ndry_run = no\n"
#define FREELY "[policy]\nbudget_per_minute = 60\nbudget_per_hour = 1000\n"
#define HOG "[rule hog]\nselect = name *\nall = cpu_percent > 20\n" \
	"action = stop\n"

static void test_over_for_a_time(void **state)
{
	struct container_row *row;

	(void)state;
	begin_world("[rule hog]\nall = cpu_percent > 20\nfor = 10s\n"
		    "action = stop\n");
	row = add_container("a");
	assert_int_equal(tick_after(1000), 0);
	assert_string_equal(finding(0, 0), "unknown");
	row->cpu_percent = 90;
	assert_int_equal(tick_after(1000), 0);
	assert_string_equal(finding(0, 0), "too_brief");
	assert_int_equal(tick_after(2000), 0);
	row->cpu_percent = 20;
	assert_int_equal(tick_after(1000), 0);
	assert_string_equal(finding(0, 0), "not_over");
	row->cpu_percent = 21;
	assert_int_equal(tick_after(1000), 0);
	assert_int_equal(tick_after(9999), 0);
	/* What is unknown for one tick breaks it. */
	row->cpu_percent = (double)NAN;
	assert_int_equal(tick_after(1), 0);
	row->cpu_percent = 21;
	assert_int_equal(tick_after(1), 0);
	assert_int_equal(tick_after(9999), 0);
	assert_int_equal(tick_after(1), 1);
	assert_string_equal(chosen(0), "a");
	assert_true(world.result.decisions[0].dry_run);
	end_world();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_over_for_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
