// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits from snapshot to snapshot: files that stay open
 *
 * wrap: openat calloc pread
 */
#include "tests/unit/limits_tree.h"
#include "tests/unit/descriptors.h"

static void ask_again(int cgroup)
{
	assert_int_equal(contmon_limits_update(limits, &snapshot), 0);
	assert_int_equal(contmon_limits_get(limits, rows[cgroup].cgroup_id,
					    &got), 0);
}

static void test_files_stay_open(void **state)
{
	int nr;

	(void)state;
	ask(BOX);
	nr = nr_descriptors();
	ask_again(BOX);
	assert_int_equal(nr_descriptors(), nr + 3);	/* TOP has none */
	nr_quotas_read = 0;
	put(BOX, "cpu.max", "20000 100000\n");
	ask_again(BOX);
	assert_limit(&got.cpu_ns, CPU / 5, CPU / 5, BOX);
	put(JOB, "cpu.max", "10000 100000\n");
	ask_again(BOX);
	assert_limit(&got.cpu_ns, CPU / 5, CPU / 10, JOB);
	assert_int_equal(nr_quotas_read, 2);	/* that of TOP each time */
	assert_int_equal(nr_descriptors(), nr + 3);
	/* Cgroups that are not in a snapshot are closed. */
	snapshot.nr = BOX;
	assert_int_equal(contmon_limits_update(limits, &snapshot), 0);
	assert_int_equal(nr_descriptors(), nr + 2);
	assert_int_equal(contmon_limits_get(limits, rows[BOX].cgroup_id,
					    &got), -ENOENT);
}

/* It has another id, so its file is not that of the one before. */
static void test_a_cgroup_that_replaces_another(void **state)
{
	char away[256];

	(void)state;
	put(OTHER, "cpu.max", "20000 100000\n");
	ask(OTHER);
	ask_again(OTHER);
	assert_limit(&got.cpu_ns, CPU / 5, CPU / 5, OTHER);
	strcpy(away, in_root(TOP, "away"));
	assert_int_equal(rename(in_root(OTHER, ""), away), 0);
	make(OTHER);
	ask_again(OTHER);
	assert_known(ALL);
	assert_limit(&got.cpu_ns, NONE, NONE, -1);
}

/* As after the controller was switched off and on again */
static void test_an_open_file_that_fails(void **state)
{
	(void)state;
	ask(OTHER);
	ask_again(OTHER);
	put(OTHER, "cpu.max", "20000 100000\n");
	pread_errno = ENODEV;
	ask_again(OTHER);
	assert_known(ALL);
	assert_limit(&got.cpu_ns, CPU / 5, CPU / 5, OTHER);
	assert_int_equal(unlink(in_root(OTHER, "cpu.max")), 0);
	pread_errno = ENODEV;
	ask_again(OTHER);
	assert_known(ALL);
	assert_limit(&got.cpu_ns, NONE, NONE, -1);
}

static void test_more_cgroups_than_descriptors(void **state)
{
	struct rlimit old, few;
	int nr;

	(void)state;
	ask(BOX);
	nr = nr_descriptors();
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	few.rlim_cur = 8;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(contmon_limits_update(limits, &snapshot), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	put(JOB, "cpu.max", "10000 100000\n");
	assert_int_equal(contmon_limits_get(limits, rows[BOX].cgroup_id, &got),
			 0);
	assert_limit(&got.cpu_ns, NONE, CPU / 10, JOB);
	assert_int_equal(nr_descriptors(), nr + 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(files_stay_open),
		TEST(a_cgroup_that_replaces_another),
		TEST(an_open_file_that_fails),
		TEST(more_cgroups_than_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
