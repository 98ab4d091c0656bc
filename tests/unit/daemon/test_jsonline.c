// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/items.h"

static void test_line(void **state)
{
	(void)state;
	must_write(&jsonline_protocol, &plain_options,
		   "{\"_time\":\"2023-11-14T22:13:20.123Z\",\"_msg\":"
		   "\"web \\\"1\\\": the OOM killer chose ja\\nva (pid 42)\","
		   "\"host\":\"host 1\",\"seq\":18,\"t\":1700000000123,"
		   "\"kind\":\"oom_killed\",\"container\":\"web \\\"1\\\"\","
		   "\"container_id\":\"0123\",\"pid\":42,\"comm\":\"ja\\nva\","
		   "\"detail\":{\"memory_limit_bytes\":4096}}\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
