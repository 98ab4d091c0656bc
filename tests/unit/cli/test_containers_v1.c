// SPDX-License-Identifier: GPL-2.0-only
/*
 * `contmon containers` with containers that are only in cgroup v1, and with
 * controllers that are there
 *
 * wrap: open close ioctl mmap munmap sysinfo
 * wrap: contmon_paths_new contmon_paths_find contmon_paths_free
 * wrap: contmon_paths_root stat
 * wrap: contmon_has_cgroup1 contmon_identify_process
 * wrap: contmon_limits_new contmon_limits_get contmon_limits_free
 * wrap: contmon_cgroup1_new contmon_cgroup1_find contmon_cgroup1_free
 */
#include "tests/unit/fake_device.h"
#include "tests/unit/capture.h"
#include "tests/unit/fake_paths.h"
#include "tests/unit/fake_cgroup1.h"
#include "tests/unit/docker_paths.h"
#include "tests/unit/json_output.h"

#include "base/util.h"
#include "contmon/commands.h"
#include "contmon/table/record.h"

#define B16 "fedcba9876543210"
#define B B16 B16 B16 B16

/* Process 19 is in B; its cgroup in v2 is of no container. */
static int setup(void **state)
{
	fake_paths = (struct fake_paths){
		.v = paths, .nr = ARRAY_SIZE(paths),
		.has_cgroup1 = true, .pid1 = 19, .path1 = "/docker/" B,
	};
	fake_cgroup1_setup(B);
	fake_setup(state);
	fake.nr_cgroups = 2;
	return 0;
}

static void test_its_numbers(void **state)
{
	const struct cli_member *member;
	json_t *json;

	(void)state;
	json = json_of(cli_containers, "containers --json");
	assert_int_equal(meta_number(json, "containers"), 1);
	for (member = cli_cgroup_members; member->name; member++)
		row_value(json, 0, member->name);
	assert_string_equal(row_text(json, 0, "id"), B);
	assert_string_equal(row_text(json, 0, "runtime"), "docker");
	assert_int_equal(row_number(json, 0, "nr_tasks"), 1);
	assert_int_equal(row_number(json, 0, "rss_anon_sum_bytes"), 4096);
	assert_int_equal(row_number(json, 0, "memory_current_bytes"), 4096000);
	assert_int_equal(row_number(json, 0, "memory_peak_bytes"), 5000000);
	assert_int_equal(row_number(json, 0, "memory_max_bytes"), 8192000);
	assert_int_equal(row_number(json, 0, "cpu_usage_ns"), 1500000000);
	/* It has no cgroup of v2. */
	assert_row_null(json, 0, "cgroup");
	assert_row_null(json, 0, "cgroup_id");
	assert_row_null(json, 0, "swap_current_bytes");
	json_decref(json);
}

static void test_its_limit(void **state)
{
	(void)state;
	assert_int_equal(capture(cli_containers, "containers --no-headings "
				 "-o container,memory-limit-bytes,"
				 "memory-limit-owner --units bytes"), 0);
	assert_string_equal(captured.out,
			    "fedcba987654 8192000 " FAKE_CGROUP1_PATH "\n");
}

static void test_beside_v2(void **state)
{
	json_t *json;

	(void)state;
	fake.nr_cgroups = 6;
	json = json_of(cli_containers, "containers --json");
	assert_int_equal(meta_number(json, "containers"), 3);
	assert_string_equal(row_text(json, 0, "id"), A);
	assert_string_equal(row_text(json, 2, "id"), B);
	json_decref(json);
	/* A process whose cgroup in v2 is of a container belongs to that. */
	fake_paths.pid1 = 7;
	json = json_of(cli_containers, "containers --json");
	assert_int_equal(meta_number(json, "containers"), 2);
	json_decref(json);
}

/* Process 7 is in A, and v2 has no controllers. */
static void move_controllers(void)
{
	fake.nr_cgroups = 6;
	fake.cgroup_known &= ~(uint64_t)CONTMON_CGROUP_MEMCG;
	fake_paths.lacks_controllers = true;
	fake_paths.pid1 = 7;
	fake_cgroup1.id = A;
}

static void test_controllers_in_v1(void **state)
{
	json_t *json;

	(void)state;
	move_controllers();
	json = json_of(cli_containers, "containers --json");
	assert_int_equal(meta_number(json, "containers"), 2);
	assert_string_equal(row_text(json, 0, "id"), A);
	assert_int_equal(row_number(json, 0, "cgroup_id"), 3);
	assert_int_equal(row_number(json, 0, "memory_current_bytes"), 4096000);
	assert_int_equal(row_number(json, 0, "memory_peak_bytes"), 5000000);
	assert_int_equal(row_number(json, 0, "memory_max_bytes"), 8192000);
	assert_int_equal(row_number(json, 0, "memory_limit_bytes"), 8192000);
	assert_string_equal(row_text(json, 0, "memory_limit_owner"),
			    FAKE_CGROUP1_PATH);
	/* v2 knows this without a controller. */
	assert_int_equal(row_number(json, 0, "cpu_usage_ns"), 0);
	assert_row_null(json, 0, "cpu_limit_cores");
	assert_row_null(json, 1, "memory_current_bytes");
	assert_row_null(json, 1, "memory_limit_bytes");
	json_decref(json);
}

/* What v2 has takes precedence. */
static void test_controllers_in_v2(void **state)
{
	json_t *json;

	(void)state;
	move_controllers();
	fake.cgroup_known = CONTMON_CGROUP_ALL;
	fake_paths.lacks_controllers = false;
	fake.limit_bytes = 131072;
	json = json_of(cli_containers, "containers --json");
	assert_int_equal(row_number(json, 0, "memory_current_bytes"), 65536);
	assert_int_equal(row_number(json, 0, "memory_limit_bytes"), 131072);
	assert_string_equal(row_text(json, 0, "memory_limit_owner"), paths[3]);
	json_decref(json);
}

/* With --all, a row has the numbers of the driver. */
static void test_cgroups_have_none_of_v1(void **state)
{
	json_t *json;

	(void)state;
	move_controllers();
	json = json_of(cli_containers, "containers --all --json");
	assert_row_null(json, 2, "memory_current_bytes");
	json_decref(json);
}

static void test_one_of_them(void **state)
{
	(void)state;
	fake.nr_cgroups = 6;
	assert_int_equal(capture(cli_containers, "containers --no-headings "
				 "-o container --container fedc"), 0);
	assert_string_equal(captured.out, "fedcba987654\n");
	/* With --all, there are only cgroups of v2. */
	assert_int_equal(capture(cli_containers,
				 "containers --all --container fedc"), 1);
	assert_string_equal(captured.err,
			    "contmon: no container fedc in cgroup v2\n");
}

/* Only what processes tell is known. */
static void test_without_mounts(void **state)
{
	json_t *json;

	(void)state;
	fake_cgroup1.is_mounted = false;
	fake_paths.is_missing = true;
	json = json_of(cli_containers, "containers --json");
	assert_int_equal(meta_number(json, "containers"), 1);
	assert_int_equal(row_number(json, 0, "nr_tasks"), 1);
	assert_row_null(json, 0, "memory_current_bytes");
	assert_row_null(json, 0, "cpu_usage_ns");
	json_decref(json);
}

static void test_without_v2(void **state)
{
	json_t *json;

	(void)state;
	fake.lacks_cgroups = true;
	fake_paths.is_missing = true;
	json = json_of(cli_containers, "containers --json");
	assert_int_equal(meta_number(json, "containers"), 1);
	assert_int_equal(row_number(json, 0, "memory_current_bytes"), 4096000);
	assert_true(meta_number(json, "taken_boottime_ns") > 0);
	json_decref(json);
	assert_int_equal(capture(cli_containers, "containers --all"), 1);
	assert_string_equal(captured.err, "contmon: reading containers: there "
			    "is no cgroup v2, or it is not mounted\n");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_##name, setup, \
					fake_cgroup1_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(its_numbers),
		TEST(its_limit),
		TEST(beside_v2),
		TEST(controllers_in_v1),
		TEST(controllers_in_v2),
		TEST(cgroups_have_none_of_v1),
		TEST(one_of_them),
		TEST(without_mounts),
		TEST(without_v2),
	};

	return cmocka_run_group_tests_name("cli_containers_v1", tests, NULL,
					   NULL);
}
