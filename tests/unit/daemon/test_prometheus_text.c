// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/forward_text.h"

static void test_rows(void **state)
{
	struct tick_owner odd = { .id = "i", .title = "a\"b\\c\nd" };

	(void)state;
	write_with(&text, &prometheus_text_protocol, &site_options, NULL,
		   "contmon_system_load1", 0.25);
	must_be("contmon_system_load1{host=\"host 1\",site=\"a=b\"} 0.25 "
		"1700000000123\n");
	write_with(&text, &prometheus_text_protocol, &plain_options, &odd,
		   "container_processes", 2);
	must_be("container_processes{host=\"host 1\",id=\"i\","
		"name=\"a\\\"b\\\\c d\"} 2 1700000000123\n");
	write_with(&text, &prometheus_text_protocol, &plain_options, &web,
		   "container_processes", NAN);
	must_be("");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
