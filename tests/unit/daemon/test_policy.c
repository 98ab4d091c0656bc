// SPDX-License-Identifier: GPL-2.0-only
/* /api/v1/policy and the paths below it: rules, classes and decisions */
#include "tests/unit/api.h"

static const char *const rule_keys[] = {
	"rule", "rule_hash", "file", "line", "action", "dry_run", "state",
	"selected", "over", "decisions_total",
};

static const char *const class_keys[] = {
	"class", "file", "line", "minimum", "running", "counted",
	"above_minimum",
};

static const char *const pending_keys[] = {
	"t", "decision", "state", "action", "dry_run", "acts_ms", "container",
	"container_id", "rule", "rule_hash", "reason",
};

static void test_without_rules(void **state)
{
	(void)state;
	assert_int_equal(json_array_size(rows_of("/api/v1/policy", "")), 0);
	assert_int_equal(json_array_size(rows_of("/api/v1/policy/classes",
						 "")), 0);
	assert_int_equal(json_array_size(rows_of("/api/v1/policy/pending",
						 "")), 0);
	assert_int_equal(get("/api/v1/policy", "rule=x"), 400);
}

static void test_rules(void **state)
{
	struct policing_rule_row row = {
		.rule = "hog", .rule_hash = "0123456789abcdef",
		.file = "/etc/contmon/policy.d/a.conf", .line = 3,
		.action = "stop kill", .dry_run = 1, .state = "active",
		.selected = (double)NAN, .over = 1, .decisions_total = 2,
	};
	json_t *rows;

	(void)state;
	world.policing.rules = &row;
	world.policing.nr_rules = 1;
	rows = rows_of("/api/v1/policy", "");
	must_have_keys(rows, rule_keys, COUNT(rule_keys));
	assert_string_equal(text_at(json_array_get(rows, 0), "action"),
			    "stop kill");
	assert_true(json_is_null(json_object_get(json_array_get(rows, 0),
						 "selected")));
}

static void test_classes(void **state)
{
	struct policing_class_row classes[] = {
		{ .class = "high", .file = "/etc/contmon/policy.d/a.conf",
		  .line = 1, .minimum = 2, .running = 3, .counted = 1,
		  .above_minimum = -1 },
		{ .class = "low", .file = "/etc/contmon/policy.d/a.conf",
		  .line = 4, .running = (double)NAN, .counted = (double)NAN,
		  .above_minimum = (double)NAN },
	};
	json_t *rows;

	(void)state;
	world.policing.classes = classes;
	world.policing.nr_classes = COUNT(classes);
	rows = rows_of("/api/v1/policy/classes", "");
	must_have_keys(rows, class_keys, COUNT(class_keys));
	assert_string_equal(text_at(json_array_get(rows, 0), "class"), "high");
	assert_near(number_at(json_array_get(rows, 0), "above_minimum"), -1, 0);
	assert_near(number_at(json_array_get(rows, 1), "minimum"), 0, 0);
	assert_true(json_is_null(json_object_get(json_array_get(rows, 1),
						 "running")));
	assert_int_equal(get("/api/v1/policy/classes", "class=high"), 400);
}

static void test_pending(void **state)
{
	struct policing_pending_row row = {
		.t = 1700000000000, .decision = "loyyae80-1",
		.state = "warned", .action = "stop", .dry_run = 0,
		.acts_ms = 1700000030000, .container = "web",
		.container_id = ID64("a"), .rule = "hog",
		.reason = "cpu_percent > 20 for 3s: now 90",
	};
	json_t *rows;

	(void)state;
	world.policing.pending = &row;
	world.policing.nr_pending = 1;
	rows = rows_of("/api/v1/policy/pending", "");
	must_have_keys(rows, pending_keys, COUNT(pending_keys));
	assert_near(number_at(json_array_get(rows, 0), "acts_ms"),
		    1700000030000, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_without_rules),
		TEST(test_rules),
		TEST(test_classes),
		TEST(test_pending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
