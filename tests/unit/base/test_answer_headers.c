// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/daemon.h"

#include "base/answer_headers.h"

static char line[] = "X: y\r\n";

static void test_usual_headers(void **state)
{
	static char policy[20000];
	size_t nr_bytes = 0, i;

	(void)state;
	assert_int_equal(answer_headers_add(policy, 1, sizeof(policy),
					    &nr_bytes), sizeof(policy));
	for (i = 0; i < 100; i++)
		assert_int_equal(answer_headers_add(line, 1, 6, &nr_bytes), 6);
	assert_false(answer_headers_are_too_long(nr_bytes));
}

/* Of short lines, what libcurl keeps besides their bytes is most of it. */
static void test_headers_without_end(void **state)
{
	size_t nr_bytes = 0, taken = 0;

	(void)state;
	while (answer_headers_add(line, 1, 6, &nr_bytes) == 6)
		assert_true(++taken < ANSWER_HEADERS_MAX / 50);
	assert_true(answer_headers_are_too_long(nr_bytes));
	assert_int_equal(answer_headers_add(line, 1, 6, &nr_bytes), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usual_headers),
		cmocka_unit_test(test_headers_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
