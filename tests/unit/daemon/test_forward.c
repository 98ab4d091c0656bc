// SPDX-License-Identifier: GPL-2.0-only
/* What endpoints say of targets; tests/daemon/forward.py has the rest. */
#include "tests/unit/api.h"

static const char *const forward_keys[] = {
	"target", "type", "error", "rejection", "drop_reason", "backlog_ticks",
	"delivered_ticks_total", "dropped_ticks_total", "rejected_rows_total",
	"requests_total", "failed_requests_total", "last_delivered_ms",
};

static void add_targets(void)
{
	world.targets.nr = 2;
	world.targets.all[0] = (struct target_status){
		.name = "good", .type = "influx", .backlog_ticks = 1,
		.delivered_ticks = 10, .requests = 5,
		.last_delivered_ms = 1700000000000,
	};
	world.targets.all[1] = (struct target_status){
		.name = "bad", .type = "json",
		.error = { "HTTP status 500: java", "HTTP status 500" },
		.rejection = { "HTTP status 400: pid 7", "HTTP status 400" },
		.drop_reason = "the database no longer has them",
		.backlog_ticks = 7,
		.dropped_ticks = 3, .rejected_rows = 2, .requests = 4,
		.failed_requests = 4,
	};
}

static void test_rows(void **state)
{
	json_t *row;

	(void)state;
	assert_int_equal(json_array_size(rows_of("/api/v1/forward", "")), 0);
	add_targets();
	must_have_keys(rows_of("/api/v1/forward", ""), forward_keys,
		       COUNT(forward_keys));
	row = json_array_get(rows_of("/api/v1/forward", ""), 1);
	assert_string_equal(text_at(row, "error"), "HTTP status 500: java");
	assert_string_equal(text_at(row, "rejection"),
			    "HTTP status 400: pid 7");
	assert_string_equal(text_at(row, "drop_reason"),
			    "the database no longer has them");
	assert_true(json_is_null(json_object_get(row, "last_delivered_ms")));
	row = json_array_get(rows_of("/api/v1/forward", ""), 0);
	assert_true(json_is_null(json_object_get(row, "error")));
	assert_true(json_is_null(json_object_get(row, "rejection")));
	assert_true(json_is_null(json_object_get(row, "drop_reason")));
	world.targets.nr = 0;
}

static void test_health_and_info(void **state)
{
	json_t *row;

	(void)state;
	add_targets();
	row = json_array_get(rows_of("/api/v1/health", ""), 0);
	assert_string_equal(text_at(row, "status"), "ok");
	assert_string_equal(text_at(row, "forward_error"),
			    "bad: HTTP status 500: java");
	assert_true(number_at(row, "forward_targets") == 2);
	assert_true(number_at(row, "forward_failing") == 1);
	assert_true(number_at(row, "forward_backlog_ticks") == 7);
	assert_true(number_at(row, "forward_dropped_ticks_total") == 3);
	row = json_array_get(rows_of("/api/v1/info", ""), 0);
	assert_string_equal(text_at(row, "forward"), "good,bad");
	world.targets.nr = 0;
}

/* What a target says may be what it was sent: that it fails is no secret. */
static void test_answers_are_hidden_as_processes_are(void **state)
{
	json_t *row;

	(void)state;
	add_targets();
	hides_processes = true;
	row = json_array_get(rows_of("/api/v1/forward", ""), 1);
	assert_string_equal(text_at(row, "error"), "HTTP status 500");
	assert_string_equal(text_at(row, "rejection"), "HTTP status 400");
	assert_true(number_at(row, "failed_requests_total") == 4);
	row = json_array_get(rows_of("/api/v1/forward", ""), 0);
	assert_true(json_is_null(json_object_get(row, "error")));
	row = json_array_get(rows_of("/api/v1/health", ""), 0);
	assert_string_equal(text_at(row, "forward_error"),
			    "bad: HTTP status 500");
	assert_true(number_at(row, "forward_failing") == 1);
	world.targets.nr = 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_rows),
		TEST(test_health_and_info),
		TEST(test_answers_are_hidden_as_processes_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
