// SPDX-License-Identifier: GPL-2.0-only
/* What contmon-engine is asked for */
#include "tests/unit/enforce_world.h"

#define REAL "[policy]\ndry_run = no\nwarn = 5s\ncool_down = 60s\n"	\
	"budget_per_minute = 10\nbudget_per_hour = 100\n"

static void begin_with(const char *rest)
{
	char text[512];

	snprintf(text, sizeof(text), REAL "[rule hog]\nselect = name *\n%s",
		 rest);
	begin_police(text);
	add_named("web")->cpu_percent = 90;
}

static void accepts(const char *action)
{
	char text[256];

	snprintf(text, sizeof(text), "all = cpu_percent > 20\n%s", action);
	begin_with(text);
	pass_seconds(8);
	assert_int_equal(police.nr_asked, 1);
	assert_string_equal(police.refusal, "");
	end_police();
}

/* Whatever a rule can ask for, contmon-engine accepts. */
static void test_extreme_requests(void **state)
{
	(void)state;
	accepts("action = stop kill\ngrace = 1s\n");
	accepts("action = stop kill remove\ngrace = 1h\n");
	accepts("action = pause\nhold = 1s\n");
	accepts("action = pause\nhold = 1d\n");
	accepts("action = limit\nlimit_cpu_cores = 0.01\n"
		"limit_memory_bytes = 6M\n");
	accepts("action = limit\nlimit_cpu_cores = 8192\n"
		"limit_memory_bytes = 1024T\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, \
						   remove_directory)
		TEST(test_extreme_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
