// SPDX-License-Identifier: GPL-2.0-only
/*
 * Snapshots of cgroups: growth and failures; and sums of them
 *
 * wrap: open close ioctl mmap munmap sysinfo
 */
#include "tests/unit/open_device.h"

static void assert_all_cgroups(const struct contmon_cgroups *all)
{
	size_t i;

	assert_int_equal(all->nr, fake.nr_cgroups);
	assert_int_equal(all->taken_boottime_ns, 4711);
	for (i = 0; i < all->nr; i++)
		assert_int_equal(all->entries[i].cgroup_id, i + 1);
}

static int snapshot_cgroups(struct contmon_cgroups *all)
{
	return contmon_snapshot_cgroups(c, CONTMON_CGROUP_ALL, 0, all);
}

static void test_cgroups_fit_at_once(void **state)
{
	struct contmon_cgroups all = { 0 };

	(void)state;
	assert_int_equal(snapshot_cgroups(&all), 0);
	assert_all_cgroups(&all);
	assert_int_equal(fake.nr_ioctls, 2);
	contmon_cgroups_done(&all);
	contmon_cgroups_done(NULL);
}

static void test_cgroups_grow(void **state)
{
	struct contmon_cgroups all = { 0 };

	(void)state;
	fake.nr_cgroups = 1000;
	assert_int_equal(snapshot_cgroups(&all), 0);
	assert_all_cgroups(&all);
	assert_int_equal(fake.nr_ioctls, 3);

	/* The memory is kept, with room for some more. */
	fake.nr_cgroups = 1050;
	assert_int_equal(snapshot_cgroups(&all), 0);
	assert_all_cgroups(&all);
	assert_int_equal(fake.nr_ioctls, 4);
	contmon_cgroups_done(&all);
}

static void test_cgroups_grow_while_we_ask(void **state)
{
	struct contmon_cgroups all = { 0 };

	(void)state;
	fake.nr_cgroups = 150;
	fake.nr_more = 50;
	assert_int_equal(snapshot_cgroups(&all), 0);
	assert_all_cgroups(&all);
	assert_in_range(fake.nr_ioctls, 4, 9);
	contmon_cgroups_done(&all);
}

static void test_cgroups_are_not_retried_forever(void **state)
{
	struct contmon_cgroups all = { 0 };

	(void)state;
	fake.nr_cgroups = 200;
	fake.nr_more = 5000;
	assert_int_equal(snapshot_cgroups(&all), -EMSGSIZE);
	assert_int_equal(all.nr, 0);
	assert_int_equal(fake.nr_ioctls, 1 + 8);
	contmon_cgroups_done(&all);
}

static void test_cgroups_respect_max_entries(void **state)
{
	struct contmon_cgroups all = { 0 };

	(void)state;
	fake.info.max_entries = 100;
	reopen();
	fake.nr_cgroups = 100;
	assert_int_equal(snapshot_cgroups(&all), 0);
	assert_all_cgroups(&all);
	fake.nr_cgroups = 101;
	assert_int_equal(snapshot_cgroups(&all), 0);
	assert_all_cgroups(&all);
	fake.nr_cgroups = 300;
	assert_int_equal(snapshot_cgroups(&all), 0);
	assert_all_cgroups(&all);
	assert_true(fake.containers_arg.flags & CONTMON_IN_PARTS);
	contmon_cgroups_done(&all);
}

static void test_cgroups_of_a_driver_without_parts(void **state)
{
	struct contmon_cgroups all = { 0 };

	(void)state;
	fake.info.max_entries = 100;
	fake.info.api_version = 2;
	fake.info.cgroup_fields = CONTMON_CGROUP_LIMIT - 1;
	reopen();
	assert_int_equal(snapshot_cgroups(&all), 0);
	assert_all_cgroups(&all);
	assert_false(all.entries[0].valid & CONTMON_CGROUP_LIMIT);
	fake.nr_cgroups = 101;
	assert_int_equal(snapshot_cgroups(&all), -EMSGSIZE);
	assert_int_equal(all.nr, 0);
	contmon_cgroups_done(&all);
}

static void test_cgroups_of_an_unknown_group_are_refused(void **state)
{
	struct contmon_cgroups all = { 0 };

	(void)state;
	assert_int_equal(contmon_snapshot_cgroups(c, CONTMON_CGROUP_ALL + 1, 0,
						  &all), -EOPNOTSUPP);
	assert_int_equal(fake.nr_ioctls, 1);
	contmon_cgroups_done(&all);
}

static void test_cgroups_retry_after_a_signal(void **state)
{
	struct contmon_cgroups all = { 0 };

	(void)state;
	fake.nr_eintr = 2;
	assert_int_equal(snapshot_cgroups(&all), 0);
	assert_all_cgroups(&all);
	fake.ioctl_errno = EOPNOTSUPP;
	assert_int_equal(snapshot_cgroups(&all), -EOPNOTSUPP);
	assert_int_equal(all.nr, 0);
	contmon_cgroups_done(&all);
}

static void test_cgroups_refuse_invalid_results_of_the_driver(void **state)
{
	struct contmon_cgroups all = { 0 };

	(void)state;
	fake.boastful = true;
	assert_int_equal(snapshot_cgroups(&all), -EPROTO);
	assert_int_equal(all.nr, 0);
	contmon_cgroups_done(&all);
}

/* Fills each counter with a different number. */
static struct contmon_cgroup numbered(uint32_t factor)
{
	struct contmon_cgroup one = { .valid = CONTMON_CGROUP_ALL };
	__u32 *u32 = &one.nr_tasks;
	__u64 *u64 = &one.vsz_sum_bytes;
	uint32_t i;

	for (i = 0; u32 + i <= &one.nr_idle; i++)
		u32[i] = (i + 1) * factor;
	for (i = 0; u64 + i <= &one.events_oom_kill; i++)
		u64[i] = (i + 100) * (uint64_t)factor;
	return one;
}

static void test_cgroups_add_up(void **state)
{
	struct contmon_cgroup sum = numbered(1);
	struct contmon_cgroup child = numbered(1000);
	struct contmon_cgroup want = numbered(1001);
	struct contmon_cgroup memcg = numbered(1);
	size_t at = offsetof(struct contmon_cgroup, memory_current_bytes);
	size_t exited = offsetof(struct contmon_cgroup, exited_tasks);
	size_t psi = offsetof(struct contmon_cgroup, psi_cpu_some_ns);
	size_t cpu = offsetof(struct contmon_cgroup, cpu_usage_ns);

	(void)state;
	/* Memory and pressure already include descendants. */
	memcpy((char *)&want + at, (char *)&memcg + at, exited - at);
	memcpy((char *)&want + psi, (char *)&memcg + psi, cpu - psi);
	sum.cgroup_id = want.cgroup_id = 77;
	contmon_cgroup_add(&sum, &child);
	assert_memory_equal(&sum, &want, sizeof(sum));
}

static void test_cgroups_add_unknown_to_known(void **state)
{
	struct contmon_cgroup sum = numbered(1);
	struct contmon_cgroup child = { .valid = CONTMON_CGROUP_BASE };

	(void)state;
	contmon_cgroup_add(&sum, &child);
	assert_int_equal(sum.valid, CONTMON_CGROUP_BASE |
					    CONTMON_CGROUP_MEMCG |
					    CONTMON_CGROUP_PSI |
					    CONTMON_CGROUP_LIMIT |
					    CONTMON_CGROUP_STAT);
}

/* The same for parts that procfs provides for only one of the two cgroups */
static void test_cgroups_add_parts(void **state)
{
	const uint64_t counts = CONTMON_CGROUP_PART_COUNTS;
	struct contmon_cgroup sum = {
		.valid = counts | CONTMON_CGROUP_PART_IO,
		.nr_tasks = 2,
	};
	struct contmon_cgroup child = { .valid = counts, .nr_tasks = 3 };

	(void)state;
	contmon_cgroup_add(&sum, &child);
	assert_int_equal(sum.valid, counts);
	assert_int_equal(sum.nr_tasks, 5);
	child.valid = 0;
	contmon_cgroup_add(&sum, &child);
	assert_int_equal(sum.valid, 0);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_##name, setup_open, teardown_open)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(cgroups_fit_at_once),
		TEST(cgroups_grow),
		TEST(cgroups_grow_while_we_ask),
		TEST(cgroups_are_not_retried_forever),
		TEST(cgroups_respect_max_entries),
		TEST(cgroups_of_a_driver_without_parts),
		TEST(cgroups_of_an_unknown_group_are_refused),
		TEST(cgroups_retry_after_a_signal),
		TEST(cgroups_refuse_invalid_results_of_the_driver),
		TEST(cgroups_add_up),
		TEST(cgroups_add_unknown_to_known),
		TEST(cgroups_add_parts),
	};

	return cmocka_run_group_tests_name("cgroups", tests, NULL, NULL);
}
