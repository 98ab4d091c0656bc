// SPDX-License-Identifier: GPL-2.0-only
/* How users share the runs that may begin */
#include "tests/unit/daemon.h"

#include "base/clock.h"
#include "contmond/collect/quota.h"
#include "contmond/collect/runs.h"

static struct quota quota;

static int begin(void **state)
{
	(void)state;
	quota = (struct quota){ 0 };
	return 0;
}

static int end(void **state)
{
	(void)state;
	quota_done(&quota);
	return 0;
}

/* How many of @nr runs of a user may begin in a second */
static unsigned int take(int64_t user_id, uint64_t second, unsigned int nr)
{
	unsigned int taken = 0;

	while (nr-- > 0)
		taken += quota_take(&quota, user_id, second * NS_PER_SECOND);
	return taken;
}

static void test_root_alone(void **state)
{
	(void)state;
	assert_int_equal(take(0, 1, 1000), RUNS_MAX_PER_SECOND);
	assert_int_equal(take(0, 2, 1000), RUNS_MAX_PER_SECOND);
	/* And no more until a sample has them */
	assert_int_equal(take(0, 3, 1000),
			 RUNS_MAX_NEW - 2 * RUNS_MAX_PER_SECOND);
	assert_int_equal(take(0, 4, 1), 0);
	quota_give_back(&quota, 0);
	assert_int_equal(take(0, 4, 2), 1);
	quota_sampled(&quota);
	assert_int_equal(take(0, 5, 1000), RUNS_MAX_PER_SECOND);
}

/* Root's part is there, although it had no run before. */
static void test_a_noisy_user(void **state)
{
	uint64_t second;

	(void)state;
	for (second = 1; second < 10; second++)
		take(1000, second, 1000);
	assert_int_equal(take(0, second, 1000), RUNS_MAX_PER_SECOND / 2);
	assert_int_equal(take(0, second + 1, 1000), RUNS_MAX_PER_SECOND / 2);
	assert_int_equal(take(0, second + 2, 1000),
			 RUNS_MAX_NEW / 2 - RUNS_MAX_PER_SECOND);
}

/* From the second after its first run on, each has its part. */
static void test_many_users(void **state)
{
	int64_t user;

	(void)state;
	assert_int_equal(take(1, 1, 1000), RUNS_MAX_PER_SECOND / 2);
	assert_int_equal(take(0, 1, 1000), RUNS_MAX_PER_SECOND / 2);
	assert_int_equal(take(2, 1, 1000), 0);
	quota_sampled(&quota);
	for (user = 0; user < 3; user++)
		assert_int_equal(take(user, 2, 1000), RUNS_MAX_PER_SECOND / 3);
	quota_sampled(&quota);
	for (user = 1; user < 20; user++)
		take(user, 3, 1);
	quota_sampled(&quota);
	for (user = 0; user < 20; user++)
		assert_int_equal(take(user, 4, 1000),
				 RUNS_MAX_PER_SECOND / 20);
}

static void test_users_are_forgotten(void **state)
{
	int64_t user;

	(void)state;
	for (user = 1; user < 100; user++)
		take(user, 1, 1);
	assert_int_equal(quota.nr, 99);
	quota_sampled(&quota);
	assert_int_equal(take(0, 7, 1000), RUNS_MAX_PER_SECOND);
	assert_int_equal(quota.nr, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(test_root_alone),
		TEST(test_a_noisy_user),
		TEST(test_many_users),
		TEST(test_users_are_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
