// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/daemon.h"

#include "contmond/collect/vmstat.h"

static void test_parsing(void **state)
{
	struct vmstat vmstat;

	(void)state;
	vmstat_parse("nr_free_pages 5\nnr_inactive_file 7\nnr_anon_pages 8\n"
		     "nr_file_pages 9\noom_kill 3\nx 1\n", &vmstat);
	assert_int_equal(vmstat.valid, VMSTAT_OOM_KILLS | VMSTAT_ANON |
				       VMSTAT_FILE | VMSTAT_INACTIVE_FILE);
	assert_int_equal(vmstat.oom_kills, 3);
	assert_int_equal(vmstat.inactive_file_pages, 7);
	assert_int_equal(vmstat.anon_pages, 8);
	assert_int_equal(vmstat.file_pages, 9);
	vmstat_parse("oom_kill 4", &vmstat);
	assert_int_equal(vmstat.valid, VMSTAT_OOM_KILLS);
	assert_int_equal(vmstat.oom_kills, 4);
	vmstat_parse("", &vmstat);
	assert_int_equal(vmstat.valid, 0);
	vmstat_parse("not_oom_kill 9\noom_kills 8\n", &vmstat);
	assert_int_equal(vmstat.valid, 0);
}

static void test_this_host(void **state)
{
	struct vmstat vmstat;

	(void)state;
	vmstat_read(&vmstat);
	assert_true(vmstat.valid & VMSTAT_OOM_KILLS);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parsing),
		cmocka_unit_test(test_this_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
