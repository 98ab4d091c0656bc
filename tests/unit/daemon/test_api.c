// SPDX-License-Identifier: GPL-2.0-only
/*
 * The contract of contmond/API.md: keys, parameters, statuses. What is written
 * is read with another library.
 */
#include "tests/unit/world.h"

#include <jansson.h>

#include "contmond/serve/request.h"

static struct world world;
static struct reply reply;
static json_t *answer;

static int setup(void **state)
{
	(void)state;
	world_init(&world);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	json_decref(answer);
	answer = NULL;
	reply_done(&reply);
	world_done(&world);
	return 0;
}

/* Ask for a path with the parameters "key=value&key=value". */
static unsigned int get(const char *path, const char *parameters)
{
	struct request request = { .path = path, .authorized = true };
	char *copy = strdup(parameters), *rest = copy, *word;

	while ((word = strsep(&rest, "&"))) {
		char *value = strchr(word, '=');

		if (!value)
			continue;
		*value++ = '\0';
		assert_int_equal(request_add(&request, word, value), 0);
	}
	reply_done(&reply);
	json_decref(answer);
	api_handle(&world.facts, &request, &reply);
	request_done(&request);
	free(copy);
	assert_false(reply.body.failed);
	assert_string_equal(reply.content_type, "application/json");
	answer = json_loadb(reply.body.text, reply.body.length, 0, NULL);
	assert_non_null(answer);
	return reply.status;
}

static json_t *rows_of(const char *path, const char *parameters)
{
	json_t *rows;

	assert_int_equal(get(path, parameters), 200);
	rows = json_object_get(answer, "rows");
	assert_true(json_is_array(rows));
	assert_true(json_is_object(json_object_get(answer, "meta")));
	assert_true(json_is_boolean(json_object_get(
		json_object_get(answer, "meta"), "truncated")));
	return rows;
}

static const char *text_at(const json_t *row, const char *key)
{
	return json_string_value(json_object_get(row, key));
}

static double number_at(const json_t *row, const char *key)
{
	const json_t *number = json_object_get(row, key);

	assert_true(json_is_number(number));
	return json_number_value(number);
}

/* The rows have these keys, all of them and no others, and are flat. */
static void must_have_keys(const json_t *rows, const char *const *keys,
			   size_t nr)
{
	json_t *row, *value;
	const char *key;
	size_t i, j;

	assert_true(json_array_size(rows) > 0);
	json_array_foreach(rows, i, row) {
		assert_int_equal(json_object_size(row), nr);
		for (j = 0; j < nr; j++) {
			if (!json_object_get(row, keys[j]))
				fail_msg("no key %s", keys[j]);
		}
		json_object_foreach(row, key, value) {
			assert_false(json_is_object(value) ||
				     json_is_array(value));
			assert_int_equal(strspn(key, "abcdefghijklmnopqrstuvwxy"
						"z0123456789_"), strlen(key));
		}
	}
}

static const char *const health_keys[] = {
	"status", "reason", "source", "engine", "last_sample_ms",
	"samples_total", "samples_missed_total", "uptime_seconds",
};

static const char *const info_keys[] = {
	"version", "api_version", "driver_release", "driver_api_version",
	"host", "kernel", "boot_id", "nr_cpus", "interval_ms",
	"history_seconds",
};

static const char *const container_keys[] = {
	"t", "container", "id", "short_id", "runtime", "pod", "image",
	"command", "created_ms", "uptime_seconds", "cgroup", "state",
	"state_code", "cpu_cores", "cpu_percent", "cpu_seconds_total",
	"cpu_user_seconds_total", "cpu_system_seconds_total",
	"cpu_throttled_seconds_total", "memory_current_bytes",
	"memory_peak_bytes", "memory_limit_bytes", "memory_limit_percent",
	"memory_working_set_bytes", "memory_anon_bytes", "memory_file_bytes",
	"memory_shmem_bytes", "memory_kernel_bytes", "swap_current_bytes",
	"rss_sum_bytes", "vsz_sum_bytes", "oom_kills_total", "processes",
	"threads", "processes_running", "processes_sleeping",
	"processes_uninterruptible", "processes_stopped", "processes_zombie",
	"read_bytes_total", "write_bytes_total", "read_ops_total",
	"write_ops_total", "read_bytes_per_second", "write_bytes_per_second",
	"minor_faults", "major_faults",
};

static const char *const process_keys[] = {
	"t", "pid", "ppid", "start_ms", "comm", "state", "container",
	"container_id", "uid", "nice", "threads", "cpu_cores", "cpu_percent",
	"cpu_seconds_total", "cpu_user_seconds_total",
	"cpu_system_seconds_total", "vsz_bytes", "rss_bytes",
	"rss_anon_bytes", "rss_file_bytes", "rss_shmem_bytes", "swap_bytes",
	"rss_percent_of_vsz", "rss_percent_of_ram", "minor_faults",
	"major_faults", "read_bytes_total", "write_bytes_total", "oom_score",
	"oom_score_adj",
};

static const char *const system_keys[] = {
	"t", "nr_cpus", "cpu_percent", "cpu_user_percent", "cpu_nice_percent",
	"cpu_system_percent", "cpu_iowait_percent", "cpu_irq_percent",
	"cpu_softirq_percent", "cpu_steal_percent", "cpu_idle_percent",
	"load1", "load5", "load15", "ram_total_bytes", "ram_free_bytes",
	"ram_available_bytes", "ram_used_bytes", "ram_used_percent",
	"swap_total_bytes", "swap_used_bytes", "reserved_bytes",
	"committed_bytes", "processes", "threads", "processes_running",
	"processes_sleeping", "processes_uninterruptible",
	"processes_stopped", "processes_zombie", "containers",
};

static void test_keys(void **state)
{
	(void)state;
	must_have_keys(rows_of("/api/v1/health", ""), health_keys,
		       COUNT(health_keys));
	must_have_keys(rows_of("/api/v1/info", ""), info_keys,
		       COUNT(info_keys));
	must_have_keys(rows_of("/api/v1/containers", ""), container_keys,
		       COUNT(container_keys));
	must_have_keys(rows_of("/api/v1/processes", ""), process_keys,
		       COUNT(process_keys));
	must_have_keys(rows_of("/api/v1/system", ""), system_keys,
		       COUNT(system_keys));
}

static void test_health(void **state)
{
	json_t *row = json_array_get(rows_of("/api/v1/health", ""), 0);

	(void)state;
	assert_string_equal(text_at(row, "status"), "ok");
	assert_string_equal(text_at(row, "source"), "driver");
	assert_string_equal(text_at(row, "engine"), "disconnected");
	assert_true(json_is_null(json_object_get(row, "reason")));
	world.status.samples_total = 0;
	world.status.last_sample_ms = 0;
	row = json_array_get(rows_of("/api/v1/health", ""), 0);
	assert_string_equal(text_at(row, "status"), "starting");
	assert_true(json_is_null(json_object_get(row, "last_sample_ms")));
	strcpy(world.status.reason, "it is \"gone\"");
	world.status.device_open = false;
	world.status.engine_connected = true;
	row = json_array_get(rows_of("/api/v1/health", ""), 0);
	assert_string_equal(text_at(row, "status"), "degraded");
	assert_string_equal(text_at(row, "reason"), "it is \"gone\"");
	assert_true(json_is_null(json_object_get(row, "source")));
	assert_string_equal(text_at(row, "engine"), "connected");
	row = json_array_get(rows_of("/api/v1/info", ""), 0);
	assert_true(json_is_null(json_object_get(row, "driver_release")));
	assert_true(json_is_null(json_object_get(row, "nr_cpus")));
}

static void test_containers(void **state)
{
	json_t *rows = rows_of("/api/v1/containers", "");
	json_t *row = json_array_get(rows, 1);

	(void)state;
	assert_int_equal(json_array_size(rows), 2);
	assert_string_equal(text_at(json_array_get(rows, 0), "container"),
			    "db");
	assert_string_equal(text_at(row, "container"), "web");
	assert_string_equal(text_at(row, "id"), ID64("a"));
	assert_string_equal(text_at(row, "short_id"), "aaaaaaaaaaaa");
	assert_string_equal(text_at(row, "runtime"), "docker");
	assert_string_equal(text_at(row, "image"), "image:1");
	assert_true(json_is_null(json_object_get(row, "pod")));
	assert_true(json_is_null(json_object_get(row, "memory_limit_bytes")));
	assert_near(number_at(row, "t"), 1700000101000.0, 0);
	assert_near(number_at(row, "cpu_cores"), 0.5, 0);
}

static void test_container_filters(void **state)
{
	static const struct {
		const char *parameters;
		size_t nr;
	} cases[] = {
		{ "container=web", 1 },	{ "container=web,db", 2 },
		{ "container=" ID64("a"), 1 },
		{ "container=aaaaaaaaaaaa", 1 }, { "container=aaaa", 0 },
		{ "container=*", 2 },	{ "container=", 2 },
		{ "container=nobody", 0 }, { "nonsense=1", 2 },
		{ "container=web&container=db", 2 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		assert_int_equal(json_array_size(
			rows_of("/api/v1/containers", cases[i].parameters)),
			cases[i].nr);
}

static void test_cgroup_fields(void **state)
{
	static const char *const keys[] = { "container", "cpu_cores" };
	static const char *const metric_keys[] = { "container", "v" };
	json_t *rows;

	(void)state;
	must_have_keys(rows_of("/api/v1/containers",
			       "fields=cpu_cores,container"), keys,
		       COUNT(keys));
	assert_int_equal(get("/api/v1/containers", "fields=cpu_cores,x"), 400);
	assert_string_equal(text_at(answer, "error"),
			    "fields: no such key: x");
	rows = rows_of("/api/v1/containers", "metric=cpu_cores");
	must_have_keys(rows, metric_keys, COUNT(metric_keys));
	assert_near(number_at(json_array_get(rows, 0), "v"), 2, 0);
	assert_int_equal(get("/api/v1/containers", "metric=x"), 404);
	assert_int_equal(get("/api/v1/containers", "metric=image"), 404);
}

static void test_processes(void **state)
{
	json_t *rows = rows_of("/api/v1/processes", "");
	json_t *row = json_array_get(rows, 0);

	(void)state;
	assert_int_equal(json_array_size(rows), 4);
	assert_near(number_at(row, "pid"), 20, 0);
	assert_string_equal(text_at(row, "container"), "db");
	assert_string_equal(text_at(row, "container_id"), ID64("b"));
	row = json_array_get(rows, 3);
	assert_near(number_at(row, "pid"), 30, 0);
	assert_true(json_is_null(json_object_get(row, "cpu_cores")));
	assert_true(json_is_null(json_object_get(row, "container")));
}

static void test_process_filters(void **state)
{
	static const struct {
		const char *parameters;
		size_t nr;
	} cases[] = {
		{ "container=web", 1 },	{ "container=host", 1 },
		{ "container=host,db", 2 }, { "container=bbbbbbbbbbbb", 1 },
		{ "container=" ID64("b"), 1 }, { "container=x", 0 },
		{ "pid=10,20,77", 2 },	{ "pid=1", 1 }, { "pid=x", 0 },
		{ "limit=2", 2 },	{ "limit=20000", 4 },
		{ "container=web&pid=10", 1 }, { "container=web&pid=20", 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++)
		assert_int_equal(json_array_size(
			rows_of("/api/v1/processes", cases[i].parameters)),
			cases[i].nr);
	rows_of("/api/v1/processes", "limit=2");
	assert_true(json_is_true(json_object_get(
		json_object_get(answer, "meta"), "truncated")));
	rows_of("/api/v1/processes", "limit=4");
	assert_false(json_is_true(json_object_get(
		json_object_get(answer, "meta"), "truncated")));
}

static void test_process_order(void **state)
{
	json_t *rows;

	(void)state;
	rows = rows_of("/api/v1/processes", "sort=pid");
	assert_near(number_at(json_array_get(rows, 0), "pid"), 30, 0);
	assert_near(number_at(json_array_get(rows, 3), "pid"), 1, 0);
	/* Equal keys: by pid, so that the answer is always the same. */
	rows = rows_of("/api/v1/processes", "sort=threads");
	assert_near(number_at(json_array_get(rows, 0), "pid"), 1, 0);
	assert_int_equal(get("/api/v1/processes", "sort=comm"), 400);
	assert_int_equal(get("/api/v1/processes", "sort=x"), 400);
	assert_int_equal(get("/api/v1/processes", "limit=0"), 400);
	assert_int_equal(get("/api/v1/processes", "limit=20001"), 400);
	assert_int_equal(get("/api/v1/processes", "limit=x"), 400);
	assert_string_equal(text_at(answer, "error"),
			    "limit: not a number from 1 to 20000: x");
}

static void test_series(void **state)
{
	static const char *const keys[] = { "t", "container", "v" };
	static const char *const meta_keys[] = {
		"metric", "unit", "from", "to", "step_ms", "truncated",
	};
	json_t *rows = rows_of("/api/v1/series",
			       "metric=cpu_cores&from=1700000000000"
			       "&to=1700000200000");
	json_t *meta = json_object_get(answer, "meta");
	size_t i;

	(void)state;
	must_have_keys(rows, keys, COUNT(keys));
	assert_int_equal(json_array_size(rows), 4);
	assert_string_equal(text_at(json_array_get(rows, 0), "container"),
			    "db");
	assert_near(number_at(json_array_get(rows, 0), "t"), 1700000100000.0,
		    0);
	assert_true(json_is_null(json_object_get(json_array_get(rows, 0),
						 "v")));
	assert_near(number_at(json_array_get(rows, 2), "v"), 2, 0);
	assert_int_equal(json_object_size(meta), COUNT(meta_keys));
	for (i = 0; i < COUNT(meta_keys); i++)
		assert_non_null(json_object_get(meta, meta_keys[i]));
	assert_string_equal(text_at(meta, "unit"), "cores");
	assert_near(number_at(meta, "step_ms"), 1000, 0);
}

static void test_series_of_the_host(void **state)
{
	json_t *rows = rows_of("/api/v1/series",
			       "metric=system_ram_used_percent&from=0"
			       "&to=1700000200000&step=10000");

	(void)state;
	assert_int_equal(json_array_size(rows), 1);
	assert_string_equal(text_at(json_array_get(rows, 0), "container"),
			    "host");
	assert_near(number_at(json_array_get(rows, 0), "v"), 25, 0);
}

static void test_series_parameters(void **state)
{
	json_t *meta;

	(void)state;
	assert_int_equal(json_array_size(rows_of("/api/v1/series",
						 "metric=cpu_cores")), 0);
	meta = json_object_get(answer, "meta");
	assert_near(number_at(meta, "to") - number_at(meta, "from"), 900000,
		    0);
	rows_of("/api/v1/series", "metric=cpu_cores&step=1");
	meta = json_object_get(answer, "meta");
	assert_near(number_at(meta, "step_ms"), 1000, 0);
	assert_int_equal(get("/api/v1/series", ""), 400);
	assert_int_equal(get("/api/v1/series", "metric="), 400);
	assert_int_equal(get("/api/v1/series", "metric=x"), 404);
	assert_int_equal(get("/api/v1/series", "metric=image"), 404);
	assert_int_equal(get("/api/v1/series", "metric=created_ms"), 404);
	assert_int_equal(get("/api/v1/series", "metric=system_x"), 404);
	assert_int_equal(get("/api/v1/series", "metric=system_t"), 404);
	assert_int_equal(get("/api/v1/series", "metric=cpu_cores&from=x"),
			 400);
	assert_int_equal(get("/api/v1/series", "metric=cpu_cores&to=-1"), 400);
	assert_int_equal(get("/api/v1/series", "metric=cpu_cores&step=1.5"),
			 400);
	assert_int_equal(get("/api/v1/series", "metric=cpu_cores&from=2&to=1"),
			 400);
	assert_int_equal(get("/api/v1/series", "metric=cpu_cores"
			     "&to=99999999999999999"), 400);
}

static void test_refusals(void **state)
{
	struct request request = { .path = "/api/v1/health" };

	(void)state;
	assert_int_equal(get("/api/v1/nope", ""), 404);
	assert_int_equal(get("/api/v1/", ""), 404);
	assert_int_equal(get("/api/v1/health/", ""), 404);
	reply_done(&reply);
	api_handle(&world.facts, &request, &reply);
	assert_int_equal(reply.status, 401);
	model_clear(&world.model);
	strcpy(world.status.reason, "no device");
	assert_int_equal(get("/api/v1/containers", ""), 503);
	assert_string_equal(text_at(answer, "error"),
			    "nothing sampled yet: no device");
	assert_int_equal(get("/api/v1/processes", ""), 503);
	assert_int_equal(get("/api/v1/system", ""), 503);
	assert_int_equal(get("/api/v1/series", "metric=cpu_cores"), 200);
	assert_int_equal(get("/api/v1/health", ""), 200);
	assert_int_equal(get("/api/v1/info", ""), 200);
}

static void test_hostile_texts(void **state)
{
	json_t *rows;

	(void)state;
	world_name(&world, ID64("a"), "a\"},{\"x\":\n\x01\\");
	assert_int_equal(model_name(&world.model, world.names), 0);
	memcpy(world.now.tasks.entries[2].comm, "\"}],\xfe\x01\\u0000", 12);
	rows = rows_of("/api/v1/containers", "");
	assert_string_equal(text_at(json_array_get(rows, 0), "container"),
			    "a\"},{\"x\":\n\x01\\");
	rows = rows_of("/api/v1/processes", "pid=20");
	assert_string_equal(text_at(json_array_get(rows, 0), "comm"),
			    "\"}],\xef\xbf\xbd\x01\\u0000");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_keys),
		TEST(test_health),
		TEST(test_containers),
		TEST(test_container_filters),
		TEST(test_cgroup_fields),
		TEST(test_processes),
		TEST(test_process_filters),
		TEST(test_process_order),
		TEST(test_series),
		TEST(test_series_of_the_host),
		TEST(test_series_parameters),
		TEST(test_refusals),
		TEST(test_hostile_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
