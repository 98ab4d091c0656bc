// SPDX-License-Identifier: GPL-2.0-only
/*
 * The clocks, set by the test.
 *
 * wrap: clock_gettime
 */
#include "tests/unit/daemon.h"

#include <time.h>

#include "base/clock.h"

static struct timespec clocks[16];

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	*ret = clocks[clock];
	return 0;
}

static void test_each_function_reads_its_own_clock(void **state)
{
	(void)state;
	clocks[CLOCK_REALTIME] = (struct timespec){ 1700000000, 123456789 };
	clocks[CLOCK_BOOTTIME] = (struct timespec){ 100, 5 };
	clocks[CLOCK_MONOTONIC] = (struct timespec){ 90, 999999999 };
	assert_int_equal(clock_realtime_ns(), 1700000000123456789);
	assert_int_equal(clock_boottime_ns(), 100000000005);
	assert_int_equal(clock_monotonic_ns(), 90999999999);
}

static void test_the_offset_may_be_negative(void **state)
{
	(void)state;
	clocks[CLOCK_BOOTTIME] = (struct timespec){ 100, 0 };
	clocks[CLOCK_REALTIME] = (struct timespec){ 1700000000, 0 };
	assert_int_equal(clock_realtime_offset_ns(), 1699999900000000000);
	assert_int_equal(clock_realtime_ms(101234567890), 1700000001234);
	clocks[CLOCK_REALTIME] = (struct timespec){ 40, 0 };
	assert_int_equal(clock_realtime_offset_ns(), -60000000000);
	assert_int_equal(clock_boottime_of_ms(39000), 99000000000);
}

static void test_back_to_a_boot_time(void **state)
{
	(void)state;
	clocks[CLOCK_BOOTTIME] = (struct timespec){ 100, 0 };
	clocks[CLOCK_REALTIME] = (struct timespec){ 1700000000, 0 };
	assert_int_equal(clock_boottime_of_ms(1700000001234), 101234000000);
	assert_int_equal(clock_boottime_of_ms(1699999900000), 0);
	assert_int_equal(clock_boottime_of_ms(1), 0);
	assert_int_equal(clock_boottime_of_ms(INT64_MIN), 0);
	assert_true(clock_boottime_of_ms(INT64_MAX) > UINT64_C(6) << 60);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_function_reads_its_own_clock),
		cmocka_unit_test(test_the_offset_may_be_negative),
		cmocka_unit_test(test_back_to_a_boot_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
