// SPDX-License-Identifier: GPL-2.0-only
/* A directory is used as the cgroup v2 mount: /job.slice/box is a container. */
#include "tests/unit/daemon.h"

#include "contmond/collect/limits.h"

static struct contmon_cgroup rows[3];
static const struct contmon_cgroups snapshot = { .entries = rows, .nr = 3 };
static struct contmon_paths *paths;
static struct contmon_limits *library;
static struct limits limits;

static void make_row(int i, const char *directory, int parent)
{
	const char *path = in_directory(directory);
	struct stat st;

	mkdir(path, 0700);
	assert_int_equal(stat(path, &st), 0);
	rows[i] = (struct contmon_cgroup){
		.valid = CONTMON_CGROUP_BASE | CONTMON_CGROUP_MEMCG,
		.cgroup_id = st.st_ino,
		.parent_id = i ? rows[parent].cgroup_id : 0,
		.memory_max_bytes = CONTMON_UNLIMITED,
		.swap_max_bytes = CONTMON_UNLIMITED,
	};
}

static int setup(void **state)
{
	if (make_directory(state) < 0)
		return -1;
	make_row(0, ".", 0);
	make_row(1, "job.slice", 0);
	make_row(2, "job.slice/box", 1);
	write_file("cgroup.controllers", "cpu memory\n");
	write_file("job.slice/cpu.stat", "throttled_usec 5\n");
	limits = (struct limits){ 0 };
	return contmon_paths_new(test_directory, &paths);
}

static int teardown(void **state)
{
	limits_done(&limits);
	contmon_limits_free(library);
	library = NULL;
	contmon_paths_free(paths);
	return remove_directory(state);
}

static int read_box(void)
{
	limits_done(&limits);
	contmon_limits_free(library);
	library = NULL;
	assert_int_equal(contmon_limits_new(paths, &snapshot, &library), 0);
	return limits_read(library, paths, rows[2].cgroup_id, &limits);
}

static void test_without_limits_there_is_no_owner(void **state)
{
	(void)state;
	assert_int_equal(read_box(), 0);
	assert_true(limits.now.valid & CONTMON_LIMIT_MEMORY);
	assert_true(limits.now.valid & CONTMON_LIMIT_CPU);
	assert_null(limits.memory_owner);
	assert_null(limits.cpu_owner);
}

static void test_owners_have_paths(void **state)
{
	(void)state;
	rows[2].memory_max_bytes = 4096;
	rows[1].swap_max_bytes = 4096;
	write_file("job.slice/cpu.max", "20000 100000\n");
	assert_int_equal(read_box(), 0);
	assert_string_equal(limits.memory_owner, "/job.slice/box");
	assert_string_equal(limits.cpu_owner, "/job.slice");
	assert_string_equal(limits.swap_owner, "/job.slice");
	assert_int_equal(limits.now.cpu_throttled_ns, 5000);
}

static void test_a_limit_outlives_its_owner(void **state)
{
	(void)state;
	rows[2].memory_max_bytes = 4096;
	assert_int_equal(rmdir(in_directory("job.slice/box")), 0);
	assert_int_equal(read_box(), 0);
	assert_int_equal(limits.now.memory_bytes.effective, 4096);
	assert_null(limits.memory_owner);
}

static void test_a_cgroup_that_does_not_exist(void **state)
{
	(void)state;
	assert_int_equal(read_box(), 0);
	assert_int_equal(limits_read(library, paths, 1, &limits), -ENOENT);
}

/* job.slice has the lowest quota of controllers in cgroup v1. */
static void test_limits_of_v1(void **state)
{
	struct settings settings;
	struct directories directories = {
		.paths[DIRECTORY_CPU] = (char *)in_directory("job.slice/box"),
		.root_lengths[DIRECTORY_CPU] = strlen(test_directory),
	};

	(void)state;
	write_file("job.slice/cpu.stat", "nr_periods 1\nnr_throttled 1\n"
		   "throttled_time 5000\n");
	settings_init(&settings);
	settings.cpu_ns = (struct bound){ 700, 300, strdup("/job.slice") };
	settings.memory_max = (struct bound){ 8192, 4096, NULL };
	assert_int_equal(limits_add_v1(&settings, &directories, &limits), 0);
	/* The memory controller is not there. */
	assert_true(limits.now.valid == (CONTMON_LIMIT_CPU |
					 CONTMON_LIMIT_THROTTLED));
	assert_int_equal(limits.now.cpu_ns.own, 700);
	assert_int_equal(limits.now.cpu_ns.effective, 300);
	assert_string_equal(limits.cpu_owner, "/job.slice");
	assert_int_equal(limits.now.cpu_throttled_ns, 5000);
	directories.paths[DIRECTORY_MEMORY] = directories.paths[DIRECTORY_CPU];
	assert_int_equal(limits_add_v1(&settings, &directories, &limits), 0);
	assert_true(limits.now.valid & CONTMON_LIMIT_MEMORY);
	assert_int_equal(limits.now.memory_bytes.own, 8192);
	assert_int_equal(limits.now.memory_bytes.effective, 4096);
	assert_null(limits.memory_owner);
	/* What is known is not changed. */
	settings.memory_max.effective = 1;
	assert_int_equal(limits_add_v1(&settings, &directories, &limits), 0);
	assert_int_equal(limits.now.memory_bytes.effective, 4096);
	settings_done(&settings);
}

static void test_no_quota_is_not_throttled(void **state)
{
	struct settings settings;
	struct directories directories = {
		.paths[DIRECTORY_CPU] = (char *)in_directory("job.slice"),
		.root_lengths[DIRECTORY_CPU] = strlen(test_directory),
	};

	(void)state;
	settings_init(&settings);
	assert_int_equal(limits_add_v1(&settings, &directories, &limits), 0);
	assert_true(limits.now.valid == CONTMON_LIMIT_CPU);
	assert_true(limits.now.cpu_ns.effective == CONTMON_UNLIMITED);
	/* Its file is gone, or has no such number. */
	limits_done(&limits);
	settings.cpu_ns = (struct bound){ 300, 300, strdup("/") };
	assert_int_equal(limits_add_v1(&settings, &directories, &limits), 0);
	assert_true(limits.now.valid == CONTMON_LIMIT_CPU);
	settings_done(&settings);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_without_limits_there_is_no_owner),
		TEST(test_owners_have_paths),
		TEST(test_a_limit_outlives_its_owner),
		TEST(test_a_cgroup_that_does_not_exist),
		TEST(test_limits_of_v1),
		TEST(test_no_quota_is_not_throttled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
