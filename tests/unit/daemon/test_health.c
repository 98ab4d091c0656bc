// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/api.h"

static const char *const health_keys[] = {
	"status", "reason", "source", "source_reason", "source_lacks",
	"engine", "engines", "engines_connected", "engine_error", "store",
	"store_reason", "store_put_aside", "store_removed_total",
	"store_lost_total",
	"store_lost_of_users_total",
	"policy", "policy_rules", "policy_error",
	"last_sample_ms", "samples_total",
	"samples_missed_total", "runs_missed_total", "forward_targets",
	"forward_failing", "forward_backlog_ticks",
	"forward_dropped_ticks_total", "forward_rejected_rows_total",
	"forward_error", "uptime_seconds",
};

static void add_engines(void)
{
	static const struct name_engine all[] = {
		{ .state = NAME_ENGINE_CONNECTED, .socket = "/run/docker.sock",
		  .runtime = "docker", .version = "28.2.2",
		  .api_version = "1.50" },
		{ .socket = "/run/user/1000/docker.sock",
		  .reason = "Connection refused", .user_id = 1000 },
		{ .state = NAME_ENGINE_DENIED, .socket = "/run/user/1001",
		  .reason = "no right", .user_id = -1, .is_directory = true },
	};

	memcpy(world.status.engines, all, sizeof(all));
	world.status.nr_engines = COUNT(all);
}

static void test_rows_of_engines(void **state)
{
	static const char *const keys[] = {
		"engine", "runtime", "version", "api_version", "state",
		"reason", "user_id",
	};
	json_t *row;

	(void)state;
	assert_int_equal(json_array_size(rows_of("/api/v1/engines", "")), 0);
	add_engines();
	must_have_keys(rows_of("/api/v1/engines", ""), keys, COUNT(keys));
	row = json_array_get(rows_of("/api/v1/engines", ""), 0);
	assert_string_equal(text_at(row, "engine"), "/run/docker.sock");
	assert_string_equal(text_at(row, "runtime"), "docker");
	assert_string_equal(text_at(row, "version"), "28.2.2");
	assert_string_equal(text_at(row, "api_version"), "1.50");
	assert_string_equal(text_at(row, "state"), "connected");
	assert_true(json_is_null(json_object_get(row, "reason")));
	assert_near(number_at(row, "user_id"), 0, 0);
	row = json_array_get(rows_of("/api/v1/engines", ""), 2);
	assert_string_equal(text_at(row, "state"), "denied");
	assert_string_equal(text_at(row, "reason"), "no right");
	assert_true(json_is_null(json_object_get(row, "user_id")));
	assert_true(json_is_null(json_object_get(row, "version")));
}

static void test_keys(void **state)
{
	(void)state;
	must_have_keys(rows_of("/api/v1/health", ""), health_keys,
		       COUNT(health_keys));
}

static void test_policies(void **state)
{
	json_t *row = json_array_get(rows_of("/api/v1/health", ""), 0);

	(void)state;
	assert_string_equal(text_at(row, "policy"), "off");
	assert_near(number_at(row, "policy_rules"), 0, 0);
	assert_true(json_is_null(json_object_get(row, "policy_error")));
	world.policing.mode = "dry run";
	strcpy(world.policing.error, "mistakes");
	row = json_array_get(rows_of("/api/v1/health", ""), 0);
	assert_string_equal(text_at(row, "policy"), "dry run");
	assert_string_equal(text_at(row, "policy_error"), "mistakes");
	assert_string_equal(text_at(row, "status"), "ok");
}

/* Probes may only look at the status; people read the row. */
static json_t *unwell(void)
{
	assert_int_equal(get("/api/v1/health", ""), 503);
	return json_array_get(json_object_get(answer, "rows"), 0);
}

static void test_health(void **state)
{
	json_t *row = json_array_get(rows_of("/api/v1/health", ""), 0);

	(void)state;
	assert_string_equal(text_at(row, "status"), "ok");
	assert_string_equal(text_at(row, "source"), "driver");
	assert_string_equal(text_at(row, "engine"), "none");
	assert_true(json_is_null(json_object_get(row, "reason")));
	assert_string_equal(text_at(row, "store"), "memory");
	assert_true(json_is_null(json_object_get(row, "store_reason")));
	world.status.samples_total = 0;
	world.status.last_sample_ms = 0;
	row = unwell();
	assert_string_equal(text_at(row, "status"), "starting");
	assert_true(json_is_null(json_object_get(row, "last_sample_ms")));
	strcpy(world.status.reason, "it is \"gone\"");
	world.status.source = NULL;
	world.status.nr_engines = 1;
	world.status.engines[0].state = NAME_ENGINE_CONNECTED;
	row = unwell();
	assert_string_equal(text_at(row, "status"), "degraded");
	assert_string_equal(text_at(row, "reason"), "it is \"gone\"");
	assert_true(json_is_null(json_object_get(row, "source")));
	assert_string_equal(text_at(row, "engine"), "connected");
}

static void test_engines(void **state)
{
	json_t *row;

	(void)state;
	add_engines();
	row = json_array_get(rows_of("/api/v1/health", ""), 0);
	assert_string_equal(text_at(row, "status"), "ok");
	assert_string_equal(text_at(row, "engine"), "partial");
	assert_near(number_at(row, "engines"), 2, 0);
	assert_near(number_at(row, "engines_connected"), 1, 0);
	assert_string_equal(text_at(row, "engine_error"),
			    "/run/user/1000/docker.sock: Connection refused");
	row = json_array_get(rows_of("/api/v1/info", ""), 0);
	assert_string_equal(text_at(row, "engines"),
			    "docker 28.2.2 /run/docker.sock connected, "
			    "/run/user/1000/docker.sock disconnected, "
			    "/run/user/1001 denied");
	reply_done(&reply);
	routes_handle(&world.facts, &(struct request){ .path = "/metrics",
		      .authorized = true }, &reply);
	assert_contains(reply.body.text, "contmon_engine_connected 0\n");
	assert_contains(reply.body.text, "contmon_engine_up{"
			"engine=\"/run/docker.sock\",runtime=\"docker\","
			"version=\"28.2.2\"} 1\n");
	assert_contains(reply.body.text, "contmon_engine_up{"
			"engine=\"/run/user/1000/docker.sock\",runtime=\"\","
			"version=\"\"} 0\n");
	assert_null(strstr(reply.body.text, "/run/user/1001"));
}

/* There may be an engine in a directory; a socket is one of an engine. */
static void test_a_directory_is_no_engine(void **state)
{
	json_t *row;

	(void)state;
	add_engines();
	world.status.engines[1].state = NAME_ENGINE_CONNECTED;
	row = json_array_get(rows_of("/api/v1/health", ""), 0);
	assert_string_equal(text_at(row, "engine"), "connected");
	assert_near(number_at(row, "engines"), 2, 0);
	assert_near(number_at(row, "engines_connected"), 2, 0);
	assert_true(json_is_null(json_object_get(row, "engine_error")));
	world.status.engines[2].is_directory = false;
	row = json_array_get(rows_of("/api/v1/health", ""), 0);
	assert_string_equal(text_at(row, "engine"), "partial");
	assert_near(number_at(row, "engines"), 3, 0);
	assert_string_equal(text_at(row, "engine_error"),
			    "/run/user/1001: no right");
}

static void test_procfs_is_well(void **state)
{
	const struct contmon_get_info info = { .nr_cpus = 4,
					       .release = "procfs" };
	json_t *row;

	(void)state;
	status_opened(&world.status, CONTMON_SOURCE_PROCFS, &info, "no right");
	row = json_array_get(rows_of("/api/v1/health", ""), 0);
	assert_string_equal(text_at(row, "status"), "ok");
	assert_string_equal(text_at(row, "source"), "procfs");
	assert_string_equal(text_at(row, "source_reason"), "no right");
	assert_contains(text_at(row, "source_lacks"), "between two samples");
	row = json_array_get(rows_of("/api/v1/info", ""), 0);
	assert_string_equal(text_at(row, "source"), "procfs");
	assert_string_equal(text_at(row, "source_reason"), "no right");
	assert_true(json_is_null(json_object_get(row, "driver_release")));
	assert_true(json_is_null(json_object_get(row, "driver_api_version")));
	assert_near(number_at(row, "nr_cpus"), 4, 0);
	reply_done(&reply);
	routes_handle(&world.facts, &(struct request){ .path = "/metrics",
		      .authorized = true }, &reply);
	assert_contains(reply.body.text,
			"contmon_source_info{source=\"procfs\"} 1\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_keys),
		TEST(test_policies),
		TEST(test_health),
		TEST(test_rows_of_engines),
		TEST(test_engines),
		TEST(test_a_directory_is_no_engine),
		TEST(test_procfs_is_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
