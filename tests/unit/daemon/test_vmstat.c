// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/daemon.h"

#include "contmond/collect/vmstat.h"

static void test_parsing(void **state)
{
	uint64_t value = 77;

	(void)state;
	assert_int_equal(vmstat_parse("nr_free_pages 5\noom_kill 3\nx 1\n",
				      &value), 0);
	assert_int_equal(value, 3);
	assert_int_equal(vmstat_parse("oom_kill 4", &value), 0);
	assert_int_equal(value, 4);
	assert_int_equal(vmstat_parse("", &value), -ENODATA);
	assert_int_equal(vmstat_parse("not_oom_kill 9\noom_kills 8\n",
				      &value), -ENODATA);
	assert_int_equal(value, 4);
}

static void test_this_host(void **state)
{
	uint64_t value;

	(void)state;
	assert_int_equal(vmstat_oom_kills(&value), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parsing),
		cmocka_unit_test(test_this_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
