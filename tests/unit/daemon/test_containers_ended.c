// SPDX-License-Identifier: GPL-2.0-only
/* /api/v1/containers/ended: the containers that have ended */
#include "tests/unit/api.h"

static struct sample later;

static int begin(void **state)
{
	setup(state);
	world_sample(&later, 102);
	world_container(&later, world.db);
	world_tick(&world, &later);
	return 0;
}

static int end(void **state)
{
	world_forget(&world, &later);
	return teardown(state);
}

static json_t *the_one(const char *parameters)
{
	json_t *rows = rows_of("/api/v1/containers/ended", parameters);

	assert_int_equal(json_array_size(rows), 1);
	return json_array_get(rows, 0);
}

static void test_the_keys(void **state)
{
	static const char *const keys[] = {
		"host", "container", "id", "short_id", "runtime", "pod",
		"pod_namespace", "image", "command", "compose_project",
		"compose_service", "labels", "cgroup", "created_ms",
		"started_ms", "ended_ms", "lifetime_seconds", "exit_code",
		"oom_killed",
		"restarts_total", "cpu_seconds_total", "cpu_user_seconds_total",
		"cpu_system_seconds_total", "memory_peak_bytes",
		"oom_kills_total", "read_bytes_total", "write_bytes_total",
		"read_ops_total", "write_ops_total",
		"network_receive_bytes_total", "network_transmit_bytes_total",
	};
	json_t *row;

	(void)state;
	row = the_one("");
	must_have_keys(json_object_get(answer, "rows"), keys, COUNT(keys));
	must_be_of_host(json_object_get(answer, "rows"));
	assert_string_equal(text_at(row, "container"), "web");
	assert_string_equal(text_at(row, "short_id"), "aaaaaaaaaaaa");
	assert_string_equal(text_at(row, "image"), "image:1");
	assert_near(number_at(row, "cpu_seconds_total"), 1.5, 1e-6);
	assert_near(number_at(row, "read_bytes_total"), 8192, 0);
	assert_near(number_at(row, "memory_peak_bytes"), 64 << 20, 0);
	assert_true(json_is_null(json_object_get(row, "exit_code")));
	assert_true(json_is_null(json_object_get(row, "started_ms")));
	assert_true(json_is_null(json_object_get(row, "lifetime_seconds")));
}

/* The engine reports more, and later. */
static void test_facts_from_the_engine(void **state)
{
	const struct container_info name = {
		.id = ID64("a"),
		.name = "web",
		.started_ms = 1700000000000 + 90000,
		.finished_ms = 1700000000000 + 101500,
		.exit_code = 137,
		.oom_killed = 1,
		.restarts = -1,
	};
	json_t *row;

	(void)state;
	assert_int_equal(names_set(world.names, &name), 0);
	recorder_rename(world.recorder, &world.model);
	store_sync(world.store);
	row = the_one("container=web");
	assert_near(number_at(row, "exit_code"), 137, 0);
	assert_near(number_at(row, "oom_killed"), 1, 0);
	assert_true(json_is_null(json_object_get(row, "restarts_total")));
	assert_near(number_at(row, "lifetime_seconds"), 11.5, 1e-6);
}

/* The same keys as for a running container */
static void test_keys_of_labels(void **state)
{
	static const struct name_label labels[] = {
		{ "com.docker.compose.project", "shop" },
		{ "com.docker.compose.service", "till" },
		{ "io.kubernetes.pod.namespace", "tills" },
		{ "maintainer", "me" },
	};
	const struct container_info name = {
		.id = ID64("a"), .name = "web", .labels = labels,
		.nr_labels = COUNT(labels),
	};
	json_t *row;

	(void)state;
	setup(state);
	assert_int_equal(names_set(world.names, &name), 0);
	model_name(&world.model, world.names);
	recorder_rename(world.recorder, &world.model);
	world_sample(&later, 102);
	world_tick(&world, &later);
	store_sync(world.store);
	row = the_one("container=web");
	assert_string_equal(text_at(row, "compose_project"), "shop");
	assert_string_equal(text_at(row, "compose_service"), "till");
	assert_string_equal(text_at(row, "pod_namespace"), "tills");
	assert_non_null(strstr(text_at(row, "labels"), "\"maintainer\""));
	hides_processes = true;
	row = the_one("container=web");
	assert_true(json_is_null(json_object_get(row, "compose_project")));
	assert_true(json_is_null(json_object_get(row, "compose_service")));
	assert_true(json_is_null(json_object_get(row, "pod_namespace")));
	assert_true(json_is_null(json_object_get(row, "labels")));
	end(state);
}

static void test_which(void **state)
{
	(void)state;
	the_one("from=1700000100000&to=1700000103000");
	assert_int_equal(json_array_size(rows_of("/api/v1/containers/ended",
						 "to=1700000000000")), 0);
	assert_int_equal(json_array_size(rows_of("/api/v1/containers/ended",
						 "container=db")), 0);
	assert_int_equal(get("/api/v1/containers/ended", "limit=x"), 400);
	assert_int_equal(get("/api/v1/containers/ended", "after=1"), 400);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_keys, begin, end),
		cmocka_unit_test_setup_teardown(test_facts_from_the_engine,
						begin, end),
		cmocka_unit_test(test_keys_of_labels),
		cmocka_unit_test_setup_teardown(test_which, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
