// SPDX-License-Identifier: GPL-2.0-only
/* Events of one process that the driver reports again */
#include "tests/unit/daemon.h"

#include "contmond/collect/repeats.h"

static struct repeats repeats;

static bool is_repeat(uint32_t type, int32_t pid, uint64_t start_ns)
{
	const struct contmon_event event = {
		.type = type, .pid = pid, .start_boottime_ns = start_ns,
	};

	return repeats_note(&repeats, &event);
}

static bool ends_again(int32_t pid, uint64_t start_ns)
{
	return is_repeat(CONTMON_EVENT_EXIT, pid, start_ns);
}

static int setup(void **state)
{
	(void)state;
	memset(&repeats, 0, sizeof(repeats));
	return 0;
}

static void test_the_same_process(void **state)
{
	(void)state;
	assert_false(ends_again(7, 5));
	assert_true(ends_again(7, 5));
	assert_true(ends_again(7, 5));
	/* Its id was given to another one. */
	assert_false(ends_again(7, 6));
	assert_true(ends_again(7, 6));
}

/* One that the OOM killer has chosen ends as well. */
static void test_each_type_by_itself(void **state)
{
	(void)state;
	assert_false(is_repeat(CONTMON_EVENT_OOM, 7, 5));
	assert_false(ends_again(7, 5));
	assert_true(is_repeat(CONTMON_EVENT_OOM, 7, 5));
	assert_false(is_repeat(CONTMON_EVENT_CGROUP_EMPTIED, 0, 0));
	assert_false(is_repeat(CONTMON_EVENT_CGROUP_EMPTIED, 0, 0));
}

/* Others end in between, as many as can be. */
static void test_in_a_storm(void **state)
{
	int32_t i;

	(void)state;
	assert_false(ends_again(7, 5));
	for (i = 1; i < REPEATS_PLACES; i++)
		assert_false(ends_again(7 + i, 5));
	assert_true(ends_again(7, 5));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_the_same_process, setup),
		cmocka_unit_test_setup(test_each_type_by_itself, setup),
		cmocka_unit_test_setup(test_in_a_storm, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
