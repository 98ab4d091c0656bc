// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/api.h"

static void test_series(void **state)
{
	static const char *const keys[] = { "t", "container", "v" };
	static const char *const meta_keys[] = {
		"metric", "unit", "counter", "from", "to", "step_ms",
		"step_widened", "resolution_ms", "truncated",
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

#define PAST "&from=1700000000000&to=1700000200000"

/* Rows of several metrics have what each of them has alone. */
static void must_be_each(const char *const *names, size_t nr, const char *more)
{
	char parameters[1000] = "metric=";
	json_t *together, *alone;
	size_t i, j;

	for (i = 0; i < nr; i++)
		snprintf(parameters + strlen(parameters),
			 sizeof(parameters) - strlen(parameters), "%s%s",
			 i > 0 ? "," : "", names[i]);
	strncat(parameters, more, sizeof(parameters) - strlen(parameters) - 1);
	together = json_incref(rows_of("/api/v1/series", parameters));
	assert_true(json_array_size(together) > 0);
	for (i = 0; i < nr; i++) {
		snprintf(parameters, sizeof(parameters), "metric=%s%s",
			 names[i], more);
		alone = rows_of("/api/v1/series", parameters);
		assert_int_equal(json_array_size(alone),
				 json_array_size(together));
		for (j = 0; j < json_array_size(alone); j++) {
			json_t *one = json_array_get(alone, j);
			json_t *all = json_array_get(together, j);

			assert_true(json_equal(json_object_get(one, "t"),
					       json_object_get(all, "t")));
			assert_true(json_equal(
				json_object_get(one, "container"),
				json_object_get(all, "container")));
			assert_true(json_equal(json_object_get(one, "v"),
					       json_object_get(all, names[i])));
		}
	}
	json_decref(together);
}

static void test_several_metrics(void **state)
{
	static const char *const own[] = {
		"read_bytes_per_second", "cpu_seconds_per_second",
		"cpu_seconds_total", "cpu_cores", "memory_limit_percent",
	};
	static const char *const host[] = {
		"system_ram_used_percent", "system_oom_kills_per_second",
	};
	static const char *const keys[] = {
		"t", "container", "processes", "cpu_cores",
	};
	static const char *const one[] = { "t", "container", "v" };

	(void)state;
	must_be_each(own, COUNT(own), PAST);
	must_be_each(own, COUNT(own), PAST "&aggregate=max&container=web");
	must_be_each(own, COUNT(own), PAST "&step=300000");
	must_be_each(host, COUNT(host), PAST);
	must_have_keys(rows_of("/api/v1/series", "metric=processes,cpu_cores"
			       "&metric=processes" PAST), keys, COUNT(keys));
	must_have_keys(rows_of("/api/v1/series",
			       "metric=processes,processes" PAST),
		       one, COUNT(one));
}

static void test_meta_of_several_metrics(void **state)
{
	json_t *meta;

	(void)state;
	rows_of("/api/v1/series", "metric=cpu_cores,processes_running,"
		"cpu_cores,cpu_seconds_total");
	meta = json_object_get(answer, "meta");
	assert_int_equal(json_object_size(meta), 9);
	assert_string_equal(text_at(meta, "metric"),
			    "cpu_cores,processes_running,cpu_seconds_total");
	assert_true(json_is_null(json_object_get(meta, "unit")));
	assert_true(json_is_null(json_object_get(meta, "counter")));
	rows_of("/api/v1/series", "metric=read_bytes_total,write_bytes_total");
	meta = json_object_get(answer, "meta");
	assert_string_equal(text_at(meta, "unit"), "bytes");
	assert_true(json_is_true(json_object_get(meta, "counter")));
	rows_of("/api/v1/series",
		"metric=read_bytes_per_second,write_bytes_per_second");
	meta = json_object_get(answer, "meta");
	assert_string_equal(text_at(meta, "unit"), "bytes_per_second");
	assert_true(json_is_false(json_object_get(meta, "counter")));
}

#define SIXTEEN \
	"metric=network_receive_bytes_total,network_transmit_bytes_total," \
	"network_receive_packets_total,network_transmit_packets_total," \
	"network_receive_errors_total,network_transmit_errors_total," \
	"network_receive_drops_total,network_transmit_drops_total," \
	"psi_cpu_some_seconds_total,psi_cpu_full_seconds_total," \
	"psi_io_some_seconds_total,psi_io_full_seconds_total," \
	"psi_memory_some_seconds_total,psi_memory_full_seconds_total," \
	"read_bytes_total,write_bytes_total"

static void must_refuse(const char *parameters, int status, const char *why)
{
	assert_int_equal(get("/api/v1/series", parameters), status);
	assert_string_equal(text_at(answer, "error"), why);
}

static void test_several_metrics_refused(void **state)
{
	(void)state;
	must_refuse("metric=cpu_cores,nope", 404, "no such metric: nope");
	must_refuse("metric=cpu_cores,", 404, "no such metric: ");
	must_refuse("metric=cpu_cores,memory_faults_total", 404,
		    "no past is kept of this metric: memory_faults_total");
	must_refuse("metric=read_bytes_total,cpu_cores&device=sda", 404,
		    "no such metric of devices: cpu_cores");
	must_refuse("metric=cpu_cores,system_load1", 400,
		    "metric: not both of the host and of containers");
	must_refuse("metric=system_load1,cpu_cores", 400,
		    "metric: not both of the host and of containers");
	must_refuse("metric=cpu_cores,processes&aggregate=min,max", 400,
		    "aggregate: only one of several metrics");
	assert_int_equal(get("/api/v1/series", SIXTEEN ",processes"), 400);
	assert_string_equal(text_at(answer, "error"), "metric: more than 16");
	assert_int_equal(get("/api/v1/series", SIXTEEN ",read_bytes_total"),
			 200);
}

#define MANY_MS 1700001000000
#define NR_MANY 500
#define MANY_SECONDS 120

/* So many containers ran for two minutes. */
static void record_many(void)
{
	static struct container_row rows[NR_MANY];
	static struct store_container containers[NR_MANY];
	static char names[NR_MANY][16];
	static const struct system_row system;
	size_t i, second;

	for (i = 0; i < NR_MANY; i++) {
		container_row_init(&rows[i]);
		snprintf(names[i], sizeof(names[i]), "many-%zu", i);
		rows[i].container = rows[i].id = rows[i].cgroup = names[i];
		rows[i].processes = (double)i;
		containers[i] = (struct store_container){
			.cgroup_id = 1000 + i,
			.row = &rows[i],
			.is_named = true,
		};
	}
	for (second = 0; second < MANY_SECONDS; second++) {
		const struct store_tick tick = {
			.t_ms = MANY_MS + (int64_t)second * 1000,
			.boottime_ns = (1000 + second) * SECOND_NS,
			.system = &system,
			.containers = containers,
			.nr_containers = NR_MANY,
		};

		assert_int_equal(store_tick(world.store, &tick), 0);
	}
	store_sync(world.store);
}

/* All of them, from the first step; the range ends with the last. */
static void must_be_whole(int range_seconds, const char *more, size_t nr,
			  double step_ms)
{
	const long long end_ms = MANY_MS + MANY_SECONDS * 1000;
	char parameters[2000];
	json_t *meta, *rows;

	snprintf(parameters, sizeof(parameters), "metric=processes&from=%lld"
		 "&to=%lld%s", end_ms - range_seconds * 1000LL, end_ms - 1,
		 more);
	rows = rows_of("/api/v1/series", parameters);
	meta = json_object_get(answer, "meta");
	assert_false(json_is_true(json_object_get(meta, "truncated")));
	assert_int_equal(json_is_true(json_object_get(meta, "step_widened")),
			 step_ms > 1000);
	assert_near(number_at(meta, "step_ms"), step_ms, 0);
	assert_int_equal(json_array_size(rows),
			 nr * (size_t)(MANY_SECONDS * 1000 / step_ms));
	assert_near(number_at(json_array_get(rows, 0), "t"), MANY_MS, 0);
	assert_near(number_at(json_array_get(rows, json_array_size(rows) - 1),
			      "t"), (double)end_ms - step_ms, 0);
}

/* The two that run now say nothing of the 500 that did. */
static void test_many_containers_that_ended(void **state)
{
	static const char one[] = "&container=many-7";
	char list[1000] = "&container=";
	size_t i, length = strlen(list);

	(void)state;
	record_many();
	must_be_whole(MANY_SECONDS, "", NR_MANY, 2000);
	must_be_whole(MANY_SECONDS, "&metric=threads", NR_MANY, 5000);
	must_be_whole(900, "", NR_MANY, 10000);
	must_be_whole(900, one, 1, 1000);
	for (i = 0; i < 60; i++)
		length += (size_t)snprintf(list + length, sizeof(list) - length,
					   "%smany-%zu", i > 0 ? "," : "", i);
	must_be_whole(900, list, 60, 2000);
	/* The step of a request is not changed. */
	assert_in_range(json_array_size(rows_of("/api/v1/series",
		"metric=processes&step=1000&from=1700000000000"
		"&to=1800000000000")), 49501, 50000);
	assert_true(json_is_true(json_object_get(json_object_get(answer,
		"meta"), "truncated")));
	assert_true(json_is_false(json_object_get(json_object_get(answer,
		"meta"), "step_widened")));
	assert_in_range(json_array_size(rows_of("/api/v1/series",
		"metric=processes,threads&step=1000&from=1700000000000"
		"&to=1800000000000")), 24501, 25000);
}

#define ONCE_MS 1700100000000
#define NR_ONCE 3126	/* 16 metrics have 3125 rows. */
#define ONCE "from=1700100001000&to=1700100091000"

/* So many containers were sampled once. */
static void record_once(void)
{
	static struct container_row rows[NR_ONCE];
	static struct store_container containers[NR_ONCE];
	static char names[NR_ONCE][16];
	static const struct system_row system;
	const struct store_tick tick = {
		.t_ms = ONCE_MS + 60000,
		.boottime_ns = 90000 * SECOND_NS,
		.system = &system,
		.containers = containers,
		.nr_containers = NR_ONCE,
	};
	size_t i;

	for (i = 0; i < NR_ONCE; i++) {
		container_row_init(&rows[i]);
		snprintf(names[i], sizeof(names[i]), "once-%zu", i);
		rows[i].container = rows[i].id = rows[i].cgroup = names[i];
		containers[i] = (struct store_container){
			.cgroup_id = 10000 + i,
			.row = &rows[i],
			.is_named = true,
		};
	}
	assert_int_equal(store_tick(world.store, &tick), 0);
	store_sync(world.store);
}

static void test_more_containers_than_rows(void **state)
{
	static const char why[] = "metric: more than 3125 containers in one "
		"step; ask for fewer containers or metrics";

	(void)state;
	record_once();
	must_refuse(SIXTEEN "&step=1000&" ONCE, 400, why);
	must_refuse(SIXTEEN "&" ONCE, 400, why);
	assert_int_equal(json_array_size(rows_of("/api/v1/series",
		"metric=read_bytes_total,write_bytes_total&" ONCE)), NR_ONCE);
	assert_int_equal(json_array_size(rows_of("/api/v1/series", SIXTEEN
		"&container=once-7&" ONCE)), 1);
}

/* The step is never so wide that none begins in the range. */
static void test_as_many_containers_as_rows(void **state)
{
	static char parameters[20000];
	size_t i, length;

	(void)state;
	record_once();
	length = (size_t)snprintf(parameters, sizeof(parameters), SIXTEEN
				  "&" ONCE
				  "&container=once-7");
	for (i = 0; i < 1600; i++)
		length += (size_t)snprintf(parameters + length,
					   sizeof(parameters) - length,
					   ",once-%zu", i);
	assert_int_equal(json_array_size(rows_of("/api/v1/series",
						 parameters)), 1600);
	assert_near(number_at(json_object_get(answer, "meta"), "step_ms"),
		    60000, 0);
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
		TEST(test_several_metrics),
		TEST(test_meta_of_several_metrics),
		TEST(test_several_metrics_refused),
		TEST(test_many_containers_that_ended),
		TEST(test_more_containers_than_rows),
		TEST(test_as_many_containers_as_rows),
		TEST(test_counters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
