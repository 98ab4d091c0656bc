// SPDX-License-Identifier: GPL-2.0-only
/*
 * `contmon ps`: processes and threads, and their containers.
 *
 * wrap: open close ioctl mmap munmap sysinfo
 * wrap: contmon_paths_new contmon_paths_find contmon_paths_free
 * wrap: contmon_paths_root stat
 * wrap: contmon_has_cgroup1 contmon_identify_process
 * wrap: contmon_limits_new contmon_limits_get contmon_limits_free
 */
#include "tests/unit/fake_device.h"
#include "tests/unit/capture.h"
#include "tests/unit/fake_paths.h"
#include "tests/unit/docker_paths.h"
#include "tests/unit/json_output.h"

#include "base/util.h"
#include "contmon/commands.h"
#include "contmon/table/record.h"

static int setup(void **state)
{
	fake_paths = (struct fake_paths){
		.v = paths, .nr = ARRAY_SIZE(paths), .pid1 = 4,
		.path1 = "/docker/" A,
	};
	setenv("TERM", "xterm", 1);
	return fake_setup(state);
}

static void test_json_has_every_member(void **state)
{
	const struct cli_member *member;
	json_t *json = json_of(cli_ps, "ps --json");

	(void)state;
	for (member = cli_task_members; member->name; member++)
		row_value(json, 9, member->name);
	assert_int_equal(row_number(json, 9, "pid"), 28);
	assert_int_equal(row_number(json, 9, "oom_score"), 9);
	assert_int_equal(row_number(json, 9, "oom_score_adj"), -1000);
	assert_int_equal(row_number(json, 9, "vsz_bytes"), 1 << 20);
	assert_int_equal(row_number(json, 9, "valid"), CONTMON_TASK_ALL);
	assert_string_equal(row_text(json, 9, "state"), "S");
	assert_string_equal(row_text(json, 9, "comm"), "fake");
	assert_int_equal(meta_number(json, "processes"), 10);
	assert_int_equal(meta_number(json, "reserved_bytes"), 10 << 20);
	assert_int_equal(meta_number(json, "committed_bytes"), 10 * (6 << 12));
	assert_int_equal(meta_number(json, "taken_boottime_ns"), 1002);
	json_decref(json);
}

static void test_no_such_container(void **state)
{
	(void)state;
	assert_int_equal(capture(cli_ps, "ps --container nope"), 1);
	assert_string_equal(captured.err, "contmon: no container nope\n");
	assert_string_equal(captured.out, "");
	assert_int_equal(capture(cli_ps, "ps --container nope --json"), 1);
	assert_non_null(strstr(captured.out, "\"rows\": []"));
	/* The container exists, but has no such process. */
	assert_int_equal(capture(cli_ps, "ps --container 0123 --name nope"),
			 0);
	assert_string_equal(captured.err, "");
	assert_string_equal(captured.out, "No processes match.\n");
	capture(cli_ps, "ps --name nope --no-headings");
	assert_string_equal(captured.out, "");
	fake_paths.has_cgroup1 = true;
	fake_paths.v = NULL;
	fake_paths.nr = 0;
	assert_int_equal(capture(cli_ps, "ps --container 0123 --name nope"),
			 0);
	assert_int_equal(capture(cli_ps, "ps --container nope"), 1);
}

static void test_json_says_null_for_unknown(void **state)
{
	const struct cli_member *member;
	json_t *json;

	(void)state;
	fake.task_known = 0;
	json = json_of(cli_ps, "ps --json");
	for (member = cli_task_members; member->name; member++) {
		bool null = json_is_null(row_value(json, 0, member->name));

		assert_int_equal(null, member->group &&
				 member->group != CONTMON_TASK_BASE);
	}
	assert_row_null(json, 0, "container_id");
	assert_row_null(json, 0, "runtime");
	assert_row_null(json, 0, "cgroup");
	json_decref(json);
}

static void test_json_knows_containers(void **state)
{
	json_t *json = json_of(cli_ps, "ps --json");

	(void)state;
	assert_string_equal(row_text(json, 1, "runtime"), "host");
	assert_string_equal(row_text(json, 1, "container"), "host");
	assert_row_null(json, 1, "container_id");
	assert_row_null(json, 1, "pod");
	assert_string_equal(row_text(json, 1, "cgroup"), "/system.slice");
	assert_string_equal(row_text(json, 3, "runtime"), "docker");
	assert_string_equal(row_text(json, 3, "container_id"), A);
	assert_string_equal(row_text(json, 3, "container"), "0123456789ab");
	assert_string_equal(row_text(json, 4, "container_id"), "c1");
	assert_row_null(json, 5, "container");
	assert_row_null(json, 5, "runtime");
	json_decref(json);
}

static void test_works_without_cgroups(void **state)
{
	json_t *json;

	(void)state;
	fake_paths.is_missing = true;
	json = json_of(cli_ps, "ps --json");
	assert_row_null(json, 3, "runtime");
	assert_int_equal(row_number(json, 3, "cgroup_id"), 4);
	json_decref(json);
}

static void test_json_survives_hostile_names(void **state)
{
	json_t *json;
	const char *p;

	(void)state;
	memcpy(fake.comm, "\033[2J\"\\\n\xff}\xc3\xb6\0\0\0\0\0", 16);
	json = json_of(cli_ps, "ps --json");
	assert_string_equal(row_text(json, 0, "comm"),
			    "\033[2J\"\\\n\xef\xbf\xbd}\xc3\xb6");
	for (p = captured.out; *p; p++)
		assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
	json_decref(json);
}

static void test_table_survives_hostile_names(void **state)
{
	const char *p;

	(void)state;
	/* not even NUL-terminated */
	memcpy(fake.comm, "\033[2J\n\xff\xc2\x9b" "12345678", 16);
	assert_int_equal(capture(cli_ps, "ps"), 0);
	assert_non_null(strstr(captured.out, "\\x1b[2J\\x0a\\xff\\xc2\\x9b"
			       "12345678\n"));
	for (p = captured.out; *p; p++)
		assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
}

static void test_table(void **state)
{
	(void)state;
	assert_int_equal(capture(cli_ps, "ps --units bytes"), 0);
	assert_non_null(strstr(captured.out, "COMMAND\n"));
	assert_non_null(strstr(captured.out, " 1048576 24576    2.3% "));
	assert_non_null(strstr(captured.out, " 0123456789ab "));
	assert_non_null(strstr(captured.out, "\ntotal: 10 processes, 10485760 "
			       "reserved, 245760 committed (2.3%)\n"));
	assert_null(strchr(captured.out, '\033'));
}

static void test_without_headings(void **state)
{
	(void)state;
	assert_int_equal(capture(cli_ps, "ps --no-headings"), 0);
	assert_null(strstr(captured.out, "COMMAND"));
	assert_null(strstr(captured.out, "total"));
}

static void test_shows_the_others(void **state)
{
	json_error_t error;
	json_t *json;

	(void)state;
	assert_int_equal(capture(cli_ps, "ps --json 7 99999 1 7 99999"), 1);
	assert_string_equal(captured.err,
			    "contmon: process 99999: No such process\n");
	json = json_loads(captured.out, 0, &error);
	assert_int_equal(row_number(json, 0, "pid"), 7);
	assert_int_equal(row_number(json, 1, "pid"), 1);
	assert_int_equal(meta_number(json, "processes"), 2);
	json_decref(json);

	assert_int_equal(capture(cli_ps, "ps 99999"), 1);
	assert_string_equal(captured.out, "");
}

static void test_asks_for_exact_sums(void **state)
{
	(void)state;
	capture(cli_ps, "ps");
	assert_false(fake.tasks_arg.flags & CONTMON_EXACT_RSS);
	capture(cli_ps, "ps --exact");
	assert_true(fake.tasks_arg.flags & CONTMON_EXACT_RSS);
}

static void test_failures_are_reported(void **state)
{
	(void)state;
	fake.endless = true;
	assert_int_equal(capture(cli_ps, "ps --json"), 1);
	assert_string_equal(captured.out, "");
	assert_string_equal(captured.err,
			    "contmon: reading processes: Protocol error\n");
}

/* A container of cgroup v1, with and without cgroup v2 */
static void test_containers_of_cgroup1(void **state)
{
	json_t *json;

	(void)state;
	fake_paths.has_cgroup1 = true;
	json = json_of(cli_ps, "ps --json --container 0123 4");
	assert_string_equal(row_text(json, 0, "container_id"), A);
	assert_string_equal(row_text(json, 0, "runtime"), "docker");
	assert_row_null(json, 0, "cgroup");
	json_decref(json);
	json = json_of(cli_ps, "ps --json --container 0123 1");
	assert_int_equal(meta_number(json, "processes"), 0);
	json_decref(json);

	fake_paths.is_missing = true;
	assert_int_equal(capture(cli_ps, "ps -o container --no-headings 4"),
			 0);
	assert_string_equal(captured.out, "0123456789ab\n");
	fake_paths.pid1 = 1;
	fake_paths.path1 = "/init";
	assert_int_equal(capture(cli_ps, "ps -o container --no-headings 1"),
			 0);
	assert_string_equal(captured.out, "host\n");
}

static void test_threads(void **state)
{
	(void)state;
	assert_int_equal(capture(cli_ps, "ps --threads"), 1);
	assert_string_equal(captured.err, "contmon: ps: --threads: this driver "
			    "knows processes only; update it\n");
	fake.info.features = CONTMON_FEATURE_THREADS;
	assert_int_equal(capture(cli_ps, "ps --threads -o tid,pid 7 4"), 0);
	assert_string_equal(captured.out,
		      "TID PID\n  4   4\n  7   7\n"
		      "total: 2 threads of 2 processes, 2.0 MiB reserved, "
		      "48.0 KiB committed (2.3%)\n");
	assert_true(fake.tasks_arg.flags & CONTMON_THREADS);
	assert_int_equal(capture(cli_ps, "ps --threads 4 5"), 1);
	assert_string_equal(captured.err,
			    "contmon: process 5: No such process\n");
	assert_non_null(strstr(captured.out, "total: 1 thread of 1 process,"));
	capture(cli_ps, "ps --threads --name nope");
	assert_string_equal(captured.out, "No threads match.\n");
	assert_int_equal(capture(cli_ps, "ps 5"), 1);
	assert_string_equal(captured.out, "");
	capture(cli_ps, "ps --threads --json 4");
	assert_non_null(strstr(captured.out, "\"threads\": 1"));
}

#define TEST(name) cmocka_unit_test_setup(test_##name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(json_has_every_member),
		TEST(json_says_null_for_unknown),
		TEST(no_such_container),
		TEST(json_knows_containers),
		TEST(works_without_cgroups),
		TEST(json_survives_hostile_names),
		TEST(table_survives_hostile_names),
		TEST(table),
		TEST(without_headings),
		TEST(shows_the_others),
		TEST(asks_for_exact_sums),
		TEST(failures_are_reported),
		TEST(containers_of_cgroup1),
		TEST(threads),
	};

	return cmocka_run_group_tests_name("cli_ps", tests, NULL, NULL);
}
