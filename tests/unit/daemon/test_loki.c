// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/items.h"

#define LINE "\"{\\\"text\\\":\\\"web \\\\\\\"1\\\\\\\": the OOM killer " \
	"chose ja\\\\nva (pid 42)\\\",\\\"host\\\":\\\"host 1\\\"," \
	"\\\"seq\\\":18,\\\"t\\\":1700000000123,\\\"kind\\\":" \
	"\\\"oom_killed\\\",\\\"container\\\":\\\"web \\\\\\\"1\\\\\\\"\\\"," \
	"\\\"container_id\\\":\\\"0123\\\",\\\"pid\\\":42," \
	"\\\"comm\\\":\\\"ja\\\\nva\\\"," \
	"\\\"detail\\\":{\\\"memory_limit_bytes\\\":4096}}\""
#define VALUE "[\"1700000000123000000\"," LINE "]"

static void test_values(void **state)
{
	(void)state;
	must_write(&loki_protocol, &plain_options, VALUE ",");
}

static void must_have_body(const struct target_options *options,
			   const char *wanted)
{
	struct buffer body = { 0 };

	loki_protocol.write_body(&body, &tick, options, VALUE ",",
				 strlen(VALUE ","));
	buffer_putc(&body, '\0');
	assert_string_equal(body.text, wanted);
	buffer_done(&body);
}

static void test_bodies(void **state)
{
	static struct label own[] = {
		{ (char *)"service_name", (char *)"mine" },
	};
	const struct target_options events = { .protocol = &loki_protocol };
	struct target_options decisions = { .protocol = &loki_protocol,
		.send = SEND_DECISIONS, .labels = own, .nr_labels = 1 };

	(void)state;
	must_have_body(&events, "{\"streams\":[{\"stream\":{"
		       "\"host\":\"host 1\",\"feed\":\"events\","
		       "\"service_name\":\"contmond\"},\"values\":["
		       VALUE "]}]}");
	must_have_body(&decisions, "{\"streams\":[{\"stream\":{"
		       "\"host\":\"host 1\",\"service_name\":\"mine\","
		       "\"feed\":\"decisions\"},\"values\":[" VALUE "]}]}");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_bodies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
