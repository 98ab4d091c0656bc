// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles of the driver in a child of fork(2), and one in each of two threads
 *
 * wrap: open close ioctl mmap munmap sysinfo
 */
#define FAKE_STORAGE __thread
#include "tests/unit/fake_device.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#define NR_TASKS 5000	/* more than one call brings */

/* Returns 0 or what was wrong; only the parent may assert */
static int use(struct contmon *c, bool mapped)
{
	struct contmon_tasks tasks = { 0 };
	struct contmon_task task;
	size_t i;
	int bad = 0;

	if (contmon_snapshot_tasks(c, CONTMON_TASK_ALL, 0, &tasks) < 0 ||
	    tasks.nr != NR_TASKS)
		bad = 1;
	for (i = 0; i < tasks.nr; i++)
		if (tasks.entries[i].pid != (int32_t)i * 3 + 1)
			bad = 2;
	if (!(fake.tasks_arg.flags & CONTMON_TO_MAPPING) == mapped)
		bad = 3;
	if (contmon_get_task(c, 4, 0, 0, &task) < 0 || task.pid != 4)
		bad = 4;
	contmon_tasks_done(&tasks);
	return bad;
}

/* Uses @c in a child, which also closes it */
static void in_a_child(struct contmon *c)
{
	int status, bad;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		bad = use(c, false);
		contmon_close(c);
		/* It must not unmap memory that it has not inherited. */
		_exit(fake.nr_unmapped ? 5 : bad);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* The mapping belongs to the parent: both would write their records to it. */
static void test_a_child_does_not_share_the_mapping(void **state)
{
	struct contmon *c;

	(void)state;
	fake.nr_tasks = NR_TASKS;
	assert_int_equal(contmon_open("/fake", &c), 0);
	in_a_child(c);
	assert_int_equal(use(c, true), 0);
	in_a_child(c);
	assert_int_equal(use(c, true), 0);
	assert_int_equal(fake.nr_mapped, 1);
	contmon_close(c);
	assert_int_equal(fake.nr_unmapped, 1);
	assert_int_equal(fake.nr_closed, 1);
}

static void *use_often(void *arg)
{
	int *nr_good = arg, i;
	struct contmon *c;

	fake_setup(NULL);
	fake.nr_tasks = NR_TASKS;
	for (i = 0; i < 50; i++) {
		if (contmon_open("/fake", &c) < 0)
			break;
		*nr_good += use(c, true) == 0 && use(c, true) == 0;
		contmon_close(c);
	}
	return NULL;
}

static void test_two_threads_with_two_handles(void **state)
{
	pthread_t threads[2];
	int nr_good[2] = { 0, 0 }, i;

	(void)state;
	for (i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, use_often,
						&nr_good[i]), 0);
	for (i = 0; i < 2; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(nr_good[0], 50);
	assert_int_equal(nr_good[1], 50);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, fake_setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_child_does_not_share_the_mapping),
		TEST(two_threads_with_two_handles),
	};

	return cmocka_run_group_tests_name("handles", tests, NULL, NULL);
}
