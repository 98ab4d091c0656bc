// SPDX-License-Identifier: GPL-2.0-only
/* /api/v1/audit: decisions of policies and their reasons */
#include "tests/unit/api.h"

static void test_decisions(void **state)
{
	static const char *const keys[] = {
		"host", "seq", "t", "decision", "state", "action", "dry_run",
		"container", "container_id", "rule", "rule_hash", "reason",
		"detail",
	};
	struct store_decision decision = {
		.t_ms = 1700000000000, .decision = "d1", .state = "planned",
		.action = "stop", .container = "web",
		.container_id = ID64("a"), .rule = "greedy",
		.reason = "over 20 %", .dry_run = 1,
	};
	json_t *rows, *row;

	(void)state;
	assert_int_equal(store_decision(world.store, &decision), 0);
	decision.state = "verified";
	assert_int_equal(store_decision(world.store, &decision), 0);
	store_sync(world.store);
	rows = rows_of("/api/v1/audit", "container=web");
	must_have_keys(rows, keys, COUNT(keys));
	must_be_of_host(rows);
	assert_int_equal(json_array_size(rows), 2);
	row = json_array_get(rows, 0);
	assert_string_equal(text_at(row, "state"), "verified");
	assert_string_equal(text_at(row, "reason"), "over 20 %");
	assert_near(number_at(row, "dry_run"), 1, 0);
	assert_true(json_is_null(json_object_get(row, "detail")));
	assert_int_equal(json_array_size(rows_of("/api/v1/audit",
						 "container=db")), 0);
	assert_int_equal(get("/api/v1/audit", "kind=x"), 400);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_decisions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
