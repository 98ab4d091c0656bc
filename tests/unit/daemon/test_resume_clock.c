// SPDX-License-Identifier: GPL-2.0-only
/* The clock is set while contmond is stopped. */
#include "tests/unit/enforce_world.h"

#define RULES "[policy]\nwarn = 0\nmin_age = 0\n"			\
	"budget_per_minute = 9\nbudget_per_hour = 9\n"			\
	"[rule hog]\nselect = name *\nall = cpu_percent > 20\n"		\
	"action = kill\ncool_down = 20s\n"

static void begin(void)
{
	begin_police(RULES);
	add_named("web")->cpu_percent = 90;
}

/* What was done before is as old as it is, whatever the clock says. */
static void must_remember_when_set_by(int64_t ms)
{
	int64_t boot_ms;

	begin();
	pass_seconds(10);
	must_be("~planned ~acted ");
	boot_ms = world.now_ms;
	world.now_ms += ms;
	start_again_at(police.nr_rows, boot_ms);
	world.now_ms = boot_ms;
	pass_seconds(8);
	must_be("~planned ~acted ");
	pass_seconds(4);
	must_be("~planned ~acted ~planned ~acted ");
	end_police();
}

static void test_a_clock_that_is_set_back(void **state)
{
	(void)state;
	must_remember_when_set_by(-600000);
}

/* So far that all seems to be long ago: in this boot it is not. */
static void test_a_clock_that_is_set_ahead(void **state)
{
	(void)state;
	must_remember_when_set_by(2 * ENFORCE_MEMORY_MS);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_a_clock_that_is_set_back),
		TEST(test_a_clock_that_is_set_ahead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
