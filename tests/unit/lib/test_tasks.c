// SPDX-License-Identifier: GPL-2.0-only
/*
 * Snapshots of tasks: cursor, errors, records of another size; and one task
 *
 * wrap: open close ioctl mmap munmap sysinfo
 */
#include "tests/unit/open_device.h"

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
	fake.nr_tasks = 1250;
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

static void test_tasks_respect_the_limits_of_the_mapping(void **state)
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

static void test_tasks_avoid_a_tiny_mapping(void **state)
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

static void test_tasks_respect_max_entries(void **state)
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

static void test_tasks_pass_our_record_size(void **state)
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

static void test_tasks_refuse_invalid_results_of_the_driver(void **state)
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

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_##name, setup_open, teardown_open)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tasks_go_through_the_mapping),
		TEST(tasks_follow_the_cursor),
		TEST(tasks_fill_the_last_batch_exactly),
		TEST(tasks_keep_their_memory),
		TEST(tasks_outlive_the_handle),
		TEST(tasks_are_copied_without_a_mapping),
		TEST(tasks_respect_the_limits_of_the_mapping),
		TEST(tasks_avoid_a_tiny_mapping),
		TEST(tasks_respect_max_entries),
		TEST(tasks_pass_our_record_size),
		TEST(tasks_of_a_shorter_driver_end_in_zeros),
		TEST(tasks_retry_after_a_signal),
		TEST(tasks_are_none_after_a_failure),
		TEST(tasks_pass_fields_flags_and_swap),
		TEST(tasks_report_unknown_flags),
		TEST(tasks_refuse_invalid_results_of_the_driver),
		TEST(task_is_found_by_pid),
		TEST(task_is_untouched_by_failure),
	};

	return cmocka_run_group_tests_name("tasks", tests, NULL, NULL);
}
