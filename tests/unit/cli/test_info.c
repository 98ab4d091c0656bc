// SPDX-License-Identifier: GPL-2.0-only
/*
 * `contmon info`: the driver and the host, or the source without a driver.
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
#include "tests/unit/json_output.h"

#include "contmon/commands.h"
#include "contmon/table/record.h"

static int other_ioctls(unsigned long request, void *arg)
{
	struct contmon_get_system *system = arg;

	if (request != CONTMON_GET_SYSTEM)
		return fake_error(ENOTTY);
	system->fields = CONTMON_SYSTEM_MEMORY | CONTMON_SYSTEM_LOAD;
	system->ram_total_bytes = 1 << 30;
	system->load_milli[2] = 2500;
	return 0;
}

static int setup(void **state)
{
	fake_paths = (struct fake_paths){ .is_missing = true };
	fake_ioctl = other_ioctls;
	setenv("TZ", "UTC", 1);
	return fake_setup(state);
}

static void test_json(void **state)
{
	json_t *json = json_of(cli_info, "info --json");
	json_t *info = json_object_get(json, "info");
	json_t *system = json_object_get(json, "system");
	const struct cli_member *member;

	(void)state;
	for (member = cli_info_members; member->name; member++)
		assert_non_null(json_object_get(info, member->name));
	for (member = cli_system_members; member->name; member++)
		assert_non_null(json_object_get(system, member->name));
	assert_string_equal(json_string_value(json_object_get(info, "release")),
			    "fake");
	assert_string_equal(json_string_value(json_object_get(info,
							"instance_id")),
			    "00000000-0000-0000-0000-000000000000");
	assert_true(json_is_null(json_object_get(system, "cpu_user_ns")));
	assert_int_equal(json_integer_value(json_object_get(system,
						"ram_total_bytes")), 1 << 30);
	assert_int_equal(json_integer_value(json_object_get(system,
						"swap_total_bytes")), 20480);
	assert_int_equal(json_integer_value(json_array_get(
		json_object_get(system, "load_milli"), 2)), 2500);
	json_decref(json);
}

/* Limits and records that procfs lacks are null. */
static void test_json_of_procfs(void **state)
{
	static const char *const unknown[] = {
		"max_entries", "max_mapping_bytes", "loaded_boottime_ns",
		"instance_id", "release",
	};
	json_t *json, *info;
	size_t i;

	(void)state;
	fake.open_errno = ENOENT;
	json = json_of(cli_info, "info --json");
	info = json_object_get(json, "info");
	for (i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		assert_true(json_is_null(json_object_get(info, unknown[i])));
	assert_true(json_integer_value(json_object_get(info, "nr_cpus")) > 0);
	json_decref(json);
}

static void assert_why(const char *forced, const char *why)
{
	setenv("CONTMON_SOURCE", forced, 1);
	assert_int_equal(capture(cli_info, "info"), 0);
	unsetenv("CONTMON_SOURCE");
	assert_non_null(strstr(captured.out, why));
}

static void test_why_it_is_procfs(void **state)
{
	(void)state;
	fake.open_errno = ENOENT;
	assert_why("procfs", "why               CONTMON_SOURCE forces it\n");
	assert_why("", "why               the driver is not loaded; ");
}

static void test_for_people(void **state)
{
	(void)state;
	fake.info.now_realtime_ns = 951782400000000000;
	fake.info.now_boottime_ns = 7200000000000;
	fake.info.now_monotonic_ns = fake.info.now_boottime_ns + 40;
	fake.info.loaded_boottime_ns = 3600000000000;
	fake.info.features = CONTMON_FEATURE_THREADS | 1 << 8;
	memcpy(fake.info.release, "1\033[2J", 6);
	assert_int_equal(capture(cli_info, "info"), 0);
	assert_non_null(strstr(captured.out, "release           1?[2J\n"));
	assert_non_null(strstr(captured.out, "total             1.0 GiB\n"));
	assert_non_null(strstr(captured.out,
			       "loaded since      2000-02-28 23:00:00\n"));
	assert_non_null(strstr(captured.out, "loaded for        1:00:00\n"));
	assert_non_null(strstr(captured.out, "suspended for     0:00.00\n"));
	assert_non_null(strstr(captured.out, "load              0.00 0.00 "
			       "2.50\n"));
	assert_non_null(strstr(captured.out, "container groups  base tasks "
			       "memcg exited psi cpu limit stat \n"));
	assert_non_null(strstr(captured.out, "features          threads "
			       "0x100\n"));
}

#define TEST(name) cmocka_unit_test_setup(test_##name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(json),
		TEST(json_of_procfs),
		TEST(why_it_is_procfs),
		TEST(for_people),
	};

	return cmocka_run_group_tests_name("cli_info", tests, NULL, NULL);
}
