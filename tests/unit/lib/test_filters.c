// SPDX-License-Identifier: GPL-2.0-only
/*
 * Snapshots of threads and with filters: the arguments that the library passes
 *
 * wrap: open close ioctl mmap munmap sysinfo
 */
#include "tests/unit/open_device.h"

static struct contmon_tasks tasks;

static int setup(void **state)
{
	fake_setup(state);
	fake.info.features = CONTMON_FEATURE_THREADS |
			     CONTMON_FEATURE_FILTERS;
	fake_ioctl = NULL;
	return contmon_open("/fake", &c);
}

static int teardown(void **state)
{
	(void)state;
	contmon_tasks_done(&tasks);
	contmon_close(c);
	return 0;
}

static void test_filters_reach_the_driver(void **state)
{
	const int32_t pids[] = { 7, 1, 4 };
	const struct contmon_query query = {
		.fields = CONTMON_TASK_MEM,
		.flags = FAKE_FILTERS | CONTMON_THREADS,
		.uid = 1000,
		.pids = pids,
		.nr_pids = 3,
		.cgroup_id = 42,
		.min_rss_bytes = 1 << 20,
		.changed_since = 77,
	};
	const struct contmon_snapshot_tasks *arg = &fake.tasks_arg;

	(void)state;
	assert_int_equal(contmon_query_tasks(c, &query, &tasks), 0);
	assert_int_equal(arg->fields, CONTMON_TASK_MEM);
	assert_int_equal(arg->flags & (FAKE_FILTERS | CONTMON_THREADS),
			 FAKE_FILTERS | CONTMON_THREADS);
	assert_int_equal(arg->uid, 1000);
	assert_int_equal(arg->pids, (uintptr_t)pids);
	assert_int_equal(arg->nr_pids, 3);
	assert_int_equal(arg->cgroup_id, 42);
	assert_int_equal(arg->min_rss_bytes, 1 << 20);
	assert_int_equal(arg->changed_since, 77);
}

static void test_filters_that_are_not_set_are_not_passed(void **state)
{
	const int32_t pid = 7;
	const struct contmon_query query = {
		.uid = 1000, .pids = &pid, .nr_pids = 1, .cgroup_id = 42,
		.min_rss_bytes = 1, .changed_since = 77,
	};
	const struct contmon_snapshot_tasks *arg = &fake.tasks_arg;

	(void)state;
	assert_int_equal(contmon_query_tasks(c, &query, &tasks), 0);
	assert_int_equal(arg->flags & FAKE_FILTERS, 0);
	assert_int_equal(arg->uid, 0);
	assert_int_equal(arg->pids, 0);
	assert_int_equal(arg->nr_pids, 0);
	assert_int_equal(arg->cgroup_id, 0);
	assert_int_equal(arg->min_rss_bytes, 0);
	assert_int_equal(arg->changed_since, 0);
	assert_int_equal(tasks.stamp, 0);
}

/* Three calls: only the smallest stamp is safe to continue from. */
static void test_the_smallest_stamp_counts(void **state)
{
	const struct contmon_query query = { .flags = CONTMON_FILTER_CHANGED };
	int i;

	(void)state;
	fake.nr_tasks = 1250;
	for (i = 0; i < 3; i++) {
		fake.stamps[0] = i == 0 ? 10 : 20;
		fake.stamps[1] = i == 1 ? 10 : 20;
		fake.stamps[2] = i == 2 ? 10 : 20;
		assert_int_equal(contmon_query_tasks(c, &query, &tasks), 0);
		assert_int_equal(tasks.stamp, 10);
		assert_int_equal(tasks.nr_seen, 1250 + 3 * 2);
	}
}

static void test_an_old_driver_has_no_filters(void **state)
{
	static const uint32_t flags[] = {
		CONTMON_THREADS, CONTMON_FILTER_PIDS, CONTMON_FILTER_UID,
		CONTMON_FILTER_CGROUP, CONTMON_FILTER_RSS,
		CONTMON_FILTER_CHANGED,
	};
	struct contmon_query query = { 0 };
	size_t i;

	(void)state;
	reopen_old();
	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		query.flags = flags[i];
		assert_int_equal(contmon_query_tasks(c, &query, &tasks),
				 -EOPNOTSUPP);
		assert_int_equal(tasks.nr, 0);
	}
	query.flags = 0;
	assert_int_equal(contmon_query_tasks(c, &query, &tasks), 0);
}

/* Otherwise a caller could make the driver write anywhere. */
static void test_flags_of_the_library_are_refused(void **state)
{
	struct contmon_query query = { .flags = CONTMON_TO_MAPPING };

	(void)state;
	assert_int_equal(contmon_query_tasks(c, &query, &tasks), -EOPNOTSUPP);
	query.flags = CONTMON_SWAP_KNOWN;
	assert_int_equal(contmon_query_tasks(c, &query, &tasks), -EOPNOTSUPP);
}

/* A number that is too large for the driver must not be truncated. */
static void test_too_many_pids_are_refused(void **state)
{
	const int32_t pid = 1;
	struct contmon_query query = {
		.flags = CONTMON_FILTER_PIDS,
		.pids = &pid,
		.nr_pids = (1ULL << 32) + 1,
	};

	(void)state;
	assert_int_equal(contmon_query_tasks(c, &query, &tasks), -EINVAL);
	query.nr_pids = CONTMON_MAX_PIDS + 1;
	assert_int_equal(contmon_query_tasks(c, &query, &tasks), -EINVAL);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(filters_reach_the_driver),
		TEST(filters_that_are_not_set_are_not_passed),
		TEST(the_smallest_stamp_counts),
		TEST(an_old_driver_has_no_filters),
		TEST(flags_of_the_library_are_refused),
		TEST(too_many_pids_are_refused),
	};

	return cmocka_run_group_tests_name("filters", tests, NULL, NULL);
}
