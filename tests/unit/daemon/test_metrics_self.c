// SPDX-License-Identifier: GPL-2.0-only
/* What /metrics has of contmond itself */
#include "tests/unit/metrics.h"

static void test_classes_of_policies(void **state)
{
	struct policing_class_row rows[] = {
		{ .class = "high", .minimum = 2, .running = 3, .counted = 1 },
		{ .class = "low", .running = (double)NAN,
		  .counted = (double)NAN },
	};
	const char *text;

	(void)state;
	assert_null(strstr(get(NULL), "contmon_policy_class"));
	world.policing.classes = rows;
	world.policing.nr_classes = COUNT(rows);
	text = get(NULL);
	world.policing.nr_classes = 0;
	assert_contains(text, "# TYPE contmon_policy_class_minimum gauge\n"
			"contmon_policy_class_minimum{class=\"high\"} 2\n"
			"contmon_policy_class_minimum{class=\"low\"} 0\n");
	assert_contains(text, "\ncontmon_policy_class_running"
			"{class=\"high\"} 3\n");
	assert_contains(text, "\ncontmon_policy_class_counted"
			"{class=\"high\"} 1\n");
	assert_null(strstr(text, "contmon_policy_class_running"
			   "{class=\"low\""));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_classes_of_policies,
						setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
