// SPDX-License-Identifier: GPL-2.0-only
/* The line of an event or a decision, and its summary for people */
#include "tests/unit/items.h"

static void must_be_line(const struct store_event *event,
			 const struct store_decision *decision,
			 const struct target_options *options,
			 const char *wanted)
{
	struct item item = begin_item(event, decision, options);
	struct buffer text = { 0 };

	item_put_line(&text, &item);
	buffer_putc(&text, '\0');
	assert_string_equal(text.text, wanted);
	buffer_done(&text);
	end_item(&item);
}

/* What is unknown is absent. */
static void test_lines(void **state)
{
	(void)state;
	must_be_line(&kill_event, NULL, &site_options,
		     "{\"text\":\"web \\\"1\\\": the OOM killer chose ja\\nva "
		     "(pid 42)\",\"host\":\"host 1\",\"site\":\"a=b\","
		     "\"seq\":18,\"t\":1700000000123,\"kind\":\"oom_killed\","
		     "\"container\":\"web \\\"1\\\"\",\"container_id\":"
		     "\"0123\",\"pid\":42,\"comm\":\"ja\\nva\","
		     "\"detail\":{\"memory_limit_bytes\":4096}}");
	must_be_line(NULL, &verified, &plain_options,
		     "{\"text\":\"web: rule busy: stop: verified: nothing of "
		     "it runs any more\",\"host\":\"host 1\",\"seq\":7,"
		     "\"t\":1700000001000,\"decision\":\"d1\","
		     "\"state\":\"verified\",\"action\":\"stop\","
		     "\"dry_run\":0,\"container\":\"web\",\"rule\":\"busy\","
		     "\"rule_hash\":\"abc\","
		     "\"reason\":\"nothing of it runs any more\"}");
}

static void must_say(const struct store_event *event, const char *wanted)
{
	struct item item = begin_item(event, NULL, &plain_options);
	struct buffer text = { 0 };

	item_put_summary(&text, &item);
	buffer_putc(&text, '\0');
	assert_string_equal(text.text, wanted);
	buffer_done(&text);
	end_item(&item);
}

static void test_summaries(void **state)
{
	struct store_event event = { .pid = (double)NAN, .container = "web" };
	struct store_event other = warning;

	(void)state;
	must_say(&warning,
		 "web: rule busy: stop: warned (dry run): over 80 %");
	other.kind = EVENT_POLICY_GAVE_UP;
	other.detail = "{\"rule\":\"busy\",\"action\":\"stop\"}";
	must_say(&other, "web: rule busy: stop: gave up");
	other.detail = "not JSON";
	must_say(&other, "web: rule ?: ?: gave up");
	event.kind = EVENT_CONTAINER_STARTED;
	must_say(&event, "web started");
	event.kind = EVENT_CONTAINER_ENDED;
	must_say(&event, "web ended");
	event.kind = EVENT_OOM_KILLED;
	event.container = NULL;
	must_say(&event, "host: the OOM killer chose a process");
	event.kind = "of_a_newer_contmond";
	must_say(&event, "host: of_a_newer_contmond");
}

static void test_times(void **state)
{
	struct item item = begin_item(&warning, NULL, &plain_options);
	struct buffer text = { 0 };

	(void)state;
	item_put_time(&text, &item);
	buffer_putc(&text, '\0');
	assert_string_equal(text.text, "2023-11-14T22:13:20.009Z");
	buffer_done(&text);
	end_item(&item);
}

/* Invalid UTF-8 does not make an invalid line. */
static void test_odd_bytes(void **state)
{
	struct store_event event = { .seq = 1, .kind = EVENT_CONTAINER_ENDED,
		.pid = (double)NAN, .container = "\xff" };

	(void)state;
	must_be_line(&event, NULL, &plain_options,
		     "{\"text\":\"\xef\xbf\xbd ended\",\"host\":\"host 1\","
		     "\"seq\":1,\"t\":0,\"kind\":\"container_ended\","
		     "\"container\":\"\xef\xbf\xbd\"}");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_summaries),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_odd_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
