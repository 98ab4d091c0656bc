// SPDX-License-Identifier: GPL-2.0-only
/* When a run of a container was first asked for, of any number of them */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "contmon-engine/asked.h"

static struct asked asked;

static int64_t since(unsigned int run, uint64_t now_ms)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", run);
	return asked_since_ms(&asked, text, now_ms);
}

static void test_the_first_time_counts(void **state)
{
	(void)state;
	asked = (struct asked){ 0 };
	assert_int_equal(since(1, 0), -1);
	assert_int_equal(since(1, 0), 0);
	assert_int_equal(since(2, 500), -1);
	assert_int_equal(since(1, 700), 700);
	assert_int_equal(since(2, 700), 200);
}

static void test_the_oldest_is_forgotten(void **state)
{
	unsigned int i;

	(void)state;
	asked = (struct asked){ 0 };
	for (i = 0; i < ASKED_MAX; i++)
		assert_int_equal(since(i, i), -1);
	assert_int_equal(since(0, ASKED_MAX), ASKED_MAX);
	assert_int_equal(since(ASKED_MAX, ASKED_MAX), -1);
	assert_int_equal(since(1, ASKED_MAX), ASKED_MAX - 1);
	assert_int_equal(since(0, ASKED_MAX), -1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_first_time_counts),
		cmocka_unit_test(test_the_oldest_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
