// SPDX-License-Identifier: GPL-2.0-only
/*
 * A line at once, then one a minute, however often it comes
 *
 * wrap: clock_monotonic_ns
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/trouble.h"

static uint64_t now_ns = 5 * NS_PER_SECOND;

uint64_t __wrap_clock_monotonic_ns(void);
uint64_t __wrap_clock_monotonic_ns(void)
{
	return now_ns;
}

static void test_once_a_minute(void **state)
{
	struct trouble trouble = { 0 };

	(void)state;
	assert_true(trouble_is_due(&trouble));
	assert_false(trouble_is_due(&trouble));
	now_ns += 59 * NS_PER_SECOND;
	assert_false(trouble_is_due(&trouble));
	now_ns += NS_PER_SECOND;
	assert_true(trouble_is_due(&trouble));
	assert_false(trouble_is_due(&trouble));
	assert_int_equal(trouble.nr, 5);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once_a_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
