// SPDX-License-Identifier: GPL-2.0-only
/*
 * JSON and CSV of the commands that list rows.
 *
 * wrap: open close ioctl mmap munmap sysinfo
 * wrap: contmon_paths_new contmon_paths_find contmon_paths_free
 * wrap: contmon_paths_root stat
 * wrap: contmon_has_cgroup1 contmon_identify_process
 * wrap: contmon_limits_new contmon_limits_get contmon_limits_free
 */
#include "tests/unit/listed.h"
#include "tests/unit/json_output.h"

#include "contmon/table/output.h"

static void test_csv(void **state)
{
	(void)state;
	assert_prints("ps --csv -o pid,oom-score,vsz,rss-percent-of-vsz 1 4",
		      "pid,oom_score,vsz_bytes,rss_percent_of_vsz\n"
		      "1,0,1048576,2.34375\n4,1,1048576,2.34375\n");
	assert_prints("ps --csv --no-headings -o pid,cgroup 4 28",
		      "4,\"/a,\"\"b\"\"\\x0a\\x1b[2J\"\n28,\n");
	fake.task_known = 0;
	assert_prints("ps --csv --no-headings -o pid,vsz 4", "4,\n");
}

/* RFC 4180: a text with a quote or comma is quoted; null is not a text. */
static void test_csv_quotes(void **state)
{
	(void)state;
	strcpy(fake.comm, "a \"b\",\nc");
	assert_prints("ps --csv --no-headings -o comm 4",
		      "\"a \"\"b\"\",\\x0ac\"\n");
	fake.comm[0] = 0;
	assert_prints("ps --csv --no-headings -o comm 4", "\"\"\n");
	assert_prints("ps --csv --no-headings -o pid,comm 4", "4,\"\"\n");
	/* An empty line would not be a row. */
	fake.task_known = 0;
	assert_prints("ps --csv --no-headings -o vsz 4", "\"\"\n");
	assert_prints("ps --csv --no-headings -o vsz,oom-score 4", ",\n");
}

static int print_real(int argc, char **argv)
{
	const struct cli_options options = { .csv = argc > 1 };
	json_t *rows = json_pack("[{s:o,s:o,s:o}]",
				 "a", cli_json_real(123456789.0123456),
				 "b", cli_json_real(2.0 / 3),
				 "c", cli_json_real(5e-7));

	(void)argv;
	return cli_print_rows(rows, json_object(), &options);
}

static void test_csv_is_as_exact_as_json(void **state)
{
	(void)state;
	capture(print_real, "real csv");
	assert_string_equal(captured.out,
			    "a,b,c\n123456789.012346,0.666667,1e-06\n");
	capture(print_real, "real");
	assert_non_null(strstr(captured.out, "\"a\": 123456789.012346,"));
	assert_non_null(strstr(captured.out, "\"b\": 0.666667,"));
}

static void test_csv_of_nothing_has_keys(void **state)
{
	char keys[sizeof(captured.out)];

	(void)state;
	assert_prints("ps --csv -o pid,vsz,container --name nobody",
		      "pid,vsz_bytes,container\n");
	assert_prints("ps --csv --no-headings --name nobody", "");
	capture(cli_ps, "ps --csv 1");
	strcpy(keys, captured.out);
	strchr(keys, '\n')[1] = 0;
	assert_prints("ps --csv --name nobody", keys);

	capture(cli_containers, "containers --csv");
	strcpy(keys, captured.out);
	strchr(keys, '\n')[1] = 0;
	capture(cli_containers, "containers --csv --container nobody");
	assert_string_equal(captured.out, keys);
	assert_prints("containers --csv -o id,memory_limit_bytes "
		      "--name nobody",
		      "id,memory_limit_bytes\n");
}

static void test_csv_has_the_keys_of_json(void **state)
{
	(void)state;
	assert_int_equal(capture(cli_ps, "ps --csv 1"), 0);
	assert_ptr_equal(strstr(captured.out, "valid,pid,tgid,ppid,state,"),
			 captured.out);
	assert_non_null(strstr(captured.out, ",rootless,cgroup\n"));
	assert_non_null(strstr(captured.out, ",host,,host,,false,/\n"));
	assert_int_equal(capture(cli_containers, "containers --csv"), 0);
	assert_non_null(strstr(captured.out, ",web,web,web,lxc,,false,"));
}

static void test_json_has_only_what_was_picked(void **state)
{
	json_t *json, *row;

	(void)state;
	capture(cli_ps, "ps --json -o state,rss,container 1 4");
	json = json_loads(captured.out, 0, NULL);
	row = json_array_get(json_object_get(json, "rows"), 0);
	assert_int_equal(json_object_size(row), 3);
	assert_int_equal(json_integer_value(json_object_get(row, "rss_bytes")),
			 6 << 12);
	assert_string_equal(json_string_value(json_object_get(row, "state")),
			    "S");
	assert_int_equal(json_object_size(json_object_get(json, "meta")), 5);
	json_decref(json);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(csv),
		TEST(csv_quotes),
		TEST(csv_is_as_exact_as_json),
		TEST(csv_of_nothing_has_keys),
		TEST(csv_has_the_keys_of_json),
		TEST(json_has_only_what_was_picked),
	};

	return cmocka_run_group_tests_name("cli_output", tests, NULL, NULL);
}
