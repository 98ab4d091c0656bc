// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/api.h"

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

static void test_keys(void **state)
{
	(void)state;
	must_have_keys(rows_of("/api/v1/processes", ""), process_keys,
		       COUNT(process_keys));
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
		{ "pid=10,20,77", 2 },	{ "pid=1", 1 },
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
	/*
	 * Equal keys are sorted by pid, so that the answer is always the same.
	 */
	rows = rows_of("/api/v1/processes", "sort=threads");
	assert_near(number_at(json_array_get(rows, 0), "pid"), 1, 0);
	assert_int_equal(get("/api/v1/processes", "sort=comm"), 400);
	assert_int_equal(get("/api/v1/processes", "sort=x"), 400);
	assert_int_equal(get("/api/v1/processes", "pid=x"), 400);
	assert_int_equal(get("/api/v1/processes", "pid=10,01"), 400);
	assert_int_equal(get("/api/v1/processes", "pid=99999999999999999"),
			 400);
	assert_int_equal(get("/api/v1/processes", "limit=0"), 400);
	assert_int_equal(get("/api/v1/processes", "limit=20001"), 400);
	assert_int_equal(get("/api/v1/processes", "limit=x"), 400);
	assert_string_equal(text_at(answer, "error"),
			    "limit: not a number from 1 to 20000: x");
}

static void test_hostile_names(void **state)
{
	json_t *rows;

	(void)state;
	memcpy(world.now.tasks.entries[2].comm, "\"}],\xfe\x01\\u0000", 12);
	rows = rows_of("/api/v1/processes", "pid=20");
	assert_string_equal(text_at(json_array_get(rows, 0), "comm"),
			    "\"}],\xef\xbf\xbd\x01\\u0000");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(test_keys),
		TEST(test_processes),
		TEST(test_process_filters),
		TEST(test_process_order),
		TEST(test_hostile_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
