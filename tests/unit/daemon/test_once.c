// SPDX-License-Identifier: GPL-2.0-only
/*
 * contmond --once, on a fake host
 *
 * wrap: contmon_reuse contmon_limits_update
 * wrap: contmon_open contmon_source contmon_close contmon_get_info
 * wrap: contmon_snapshot_tasks contmon_snapshot_cgroups contmon_get_system
 * wrap: contmon_paths_new contmon_paths_free contmon_paths_root
 * wrap: contmon_paths_find contmon_paths_keep contmon_limits_new
 * wrap: contmon_limits_get contmon_limits_free contmon_events_open
 * wrap: contmon_events_close contmon_events_fd contmon_events_next
 * wrap: contmon_has_cgroup1 contmon_identify_process
 */
#include "tests/unit/fake_host.h"

#include <jansson.h>

#include "contmond/once.h"
#include "tests/unit/capture.h"

static int setup(void **state)
{
	assert_int_equal(make_directory(state), 0);
	fill_host();
	return 0;
}

static int teardown(void **state)
{
	assert_int_equal(host.nr_open, 0);
	return remove_directory(state);
}

static char printed[1 << 16];

/* Its output is in @printed. */
static int run_once(bool json)
{
	FILE *file;
	int saved = capture_begin(stdout, &file), r = once_run(json);

	capture_end(stdout, saved, file, printed, sizeof(printed));
	return r;
}

static size_t nr_rows(const json_t *all, const char *name)
{
	return json_array_size(json_object_get(json_object_get(all, name),
					       "rows"));
}

static void test_json(void **state)
{
	json_t *all, *row;

	(void)state;
	assert_int_equal(run_once(true), 0);
	all = json_loads(printed, 0, NULL);
	assert_non_null(all);
	assert_int_equal(json_object_size(all), 4);
	assert_int_equal(nr_rows(all, "health"), 1);
	assert_int_equal(nr_rows(all, "system"), 1);
	assert_int_equal(nr_rows(all, "containers"), 2);
	assert_int_equal(nr_rows(all, "processes"), 5);
	/* Two samples, so there are rates. */
	row = json_array_get(json_object_get(json_object_get(all,
		"containers"), "rows"), 0);
	assert_true(json_is_number(json_object_get(row, "cpu_cores")));
	json_decref(all);
}

static void test_tables(void **state)
{
	(void)state;
	assert_int_equal(run_once(false), 0);
	assert_contains(printed, "2 containers (source: driver)\n");
	assert_contains(printed, "\naaaaaaaaaaaa   ");
	assert_contains(printed, "\nPROCESS   ");
}

static void test_one_is_not_many(void **state)
{
	(void)state;
	host.nr_tasks = 1;
	assert_int_equal(run_once(false), 0);
	assert_contains(printed, " MiB used; 1 process, 2 containers (");
}

/* Process 1 is not visible. */
static void test_unknown_is_a_dash(void **state)
{
	(void)state;
	host.source = CONTMON_SOURCE_PROCFS;
	host.tasks[0].pid = host.tasks[0].tgid = 2;
	assert_int_equal(run_once(false), 0);
	assert_contains(printed, " MiB used; - processes, 2 containers (");
}

/* No hierarchy is mounted. */
static void test_no_cgroups(void **state)
{
	json_t *all, *row;

	(void)state;
	host.is_v2_missing = true;
	assert_int_equal(run_once(false), 0);
	assert_contains(printed, " MiB used; 5 processes, - containers (");
	assert_int_equal(run_once(true), 0);
	all = json_loads(printed, 0, NULL);
	assert_int_equal(nr_rows(all, "containers"), 0);
	assert_int_equal(nr_rows(all, "processes"), 5);
	row = json_array_get(json_object_get(json_object_get(all,
		"processes"), "rows"), 0);
	assert_true(json_is_null(json_object_get(row, "container")));
	json_decref(all);
}

/* An ordinary user where the driver is loaded */
static void test_no_right_to_the_device(void **state)
{
	static const char why[] = "/dev/contmon: Permission denied; contmond's "
				  "user must be in the device's group";
	json_t *all, *row;

	(void)state;
	host.open_error = -EACCES;
	assert_int_equal(run_once(false), 0);
	assert_contains(printed, "2 containers (source: procfs)\n"
				 "why procfs: ");
	assert_contains(printed, why);
	assert_int_equal(run_once(true), 0);
	all = json_loads(printed, 0, NULL);
	row = json_array_get(json_object_get(json_object_get(all, "health"),
					     "rows"), 0);
	assert_string_equal(json_string_value(json_object_get(row, "source")),
			    "procfs");
	assert_string_equal(json_string_value(json_object_get(row,
		"source_reason")), why);
	assert_true(json_is_string(json_object_get(row, "source_lacks")));
	assert_int_equal(nr_rows(all, "containers"), 2);
	json_decref(all);
}

static void test_no_source(void **state)
{
	(void)state;
	host.open_error = -ENOENT;	/* and no procfs */
	assert_int_equal(run_once(true), -EIO);
	assert_string_equal(printed, "");
}

static void test_wrong_source(void **state)
{
	static char log[4096];
	FILE *file;
	int saved;

	(void)state;
	host.open_error = -EINVAL;
	setenv("CONTMON_SOURCE", "foo", 1);
	saved = capture_begin(stderr, &file);
	assert_int_equal(run_once(false), -EIO);
	capture_end(stderr, saved, file, log, sizeof(log));
	unsetenv("CONTMON_SOURCE");
	assert_contains(log, "no samples: CONTMON_SOURCE: \"foo\" is neither "
			     "driver nor procfs\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_json),
		TEST(test_tables),
		TEST(test_one_is_not_many),
		TEST(test_unknown_is_a_dash),
		TEST(test_no_cgroups),
		TEST(test_no_right_to_the_device),
		TEST(test_no_source),
		TEST(test_wrong_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
