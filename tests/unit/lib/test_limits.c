// SPDX-License-Identifier: GPL-2.0-only
/*
 * The effective limits of a cgroup. A temporary directory is used as the mount;
 * it contains /job.slice/job-1.slice/box/inner and /other.
 *
 * wrap: openat calloc pread
 */
#include "tests/unit/limits_tree.h"

static void test_without_limits_there_is_no_owner(void **state)
{
	(void)state;
	ask(BOX);
	assert_int_equal(got.valid, ALL);
	assert_limit(&got.memory_bytes, NONE, NONE, -1);
	assert_limit(&got.swap_bytes, NONE, NONE, -1);
	assert_limit(&got.cpu_ns, NONE, NONE, -1);
	assert_int_equal(got.memory_used_bytes, 0);
	assert_int_equal(got.cpu_throttled_ns, 0);
}

static void test_the_lowest_limit_on_the_way_up_is_effective(void **state)
{
	(void)state;
	rows[JOB].memory_max_bytes = 500 * MIB;
	rows[JOB_1].memory_max_bytes = 96 * MIB;
	rows[JOB_1].memory_current_bytes = 90 * MIB;
	rows[JOB].swap_max_bytes = 0;
	rows[OTHER].memory_max_bytes = 1;
	ask(BOX);
	assert_limit(&got.memory_bytes, NONE, 96 * MIB, JOB_1);
	assert_limit(&got.swap_bytes, NONE, 0, JOB);
	assert_true(got.valid & CONTMON_LIMIT_MEMORY_USED);
	assert_int_equal(got.memory_used_bytes, 90 * MIB);

	rows[BOX].memory_max_bytes = 64 * MIB;
	rows[BOX].memory_current_bytes = 7 * MIB;
	ask(BOX);
	assert_limit(&got.memory_bytes, 64 * MIB, 64 * MIB, BOX);
	assert_int_equal(got.memory_used_bytes, 7 * MIB);

	/* Its own limit can never be reached */
	rows[BOX].memory_max_bytes = 97 * MIB;
	ask(BOX);
	assert_limit(&got.memory_bytes, 97 * MIB, 96 * MIB, JOB_1);
}

static void test_the_nearest_of_equal_limits_is_effective(void **state)
{
	(void)state;
	rows[JOB].memory_max_bytes = rows[JOB_1].memory_max_bytes = MIB;
	ask(BOX);
	assert_limit(&got.memory_bytes, NONE, MIB, JOB_1);
}

/* Periods differ, so quotas are compared as shares of a CPU. */
static void test_quotas_are_compared_by_what_they_allow(void **state)
{
	(void)state;
	put(BOX, "cpu.max", "50000 100000\n");
	put(JOB_1, "cpu.max", "60000 300000\n");
	put(JOB_1, "cpu.stat", "usage_usec 9\nthrottled_usec 1500\n");
	put(JOB, "cpu.max", "150000 100000\n");
	ask(BOX);
	assert_limit(&got.cpu_ns, CPU / 2, CPU / 5, JOB_1);
	assert_true(got.valid & CONTMON_LIMIT_THROTTLED);
	assert_int_equal(got.cpu_throttled_ns, 1500000);
	ask(JOB);
	assert_limit(&got.cpu_ns, CPU + CPU / 2, CPU + CPU / 2, JOB);
}

/* The root of a cgroup namespace has files, that of the hierarchy has none. */
static void test_limits_of_the_first_row_count(void **state)
{
	(void)state;
	rows[TOP].valid |= CONTMON_CGROUP_MEMCG;
	rows[TOP].memory_max_bytes = MIB;
	rows[TOP].swap_max_bytes = NONE;
	put(TOP, "cpu.max", "1000 100000\n");
	put(TOP, "cpu.stat", "throttled_usec 1\n");
	ask(INNER);
	assert_limit(&got.memory_bytes, NONE, MIB, TOP);
	assert_limit(&got.cpu_ns, NONE, CPU / 100, TOP);
}

static void test_without_a_controller_upper_limits_are_effective(void **state)
{
	(void)state;
	rows[BOX].valid = rows[INNER].valid = CONTMON_CGROUP_BASE;
	rows[JOB].memory_max_bytes = MIB;
	assert_int_equal(unlink(in_root(INNER, "cpu.max")), 0);
	assert_int_equal(unlink(in_root(BOX, "cpu.max")), 0);
	put(JOB, "cpu.max", "100000 100000\n");
	ask(INNER);
	assert_limit(&got.memory_bytes, NONE, MIB, JOB);
	assert_limit(&got.cpu_ns, NONE, CPU, JOB);
}

static void test_an_unknown_limit_above_leaves_all_unknown(void **state)
{
	(void)state;
	rows[BOX].memory_max_bytes = MIB;
	rows[JOB_1].valid = CONTMON_CGROUP_BASE;
	put(BOX, "cpu.max", "1000 100000\n");
	ask(BOX);
	assert_known(CONTMON_LIMIT_CPU);
	assert_limit(&got.memory_bytes, 0, 0, -1);

	rows[JOB_1].valid |= CONTMON_CGROUP_MEMCG;
	put(JOB, "cpu.max", "nonsense\n");
	ask(BOX);
	assert_known(MEMORY_AND_SWAP);
	assert_limit(&got.cpu_ns, 0, 0, -1);
	assert_int_equal(got.cpu_throttled_ns, 0);
	ask(OTHER);
	assert_known(ALL);
}

static void test_a_cgroup_that_is_gone_has_no_known_quota(void **state)
{
	(void)state;
	ask(OTHER);
	assert_known(ALL);
	assert_int_equal(unlink(in_root(OTHER, "cpu.max")), 0);
	assert_int_equal(unlink(in_root(OTHER, "cpu.stat")), 0);
	assert_int_equal(rmdir(in_root(OTHER, "")), 0);
	ask(OTHER);
	assert_known(MEMORY_AND_SWAP);
}

static void test_a_quota_may_be_known_without_its_effect(void **state)
{
	(void)state;
	put(BOX, "cpu.max", "1000 100000\n");
	put(BOX, "cpu.stat", "usage_usec 1\n");
	ask(BOX);
	assert_int_equal(got.valid, ALL);
	assert_int_equal(got.cpu_throttled_ns, 0);
}

/* On hosts with cgroup v1 they are there, where this library does not look. */
static void test_controllers_outside_of_cgroup2_leave_it_unknown(void **state)
{
	int i;

	(void)state;
	put(TOP, "cgroup.controllers", "cpuset\n");
	for (i = 0; i < NR; i++) {
		rows[i].valid = CONTMON_CGROUP_BASE;
		unlink(in_root(i, "cpu.max"));
	}
	ask(BOX);
	assert_int_equal(got.valid, 0);
	put(TOP, "cgroup.controllers", "cpu memory\n");
	ask(BOX);
	assert_int_equal(got.valid, ALL);
	put(TOP, "cgroup.controllers", "mycpu memoryless\n");
	ask(BOX);
	assert_int_equal(got.valid, 0);
	assert_int_equal(unlink(in_root(TOP, "cgroup.controllers")), 0);
	ask(BOX);
	assert_int_equal(got.valid, 0);
}

/* A parent that is missing in the snapshot may have the lowest limit. */
static void test_a_missing_parent_makes_the_limit_unknown(void **state)
{
	uint64_t job = rows[JOB].parent_id;

	(void)state;
	rows[JOB].parent_id = 12345;
	ask(BOX);
	assert_int_equal(got.valid, 0);
	rows[JOB].parent_id = rows[INNER].cgroup_id;
	ask(BOX);
	assert_int_equal(got.valid, 0);
	rows[JOB].parent_id = job;
	ask(BOX);
	assert_known(ALL);
}

static void test_a_cgroup_outside_of_the_snapshot(void **state)
{
	struct contmon_cgroup_limits before;

	(void)state;
	ask(BOX);
	before = got;
	assert_int_equal(contmon_limits_get(limits, ~0ULL, &got), -ENOENT);
	assert_memory_equal(&got, &before, sizeof(got));
	snapshot.nr = 0;
	contmon_limits_free(limits);
	assert_int_equal(contmon_limits_new(paths, &snapshot, &limits), 0);
	assert_int_equal(contmon_limits_get(limits, 1, &got), -ENOENT);
	contmon_limits_free(NULL);
}

static void test_each_file_is_read_once(void **state)
{
	(void)state;
	ask(BOX);
	assert_int_equal(nr_quotas_read, 4);
	assert_int_equal(contmon_limits_get(limits, rows[BOX].cgroup_id, &got),
			 0);
	assert_int_equal(contmon_limits_get(limits, rows[INNER].cgroup_id,
					    &got), 0);
	assert_int_equal(contmon_limits_get(limits, rows[OTHER].cgroup_id,
					    &got), 0);
	assert_int_equal(nr_quotas_read, 6);
}

static int read_all(void)
{
	int r;

	contmon_limits_free(limits);
	limits = NULL;
	r = contmon_limits_new(paths, &snapshot, &limits);
	return r < 0 ? r : contmon_limits_get(limits, rows[BOX].cgroup_id,
					      &got);
}

/* An error of this process must not look like an unknown limit. */
static void assert_fails_at_each(int error, int at_least)
{
	int i, r;

	fail_errno = error;
	for (i = 1; ; i++) {
		fail_at = i;
		r = read_all();
		if (fail_at)
			break;
		assert_int_equal(r, -error);
	}
	fail_at = 0;
	assert_int_equal(r, 0);
	assert_true(i > at_least);
}

static void test_our_own_shortage_is_an_error(void **state)
{
	(void)state;
	put(BOX, "cpu.max", "1000 100000\n");
	ask(BOX);
	assert_fails_at_each(EMFILE, 6);
	assert_fails_at_each(ENOMEM, 3);
}

static void test_a_mount_that_is_gone(void **state)
{
	struct contmon_paths *none;

	(void)state;
	assert_int_equal(contmon_paths_new("/nonexistent", &none), 0);
	assert_int_equal(contmon_limits_new(none, &snapshot, &limits),
			 -ENOENT);
	assert_null(limits);
	contmon_paths_free(none);
}


int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_limits_there_is_no_owner),
		TEST(the_lowest_limit_on_the_way_up_is_effective),
		TEST(the_nearest_of_equal_limits_is_effective),
		TEST(quotas_are_compared_by_what_they_allow),
		TEST(limits_of_the_first_row_count),
		TEST(without_a_controller_upper_limits_are_effective),
		TEST(an_unknown_limit_above_leaves_all_unknown),
		TEST(a_cgroup_that_is_gone_has_no_known_quota),
		TEST(a_quota_may_be_known_without_its_effect),
		TEST(controllers_outside_of_cgroup2_leave_it_unknown),
		TEST(a_missing_parent_makes_the_limit_unknown),
		TEST(a_cgroup_outside_of_the_snapshot),
		TEST(each_file_is_read_once),
		TEST(our_own_shortage_is_an_error),
		TEST(a_mount_that_is_gone),
	};

	return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
