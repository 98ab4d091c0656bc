// SPDX-License-Identifier: GPL-2.0-only
/*
 * `contmon containers`: a row for each container, or for each cgroup.
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
		.v = paths, .nr = ARRAY_SIZE(paths),
	};
	setenv("TERM", "xterm", 1);
	return fake_setup(state);
}

/* Cgroup 3 is a container, 4 is inside it, and 5 is a container inside that. */
static void test_cgroups_are_rolled_up(void **state)
{
	const struct cli_member *member;
	json_t *json;

	(void)state;
	fake.nr_cgroups = 6;
	json = json_of(cli_containers, "containers --json");
	assert_int_equal(meta_number(json, "containers"), 2);
	assert_int_equal(meta_number(json, "taken_boottime_ns"), 4711);
	for (member = cli_cgroup_members; member->name; member++)
		row_value(json, 0, member->name);

	assert_string_equal(row_text(json, 0, "id"), A);
	assert_string_equal(row_text(json, 0, "runtime"), "docker");
	assert_string_equal(row_text(json, 0, "cgroup"), paths[3]);
	assert_int_equal(row_number(json, 0, "cgroup_id"), 3);
	assert_int_equal(row_number(json, 0, "nr_tasks"), 2);
	assert_int_equal(row_number(json, 0, "rss_anon_sum_bytes"), 8192);
	assert_int_equal(row_number(json, 0, "memory_current_bytes"), 65536);
	assert_row_null(json, 0, "memory_max_bytes");

	/* 6 has no path any more, so it belongs to its parent's container. */
	assert_string_equal(row_text(json, 1, "id"), "c1");
	assert_int_equal(row_number(json, 1, "nr_tasks"), 2);
	json_decref(json);
}

static void test_all_adds_nothing_up(void **state)
{
	json_t *json;
	size_t i;

	(void)state;
	fake.nr_cgroups = 6;
	fake.limit_bytes = 123;
	json = json_of(cli_containers, "containers --all --json");
	assert_int_equal(meta_number(json, "cgroups"), 6);
	for (i = 0; i < 6; i++) {
		assert_int_equal(row_number(json, i, "cgroup_id"), i + 1);
		assert_int_equal(row_number(json, i, "nr_tasks"), 1);
		assert_int_equal(row_number(json, i, "memory_max_bytes"), 123);
	}
	assert_string_equal(row_text(json, 0, "runtime"), "host");
	assert_string_equal(row_text(json, 3, "id"), A);
	assert_row_null(json, 5, "cgroup");
	json_decref(json);
}

static void test_table(void **state)
{
	(void)state;
	fake.nr_cgroups = 6;
	assert_int_equal(capture(cli_containers, "containers"), 0);
	assert_non_null(strstr(captured.out, "0123456789ab docker "));
	assert_non_null(strstr(captured.out, " 64.0 KiB   max "));
	assert_non_null(strstr(captured.out, " 8.0 KiB "));

	assert_int_equal(capture(cli_containers, "containers -a"), 0);
	assert_non_null(strstr(captured.out, "/\\x1b[2Jinit\n"));
	assert_null(strchr(captured.out, '\033'));
}

static void test_may_be_none(void **state)
{
	(void)state;
	fake.nr_cgroups = 2;
	assert_int_equal(capture(cli_containers, "containers"), 0);
	assert_string_equal(captured.out, "No containers.\n");
	assert_int_equal(capture(cli_containers, "containers --no-headings"),
			 0);
	assert_string_equal(captured.out, "");
}

static void test_need_cgroups(void **state)
{
	(void)state;
	fake_paths.is_missing = true;
	assert_int_equal(capture(cli_containers, "containers"), 1);
	assert_string_equal(captured.err, "contmon: finding the cgroup "
			    "mounts: No such file or directory\n");
}

static void test_no_such_container(void **state)
{
	(void)state;
	fake.nr_cgroups = 6;
	assert_int_equal(capture(cli_containers,
				 "containers --container nope"), 1);
	assert_string_equal(captured.err, "contmon: no container nope\n");
	assert_null(strstr(captured.out, "No containers"));
	/* It exists, but has another name. */
	assert_int_equal(capture(cli_containers,
				 "containers --container 0123 --name nope"), 0);
	assert_string_equal(captured.out, "No containers match.\n");
	assert_int_equal(capture(cli_containers, "containers -a --name nope"),
			 0);
	assert_string_equal(captured.out, "No cgroups match.\n");
	assert_int_equal(capture(cli_containers,
				 "containers --container nope --json"), 1);
	assert_non_null(strstr(captured.out, "\"rows\": []"));
	/* With --all, those of cgroup v1 are not shown. */
	fake_paths.has_cgroup1 = true;
	capture(cli_containers, "containers --container nope");
	assert_string_equal(captured.err, "contmon: no container nope\n");
	capture(cli_containers, "containers --all --container nope");
	assert_string_equal(captured.err,
			    "contmon: no container nope in cgroup v2\n");
}

static void test_asks_for_exact_sums(void **state)
{
	(void)state;
	capture(cli_containers, "containers");
	assert_int_equal(fake.containers_arg.flags, 0);
	capture(cli_containers, "containers --exact");
	assert_int_equal(fake.containers_arg.flags, CONTMON_EXACT_RSS);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(cgroups_are_rolled_up),
		TEST(all_adds_nothing_up),
		TEST(table),
		TEST(may_be_none),
		TEST(need_cgroups),
		TEST(no_such_container),
		TEST(asks_for_exact_sums),
	};

	return cmocka_run_group_tests_name("cli_containers", tests, NULL, NULL);
}
