// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/api.h"

static const char *const info_keys[] = {
	"version", "api_version", "source", "source_reason", "source_lacks",
	"source_unknown", "driver_release",
	"driver_api_version", "host", "kernel", "boot_id", "nr_cpus",
	"interval_ms", "history_seconds", "forward",
	"engines",
};

static void test_keys(void **state)
{
	(void)state;
	must_have_keys(rows_of("/api/v1/info", ""), info_keys,
		       COUNT(info_keys));
}

static void test_without_a_device(void **state)
{
	json_t *row;

	(void)state;
	world.status.source = NULL;
	world.status.driver_release[0] = '\0';
	row = json_array_get(rows_of("/api/v1/info", ""), 0);
	assert_true(json_is_null(json_object_get(row, "driver_release")));
	assert_true(json_is_null(json_object_get(row, "nr_cpus")));
}

static json_t *info(void)
{
	return json_array_get(rows_of("/api/v1/info", ""), 0);
}

static const char *metrics(void)
{
	reply_done(&reply);
	routes_handle(&world.facts, &(struct request){ .path = "/metrics",
		      .authorized = true }, &reply);
	return reply.body.text;
}

/* ENDPOINT.KEY is a key of that endpoint, or a kind of event. */
static void must_exist(const char *name)
{
	const char *point = strchr(name, '.'), *parameters = "";
	char path[64];

	assert_non_null(point);
	snprintf(path, sizeof(path), "/api/v1/%.*s", (int)(point - name),
		 name);
	if (strcmp(point + 1, "oom_killed") == 0) {
		assert_string_equal(path, "/api/v1/events");
		parameters = "kind=oom_killed";
	} else if (strcmp(point + 1, "exit_code") == 0) {
		assert_string_equal(path, "/api/v1/containers/ended");
		return;
	}
	if (strstr(path, "/past")) {
		store_sync(world.store);
		parameters = "at=1700000101000";
	} else if (strcmp(path, "/api/v1/commands/series") == 0) {
		store_sync(world.store);
		parameters = "from=1700000100000&to=1700000101000";
	}
	rows_of(path, parameters);
	if (strcmp(point + 1, "oom_killed") != 0 &&
	    !json_object_get(json_array_get(json_object_get(answer, "rows"),
					    0), point + 1))
		fail_msg("no key of %s: %s", path, point + 1);
}

static void must_all_exist(const char *list)
{
	char *copy = strdup(list), *rest = copy, *name, sample[128];

	while ((name = strsep(&rest, ","))) {
		must_exist(name);
		snprintf(sample, sizeof(sample),
			 "\ncontmon_source_unknown{name=\"%s\"} 1\n", name);
		assert_contains(metrics(), sample);
	}
	free(copy);
}

static void test_what_the_source_cannot_know(void **state)
{
	const struct contmon_get_info procfs = { .release = "procfs" };
	char list[1024];

	(void)state;
	assert_true(json_is_null(json_object_get(info(), "source_unknown")));
	assert_null(strstr(metrics(), "contmon_source_unknown"));
	status_opened(&world.status, CONTMON_SOURCE_PROCFS, &procfs, "no");
	snprintf(list, sizeof(list), "%s", text_at(info(), "source_unknown"));
	assert_contains(text_at(info(), "source_lacks"), "OOM kills");
	assert_contains(list, ",commands.cpu_exited_cores,");
	assert_null(strstr(list, "system."));
	must_all_exist(list);
	world.now.hides_tasks = world.now.hides_cgroups = true;
	snprintf(list, sizeof(list), "%s", text_at(info(), "source_unknown"));
	assert_contains(list, ",system.processes,");
	assert_contains(list, ",system.containers");
	must_all_exist(list);
	world.status.source = NULL;
	world.now.hides_tasks = world.now.hides_cgroups = false;
	assert_true(json_is_null(json_object_get(info(), "source_unknown")));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_keys),
		TEST(test_without_a_device),
		TEST(test_what_the_source_cannot_know),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
