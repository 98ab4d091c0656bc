// SPDX-License-Identifier: GPL-2.0-only
/* What /metrics has of contmond itself */
#include "tests/unit/world.h"

#include "contmond/serve/metrics.h"

static struct world world;
static struct reply reply;

static const char *get(void)
{
	const struct request request = { .path = "/metrics" };

	reply_done(&reply);
	metrics_handle(&world.facts, &request, &reply);
	assert_int_equal(reply.status, 200);
	assert_false(reply.body.failed);
	return reply.body.text;
}

static void test_classes_of_policies(void **state)
{
	struct policing_class_row rows[] = {
		{ .class = "high", .minimum = 2, .running = 3, .counted = 1 },
		{ .class = "low", .running = (double)NAN,
		  .counted = (double)NAN },
	};
	const char *text;

	(void)state;
	world_init(&world);
	assert_null(strstr(get(), "contmon_policy_class"));
	world.policing.classes = rows;
	world.policing.nr_classes = COUNT(rows);
	text = get();
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
	reply_done(&reply);
	world_done(&world);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes_of_policies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
