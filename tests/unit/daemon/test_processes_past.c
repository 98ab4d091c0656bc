// SPDX-License-Identifier: GPL-2.0-only
/* /api/v1/processes/past: the busiest processes at a moment */
#include "tests/unit/api.h"

static const json_t *meta(const char *key)
{
	return json_object_get(json_object_get(answer, "meta"), key);
}

static void test_a_moment(void **state)
{
	static const char *const keys[] = {
		"container", "pid", "start_ms", "comm", "cpu_cores",
		"rss_bytes",
	};
	json_t *rows;

	(void)state;
	store_sync(world.store);
	rows = rows_of("/api/v1/processes/past", "at=1700000101000");
	must_have_keys(rows, keys, COUNT(keys));
	assert_int_equal(json_array_size(rows), 2);
	/* The busiest first */
	assert_string_equal(text_at(json_array_get(rows, 0), "container"),
			    "db");
	assert_near(number_at(json_array_get(rows, 0), "cpu_cores"), 1, 1e-3);
	assert_near(number_at(json_array_get(rows, 1), "cpu_cores"), 0.5,
		    1e-3);
	assert_near(json_number_value(meta("t")), 1700000101000, 0.5);
	assert_near(json_number_value(meta("width_ms")), 0, 0);
	rows = rows_of("/api/v1/processes/past",
		       "at=1700000101000&container=web");
	assert_int_equal(json_array_size(rows), 1);
	assert_near(number_at(json_array_get(rows, 0), "pid"), 10, 0);
}

static void test_nothing_recorded(void **state)
{
	(void)state;
	assert_int_equal(json_array_size(rows_of("/api/v1/processes/past",
						 "at=1000")), 0);
	assert_true(json_is_null(meta("t")));
	assert_true(json_is_null(meta("width_ms")));
	assert_int_equal(get("/api/v1/processes/past", "at=noon"), 400);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_a_moment),
		TEST(test_nothing_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
