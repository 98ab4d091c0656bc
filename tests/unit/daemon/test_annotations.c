// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/items.h"

static void test_event(void **state)
{
	(void)state;
	must_write(&annotations_protocol, &site_options,
		   "{\"time\":1700000000123,\"tags\":[\"contmon\","
		   "\"kind:oom_killed\",\"container:web \\\"1\\\"\","
		   "\"host:host 1\",\"site:a=b\"],\"text\":\"web \\\"1\\\": "
		   "the OOM killer chose ja\\nva (pid 42)\"}");
}

/* A long name is cut: Grafana's database has columns of 100 characters. */
static void test_a_long_name(void **state)
{
	char name[200] = "", wanted[500];
	const char *before = kill_event.container;

	(void)state;
	memset(name, 'x', 150);
	kill_event.container = name;
	snprintf(wanted, sizeof(wanted), "{\"time\":1700000000123,\"tags\":["
		 "\"contmon\",\"kind:oom_killed\",\"container:%.99s\","
		 "\"host:host 1\"],\"text\":\"%s: the OOM killer chose "
		 "ja\\nva (pid 42)\"}", name, name);
	must_write(&annotations_protocol, &plain_options, wanted);
	kill_event.container = before;
}

static void test_decision(void **state)
{
	struct item item = begin_item(NULL, &verified, &plain_options);
	struct buffer text = { 0 };

	(void)state;
	annotations_protocol.write_item(&text, &item, &plain_options);
	buffer_putc(&text, '\0');
	assert_string_equal(text.text,
			    "{\"time\":1700000001000,\"tags\":[\"contmon\","
			    "\"state:verified\",\"container:web\","
			    "\"host:host 1\"],\"text\":\"web: rule busy: stop"
			    ": verified: nothing of it runs any more\"}");
	buffer_done(&text);
	end_item(&item);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_event),
		cmocka_unit_test(test_a_long_name),
		cmocka_unit_test(test_decision),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
