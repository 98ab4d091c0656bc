// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/daemon.h"

#include "base/rate.h"

#define SECOND UINT64_C(1000000000)

static void test_rates(void **state)
{
	(void)state;
	assert_near(rate_per_second(100, 350, SECOND / 2), 500, 1e-9);
	assert_near(rate_per_second(100, 100, SECOND), 0, 0);
	assert_true(isnan(rate_per_second(100, 99, SECOND)));
	assert_true(isnan(rate_per_second(100, 200, 0)));
}

static void test_baselines(void **state)
{
	const uint64_t same = 50, other = 40;

	(void)state;
	assert_int_equal(rate_baseline(50, &same, 100), RATE_FROM_BEFORE);
	assert_int_equal(rate_baseline(150, NULL, 100), RATE_FROM_ZERO);
	assert_int_equal(rate_baseline(100, NULL, 100), RATE_FROM_ZERO);
	/* The pid was reused. */
	assert_int_equal(rate_baseline(150, &other, 100), RATE_FROM_ZERO);
	/* It existed then, but was not seen. */
	assert_int_equal(rate_baseline(50, NULL, 100), RATE_UNKNOWN);
	assert_int_equal(rate_baseline(50, &other, 100), RATE_UNKNOWN);
}

static void test_busy_cpus(void **state)
{
	(void)state;
	assert_near(rate_busy_cpus(0, SECOND, SECOND, 4), 3, 1e-9);
	assert_near(rate_busy_cpus(SECOND, SECOND, SECOND, 4), 4, 1e-9);
	/* Idle time and the clock are not read at the same moment. */
	assert_near(rate_busy_cpus(0, 4 * SECOND + 5, SECOND, 4), 0, 0);
	assert_true(isnan(rate_busy_cpus(SECOND, 0, SECOND, 4)));
	assert_true(isnan(rate_busy_cpus(0, SECOND, 0, 4)));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_baselines),
		cmocka_unit_test(test_busy_cpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
