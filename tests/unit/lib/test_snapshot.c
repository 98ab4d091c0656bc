// SPDX-License-Identifier: GPL-2.0-only
/*
 * Snapshots: cursor, growth, refusals, records of another size; and the calls
 * on one task, the host and memory.
 *
 * wrap: open close ioctl mmap munmap sysinfo
 */
#include "tests/unit/fake_device.h"

static struct contmon *c;

static int setup(void **state)
{
	fake_setup(state);
	fake_ioctl = NULL;
	return contmon_open("/fake", &c);
}

static int teardown(void **state)
{
	(void)state;
	contmon_close(c);
	return fake.nr_mapped && !fake.mmap_errno &&
	       fake.nr_mapped != fake.nr_unmapped;
}

/* A device that opens like this one but was set up differently */
static void reopen(void)
{
	contmon_close(c);
	assert_int_equal(contmon_open("/fake", &c), 0);
}

static int snapshot(struct contmon_tasks *tasks)
{
	return contmon_snapshot_tasks(c, CONTMON_TASK_ALL, 0, tasks);
}

static void assert_all_tasks(const struct contmon_tasks *tasks)
{
	size_t i;

	assert_int_equal(tasks->nr, fake.nr_tasks);
	for (i = 0; i < tasks->nr; i++) {
		const struct contmon_task *t = &tasks->entries[i];

		assert_int_equal(t->pid, i * 3 + 1);
		assert_int_equal(t->oom_score, i);
		assert_int_equal(t->oom_score_adj, -1000);
		assert_string_equal((char *)t->comm, "fake");
	}
}

static void test_tasks_go_through_the_mapping(void **state)
{
	struct contmon_tasks tasks = { 0 };

	(void)state;
	assert_int_equal(snapshot(&tasks), 0);
	assert_all_tasks(&tasks);
	assert_true(fake.tasks_arg.flags & CONTMON_TO_MAPPING);
	assert_int_equal(fake.nr_mapped, 1);
	assert_int_equal(fake.nr_ioctls, 2);
	contmon_tasks_done(&tasks);
	assert_null(tasks.entries);
}

static void test_tasks_follow_the_cursor(void **state)
{
	struct contmon_tasks tasks = { 0 };

	(void)state;
	fake.nr_tasks = 10000;
	assert_int_equal(snapshot(&tasks), 0);
	assert_all_tasks(&tasks);
	assert_int_equal(fake.nr_ioctls, 4);
	assert_int_equal(tasks.taken_boottime_ns, 1002);
	assert_int_equal(tasks.done_boottime_ns, 1004);
	contmon_tasks_done(&tasks);
}

static void test_tasks_fill_the_last_batch_exactly(void **state)
{
	struct contmon_tasks tasks = { 0 };

	(void)state;
	fake.nr_tasks = 4096;
	assert_int_equal(snapshot(&tasks), 0);
	assert_all_tasks(&tasks);
	contmon_tasks_done(&tasks);
}

static void test_tasks_keep_their_memory(void **state)
{
	struct contmon_tasks tasks = { 0 };
	struct contmon_task *entries;

	(void)state;
	fake.nr_tasks = 5000;
	assert_int_equal(snapshot(&tasks), 0);
	entries = tasks.entries;
	fake.nr_tasks = 3;
	assert_int_equal(snapshot(&tasks), 0);
	assert_all_tasks(&tasks);
	assert_ptr_equal(tasks.entries, entries);
	assert_int_equal(fake.nr_mapped, 1);
	contmon_tasks_done(&tasks);
}

static void test_tasks_outlive_the_handle(void **state)
{
	struct contmon_tasks tasks = { 0 };

	(void)state;
	assert_int_equal(snapshot(&tasks), 0);
	reopen();
	assert_all_tasks(&tasks);
	contmon_tasks_done(&tasks);
}

static void test_tasks_are_copied_without_a_mapping(void **state)
{
	struct contmon_tasks tasks = { 0 };

	(void)state;
	fake.mmap_errno = ENOMEM;
	fake.nr_tasks = 10000;
	assert_int_equal(snapshot(&tasks), 0);
	assert_all_tasks(&tasks);
	assert_false(fake.tasks_arg.flags & CONTMON_TO_MAPPING);
	assert_int_equal(snapshot(&tasks), 0);
	assert_all_tasks(&tasks);
	assert_int_equal(fake.nr_mapped, 1);
	contmon_tasks_done(&tasks);
}

static void test_tasks_heed_the_limits_of_the_mapping(void **state)
{
	struct contmon_tasks tasks = { 0 };

	(void)state;
	fake.info.max_mapping_bytes = 3 * FAKE_PAGE + 100;
	reopen();
	fake.nr_tasks = 1000;
	assert_int_equal(snapshot(&tasks), 0);
	assert_all_tasks(&tasks);
	assert_int_equal(fake.mapping_length, 3 * FAKE_PAGE);
	contmon_tasks_done(&tasks);
}

static void test_tasks_do_without_a_tiny_mapping(void **state)
{
	struct contmon_tasks tasks = { 0 };

	(void)state;
	fake.info.max_mapping_bytes = 100;
	reopen();
	assert_int_equal(snapshot(&tasks), 0);
	assert_all_tasks(&tasks);
	assert_int_equal(fake.nr_mapped, 0);
	contmon_tasks_done(&tasks);
}

static void test_tasks_heed_max_entries(void **state)
{
	struct contmon_tasks tasks = { 0 };

	(void)state;
	fake.info.max_entries = 7;
	reopen();
	fake.nr_tasks = 100;
	assert_int_equal(snapshot(&tasks), 0);
	assert_all_tasks(&tasks);
	contmon_tasks_done(&tasks);

	fake.mmap_errno = EPERM;
	reopen();
	assert_int_equal(snapshot(&tasks), 0);
	assert_all_tasks(&tasks);
	contmon_tasks_done(&tasks);
}

static void test_tasks_ask_with_our_record_size(void **state)
{
	struct contmon_tasks tasks = { 0 };

	(void)state;
	fake.task_size = 512;	/* a newer driver's; bytes 0xee */
	fake.nr_tasks = 5000;
	assert_int_equal(snapshot(&tasks), 0);
	assert_all_tasks(&tasks);
	assert_int_equal(fake.tasks_arg.entry_size,
			 sizeof(struct contmon_task));
	contmon_tasks_done(&tasks);
}

static void test_tasks_of_a_shorter_driver_end_in_zeros(void **state)
{
	struct contmon_tasks tasks = { 0 };

	(void)state;
	fake.task_size = offsetof(struct contmon_task, oom_score_adj);
	assert_int_equal(snapshot(&tasks), 0);
	assert_int_equal(tasks.nr, fake.nr_tasks);
	assert_int_equal(tasks.entries[9].pid, 28);
	assert_int_equal(tasks.entries[9].oom_score, 0);
	contmon_tasks_done(&tasks);
}

static void test_tasks_retry_after_a_signal(void **state)
{
	struct contmon_tasks tasks = { 0 };

	(void)state;
	fake.nr_eintr = 5;
	assert_int_equal(snapshot(&tasks), 0);
	assert_all_tasks(&tasks);
	contmon_tasks_done(&tasks);
}

static void test_tasks_are_none_after_a_failure(void **state)
{
	struct contmon_tasks tasks = { 0 };

	(void)state;
	assert_int_equal(snapshot(&tasks), 0);
	fake.ioctl_errno = ENODEV;
	assert_int_equal(snapshot(&tasks), -ENODEV);
	assert_int_equal(tasks.nr, 0);
	contmon_tasks_done(&tasks);
	contmon_tasks_done(NULL);
}

static void test_tasks_pass_fields_flags_and_swap(void **state)
{
	struct contmon_tasks tasks = { 0 };

	(void)state;
	assert_int_equal(contmon_snapshot_tasks(c, CONTMON_TASK_MEM,
						CONTMON_EXACT_RSS, &tasks), 0);
	assert_int_equal(fake.tasks_arg.fields, CONTMON_TASK_MEM);
	assert_int_equal(fake.tasks_arg.flags,
			 CONTMON_EXACT_RSS | CONTMON_SWAP_KNOWN |
				 CONTMON_TO_MAPPING);
	assert_int_equal(fake.tasks_arg.swap_total_bytes, 5 * 4096);

	fake.sysinfo_errno = EFAULT;
	assert_int_equal(contmon_snapshot_tasks(c, 0, 0, &tasks), 0);
	assert_int_equal(fake.tasks_arg.flags, CONTMON_TO_MAPPING);
	contmon_tasks_done(&tasks);
}

static void test_tasks_report_unknown_flags(void **state)
{
	struct contmon_tasks tasks = { 0 };

	(void)state;
	assert_int_equal(contmon_snapshot_tasks(c, 0, 1U << 31, &tasks),
			 -EOPNOTSUPP);
	contmon_tasks_done(&tasks);
}

static void test_tasks_refuse_what_no_driver_may_say(void **state)
{
	struct contmon_tasks tasks = { 0 };

	(void)state;
	fake.endless = true;
	assert_int_equal(snapshot(&tasks), -EPROTO);
	fake.endless = false;
	fake.boastful = true;
	assert_int_equal(snapshot(&tasks), -EPROTO);
	assert_int_equal(tasks.nr, 0);
	contmon_tasks_done(&tasks);
}

static void test_task_is_found_by_pid(void **state)
{
	struct contmon_task task;

	(void)state;
	assert_int_equal(contmon_get_task(c, 13, CONTMON_TASK_ALL,
					  CONTMON_EXACT_RSS, &task), 0);
	assert_int_equal(task.pid, 13);
	assert_int_equal(task.oom_score, 4);
}

static void test_task_is_untouched_by_failure(void **state)
{
	struct contmon_task task = { .pid = 99 };

	(void)state;
	assert_int_equal(contmon_get_task(c, 14, 0, 0, &task), -ESRCH);
	assert_int_equal(contmon_get_task(c, 0, 0, 0, &task), -EINVAL);
	assert_int_equal(contmon_get_task(c, -1, 0, 0, &task), -EINVAL);
	assert_int_equal(contmon_get_task(c, 1, 0, CONTMON_TO_MAPPING, &task),
			 -EOPNOTSUPP);
	assert_int_equal(task.pid, 99);
}

static void assert_all_containers(const struct contmon_cgroups *all)
{
	size_t i;

	assert_int_equal(all->nr, fake.nr_containers);
	assert_int_equal(all->taken_boottime_ns, 4711);
	for (i = 0; i < all->nr; i++)
		assert_int_equal(all->entries[i].cgroup_id, i + 1);
}

static int snapshot_cgroups(struct contmon_cgroups *all)
{
	return contmon_snapshot_cgroups(c, CONTMON_CGROUP_ALL, 0, all);
}

static void test_containers_fit_at_once(void **state)
{
	struct contmon_cgroups all = { 0 };

	(void)state;
	assert_int_equal(snapshot_cgroups(&all), 0);
	assert_all_containers(&all);
	assert_int_equal(fake.nr_ioctls, 2);
	contmon_cgroups_done(&all);
	contmon_cgroups_done(NULL);
}

static void test_containers_grow(void **state)
{
	struct contmon_cgroups all = { 0 };

	(void)state;
	fake.nr_containers = 1000;
	assert_int_equal(snapshot_cgroups(&all), 0);
	assert_all_containers(&all);
	assert_int_equal(fake.nr_ioctls, 3);

	/* The memory is kept, with headroom for some more. */
	fake.nr_containers = 1050;
	assert_int_equal(snapshot_cgroups(&all), 0);
	assert_all_containers(&all);
	assert_int_equal(fake.nr_ioctls, 4);
	contmon_cgroups_done(&all);
}

static void test_containers_grow_while_we_ask(void **state)
{
	struct contmon_cgroups all = { 0 };

	(void)state;
	fake.nr_containers = 150;
	fake.nr_more = 50;
	assert_int_equal(snapshot_cgroups(&all), 0);
	assert_all_containers(&all);
	assert_in_range(fake.nr_ioctls, 4, 9);
	contmon_cgroups_done(&all);
}

static void test_containers_are_not_chased_for_ever(void **state)
{
	struct contmon_cgroups all = { 0 };

	(void)state;
	fake.nr_containers = 200;
	fake.nr_more = 5000;
	assert_int_equal(snapshot_cgroups(&all), -EMSGSIZE);
	assert_int_equal(all.nr, 0);
	assert_int_equal(fake.nr_ioctls, 1 + 8);
	contmon_cgroups_done(&all);
}

static void test_containers_heed_max_entries(void **state)
{
	struct contmon_cgroups all = { 0 };

	(void)state;
	fake.info.max_entries = 100;
	reopen();
	fake.nr_containers = 100;
	assert_int_equal(snapshot_cgroups(&all), 0);
	assert_all_containers(&all);
	fake.nr_containers = 101;
	assert_int_equal(snapshot_cgroups(&all), -EMSGSIZE);
	contmon_cgroups_done(&all);
}

static void test_containers_retry_after_a_signal(void **state)
{
	struct contmon_cgroups all = { 0 };

	(void)state;
	fake.nr_eintr = 2;
	assert_int_equal(snapshot_cgroups(&all), 0);
	assert_all_containers(&all);
	fake.ioctl_errno = EOPNOTSUPP;
	assert_int_equal(snapshot_cgroups(&all), -EOPNOTSUPP);
	assert_int_equal(all.nr, 0);
	contmon_cgroups_done(&all);
}

static void test_containers_refuse_what_no_driver_may_say(void **state)
{
	struct contmon_cgroups all = { 0 };

	(void)state;
	fake.boastful = true;
	assert_int_equal(snapshot_cgroups(&all), -EPROTO);
	assert_int_equal(all.nr, 0);
	contmon_cgroups_done(&all);
}

/* Fill each counter with a number of its own. */
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

static void test_containers_add_up(void **state)
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
	/* Memory and pressure are hierarchical already. */
	memcpy((char *)&want + at, (char *)&memcg + at, exited - at);
	memcpy((char *)&want + psi, (char *)&memcg + psi, cpu - psi);
	sum.cgroup_id = want.cgroup_id = 77;
	contmon_cgroup_add(&sum, &child);
	assert_memory_equal(&sum, &want, sizeof(sum));
}

static void test_containers_add_unknown_to_known(void **state)
{
	struct contmon_cgroup sum = numbered(1);
	struct contmon_cgroup child = { .valid = CONTMON_CGROUP_BASE };

	(void)state;
	contmon_cgroup_add(&sum, &child);
	assert_int_equal(sum.valid, CONTMON_CGROUP_BASE |
					    CONTMON_CGROUP_MEMCG |
					    CONTMON_CGROUP_PSI);
}

/* So for parts: what procfs knows of one only */
static void test_containers_add_parts(void **state)
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

static int other_ioctls(unsigned long request, void *arg)
{
	struct contmon_get_system *system = arg;
	struct contmon_alloc *alloc = arg;
	struct contmon_resident *resident = arg;

	switch (request) {
	case CONTMON_GET_SYSTEM:
		system->ram_total_bytes = 12345;
		return 0;
	case CONTMON_ALLOC:
		if (alloc->length_bytes == 0)
			return fake_error(EINVAL);
		alloc->length_bytes = 8192;
		alloc->address = 0x7000;
		return 0;
	case CONTMON_FREE:
		return 0;
	case CONTMON_RESIDENT:
		assert_int_equal(resident->address, 0x7000);
		resident->resident_bytes = 4096;
		return 0;
	default:
		return fake_error(ENOTTY);
	}
}

static void test_system_has_swap_beside_the_driver(void **state)
{
	struct contmon_system system = { 0 };

	(void)state;
	fake_ioctl = other_ioctls;
	assert_int_equal(contmon_get_system(c, CONTMON_SYSTEM_ALL, 0, &system),
			 0);
	assert_int_equal(system.kernel.ram_total_bytes, 12345);
	assert_int_equal(system.kernel.size, sizeof(system.kernel));
	assert_int_equal(system.kernel.fields, CONTMON_SYSTEM_ALL);
	assert_int_equal(system.swap_total_bytes, 5 * 4096);
	assert_int_equal(system.swap_free_bytes, 3 * 4096);
}

static void test_system_is_untouched_by_failure(void **state)
{
	struct contmon_system system = { .swap_free_bytes = 99 };

	(void)state;
	assert_int_equal(contmon_get_system(c, 0, 0, &system), -ENOTTY);
	fake_ioctl = other_ioctls;
	fake.sysinfo_errno = EFAULT;
	assert_int_equal(contmon_get_system(c, 0, 0, &system), -EFAULT);
	assert_int_equal(system.swap_free_bytes, 99);
}

static void test_memory_is_reserved_and_freed(void **state)
{
	uint64_t length, resident;
	void *address;

	(void)state;
	fake_ioctl = other_ioctls;
	assert_int_equal(contmon_alloc(c, 5000, &address, &length), 0);
	assert_ptr_equal(address, 0x7000);
	assert_int_equal(length, 8192);
	assert_int_equal(contmon_alloc(c, 5000, &address, NULL), 0);
	assert_int_equal(contmon_resident(c, address, length, &resident), 0);
	assert_int_equal(resident, 4096);
	assert_int_equal(contmon_free(c, address, length), 0);
}

static void test_memory_is_untouched_by_failure(void **state)
{
	uint64_t number = 99;
	void *address = &number;

	(void)state;
	fake_ioctl = other_ioctls;
	assert_int_equal(contmon_alloc(c, 0, &address, &number), -EINVAL);
	fake_ioctl = NULL;
	assert_int_equal(contmon_resident(c, address, 1, &number), -ENOTTY);
	assert_int_equal(contmon_free(c, address, 1), -ENOTTY);
	assert_ptr_equal(address, &number);
	assert_int_equal(number, 99);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tasks_go_through_the_mapping),
		TEST(tasks_follow_the_cursor),
		TEST(tasks_fill_the_last_batch_exactly),
		TEST(tasks_keep_their_memory),
		TEST(tasks_outlive_the_handle),
		TEST(tasks_are_copied_without_a_mapping),
		TEST(tasks_heed_the_limits_of_the_mapping),
		TEST(tasks_do_without_a_tiny_mapping),
		TEST(tasks_heed_max_entries),
		TEST(tasks_ask_with_our_record_size),
		TEST(tasks_of_a_shorter_driver_end_in_zeros),
		TEST(tasks_retry_after_a_signal),
		TEST(tasks_are_none_after_a_failure),
		TEST(tasks_pass_fields_flags_and_swap),
		TEST(tasks_report_unknown_flags),
		TEST(tasks_refuse_what_no_driver_may_say),
		TEST(task_is_found_by_pid),
		TEST(task_is_untouched_by_failure),
		TEST(containers_fit_at_once),
		TEST(containers_grow),
		TEST(containers_grow_while_we_ask),
		TEST(containers_are_not_chased_for_ever),
		TEST(containers_heed_max_entries),
		TEST(containers_retry_after_a_signal),
		TEST(containers_refuse_what_no_driver_may_say),
		TEST(containers_add_up),
		TEST(containers_add_unknown_to_known),
		TEST(containers_add_parts),
		TEST(system_has_swap_beside_the_driver),
		TEST(system_is_untouched_by_failure),
		TEST(memory_is_reserved_and_freed),
		TEST(memory_is_untouched_by_failure),
	};

	return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
