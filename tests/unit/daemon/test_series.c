// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/api.h"

static void test_series(void **state)
{
	static const char *const keys[] = { "t", "container", "v" };
	static const char *const meta_keys[] = {
		"metric", "unit", "counter", "from", "to", "step_ms",
		"resolution_ms", "truncated",
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

/* Of a total, unless there is a rate of that name */
static void test_series_of_gains(void **state)
{
	const char *range = "&from=1700000000000&to=1700000200000";
	char query[128];

	(void)state;
	snprintf(query, sizeof(query), "metric=cpu_seconds_per_second%s",
		 range);
	assert_near(number_at(json_array_get(rows_of("/api/v1/series", query),
					     2), "v"), 2, 0);
	assert_string_equal(text_at(json_object_get(answer, "meta"), "unit"),
			    "count");
	rows_of("/api/v1/series", "metric=network_receive_packets_per_second");
	rows_of("/api/v1/series", "metric=system_oom_kills_per_second");
	rows_of("/api/v1/series", "metric=read_bytes_per_second");
	assert_string_equal(text_at(json_object_get(answer, "meta"), "unit"),
			    "bytes_per_second");
	assert_int_equal(get("/api/v1/series", "metric=memory_faults_"
			     "per_second"), 404);
	assert_int_equal(get("/api/v1/series", "metric=processes_per_second"),
			 404);
	assert_int_equal(get("/api/v1/series", "metric=_per_second"), 404);
	assert_int_equal(get("/api/v1/series", "metric=cpu_seconds_per_second"
			     "&device=sda"), 404);
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
	/* Without a step, one is chosen with which all rows fit. */
	rows_of("/api/v1/series", "metric=cpu_cores&from=1700000000000"
		"&to=1707776000000");
	meta = json_object_get(answer, "meta");
	assert_near(number_at(meta, "step_ms"), 600000, 0);
	assert_int_equal(json_array_size(rows_of("/api/v1/series",
		"metric=cpu_cores&aggregate=max&from=1700000000000"
		"&to=1700000200000")), 4);
	assert_int_equal(get("/api/v1/series", "metric=cpu_cores&aggregate=x"),
			 400);
	assert_int_equal(get("/api/v1/series", ""), 400);
	assert_int_equal(get("/api/v1/series", "metric="), 400);
	assert_int_equal(get("/api/v1/series", "metric=x"), 404);
	assert_int_equal(get("/api/v1/series", "metric=image"), 404);
	assert_int_equal(get("/api/v1/series", "metric=memory_faults_total"),
			 404);
	assert_string_equal(text_at(answer, "error"), "no past is kept of "
			    "this metric: memory_faults_total");
	assert_int_equal(get("/api/v1/series", "metric=created_ms"), 404);
	assert_int_equal(get("/api/v1/series", "metric=system_x"), 404);
	assert_int_equal(get("/api/v1/series", "metric=system_t"), 404);
	assert_int_equal(get("/api/v1/series", "device=sda&metric=cpu_cores"),
			 404);
	assert_string_equal(text_at(answer, "error"), "no such metric of "
			    "devices: cpu_cores");
	assert_int_equal(get("/api/v1/series", "device=sda&"
			     "metric=discard_ops_total"), 404);
	assert_string_equal(text_at(answer, "error"), "no past is kept of "
			    "this metric: discard_ops_total");
	assert_int_equal(json_array_size(rows_of("/api/v1/series",
		"device=sda&metric=read_bytes_total")), 0);
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

/* Everything of a step in one answer */
static void test_several_aggregates(void **state)
{
	static const char *const all[] = { "t", "container", "min", "mean",
					   "max" };
	static const char *const two[] = { "t", "container", "min", "max" };
	static const char *const one[] = { "t", "container", "v" };
	const char *const range = "metric=system_ram_used_percent&from=0"
				  "&to=1700000200000&step=10000";
	char parameters[200];
	json_t *row, *rows;

	(void)state;
	snprintf(parameters, sizeof(parameters),
		 "%s&aggregate=max,mean&aggregate=min", range);
	rows = rows_of("/api/v1/series", parameters);
	must_have_keys(rows, all, COUNT(all));
	row = json_array_get(rows, 0);
	assert_near(number_at(row, "min"), 25, 0);
	assert_near(number_at(row, "mean"), 25, 0);
	assert_near(number_at(row, "max"), 25, 0);
	snprintf(parameters, sizeof(parameters), "%s&aggregate=max,min",
		 range);
	must_have_keys(rows_of("/api/v1/series", parameters), two, COUNT(two));
	snprintf(parameters, sizeof(parameters), "%s&aggregate=max,max",
		 range);
	must_have_keys(rows_of("/api/v1/series", parameters), one, COUNT(one));
	assert_int_equal(get("/api/v1/series",
			     "metric=cpu_cores&aggregate=min,avg"), 400);
	assert_string_equal(text_at(answer, "error"),
			    "aggregate: not mean, min or max: avg");
}

static void must_count(const char *metric, bool is_counter)
{
	char parameters[100];

	snprintf(parameters, sizeof(parameters), "metric=%s", metric);
	rows_of("/api/v1/series", parameters);
	assert_int_equal(json_is_true(json_object_get(
		json_object_get(answer, "meta"), "counter")), is_counter);
}

static void test_counters(void **state)
{
	json_t *rows = rows_of("/api/v1/series", "metric=read_bytes_per_second"
			       "&container=web&from=1700000000000"
			       "&to=1700000200000&aggregate=mean,max");

	(void)state;
	assert_int_equal(json_array_size(rows), 2);
	assert_true(json_is_null(json_object_get(json_array_get(rows, 0),
						 "mean")));
	assert_near(number_at(json_array_get(rows, 1), "mean"), 4096, 0);
	assert_near(number_at(json_array_get(rows, 1), "max"), 4096, 0);
	must_count("read_bytes_total", true);
	must_count("system_oom_kills_total", true);
	must_count("system_oom_kills_per_second", false);
	must_count("cpu_cores", false);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_series),
		TEST(test_series_of_the_host),
		TEST(test_series_of_gains),
		TEST(test_series_parameters),
		TEST(test_several_aggregates),
		TEST(test_counters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
