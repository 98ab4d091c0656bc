// SPDX-License-Identifier: GPL-2.0-only
/* The body of a webhook, and what is wrong with one */
#include "tests/unit/items.h"

#include "contmond/forward/template.h"

static const struct target_options hook = {
	.protocol = &webhook_protocol, .labels = site, .nr_labels = 1,
};

static void must_fill(const struct store_event *event, const char *template,
		      const char *wanted)
{
	struct target_options options = hook;
	struct item item = begin_item(event, NULL, &hook);
	struct buffer text = { 0 };
	char why[100] = "";
	json_t *json;

	options.body = (char *)template;
	assert_int_equal(template_check(template, &hook, why, sizeof(why)), 0);
	webhook_protocol.write_item(&text, &item, &options);
	buffer_putc(&text, '\0');
	assert_string_equal(text.text, wanted);
	json = json_loads(text.text, 0, NULL);
	assert_non_null(json);
	json_decref(json);
	buffer_done(&text);
	end_item(&item);
}

/* In a string a part of it, elsewhere a value */
static void test_filling(void **state)
{
	(void)state;
	must_fill(&kill_event, "{\"content\": \"**{{container}}** {{comm}}\"}",
		  "{\"content\": \"**web \\\"1\\\"** ja\\nva\"}");
	must_fill(&kill_event, "[{{container}}, {{ pid }},\"{{pid}}\", {{t}}]",
		  "[\"web \\\"1\\\"\", 42,\"42\", 1700000000123]");
	must_fill(&kill_event, "[{{detail}},{{detail.memory_limit_bytes}},"
		  "\"{{detail.memory_limit_bytes}}\",\"{{detail}}\"]",
		  "[{\"memory_limit_bytes\":4096},4096,\"4096\","
		  "\"{\\\"memory_limit_bytes\\\":4096}\"]");
	must_fill(&kill_event, "{\"a\":{\"b\":{{seq}}}}",
		  "{\"a\":{\"b\":18}}");
	must_fill(&kill_event, "[\"{{host}}\",{{site}},\"{{time}}\"]",
		  "[\"host 1\",\"a=b\",\"2023-11-14T22:13:20.123Z\"]");
	must_fill(&warning, "{\"text\":\"{{text}}\",\"at\":{{detail.acts_ms}},"
		  "\"dry\":{{detail.dry_run}}}",
		  "{\"text\":\"web: rule busy: stop: warned (dry run): "
		  "over 80 %\",\"at\":5,\"dry\":true}");
}

/* What is unknown is null, and nothing in a string. */
static void test_unknown(void **state)
{
	(void)state;
	must_fill(&warning, "[{{pid}},\"<{{comm}}>\",{{container_id}},"
		  "{{detail.none}}]", "[null,\"<>\",null,null]");
}

/* An event with bytes that are no text still becomes JSON. */
static void test_odd_bytes(void **state)
{
	struct store_event event = kill_event;

	(void)state;
	event.container = "a\xff";
	must_fill(&event, "[{{container}},\"{{text}}\"]",
		  "[\"a\xef\xbf\xbd\",\"a\xef\xbf\xbd: the OOM killer "
		  "chose ja\\nva (pid 42)\"]");
}

/* A quote that is escaped does not end a string. */
static void test_strings(void **state)
{
	(void)state;
	must_fill(&kill_event, "[\"\\\"{{pid}}\\\\\",{{kind}}]",
		  "[\"\\\"42\\\\\",\"oom_killed\"]");
	must_fill(&kill_event, "[\"\\\\u00{{pid}}41\\u0041{{pid}}\\u0042\"]",
		  "[\"\\\\u004241\\u004142\\u0042\"]");
	must_fill(&kill_event, "[\"{ {a}} {{pid}}}}\"]",
		  "[\"{ {a}} 42}}\"]");
}

/* Without a template it is the whole event. */
static void test_without(void **state)
{
	(void)state;
	must_write(&webhook_protocol, &plain_options,
		   "{\"text\":\"web \\\"1\\\": the OOM killer chose ja\\nva "
		   "(pid 42)\",\"host\":\"host 1\",\"seq\":18,"
		   "\"t\":1700000000123,\"kind\":\"oom_killed\","
		   "\"container\":\"web \\\"1\\\"\",\"container_id\":\"0123\","
		   "\"pid\":42,\"comm\":\"ja\\nva\","
		   "\"detail\":{\"memory_limit_bytes\":4096}}\n");
}

#define SPLIT(line) "line " #line ": a key splits a character, or an escape " \
	"such as \\u0041"

static const struct {
	const char *text, *why;
} mistakes[] = {
	{ "", "line 1: it is not JSON" },
	{ "text", "line 1: it is not JSON" },
	{ "{\"a\":1}\n}", "line 2: it is not JSON" },
	{ "{\n\"a\": {{reason}}}", "line 2: events have no 'reason'" },
	{ "[\"{{rule}}\"]", "line 1: events have no 'rule'" },
	{ "[{{detail.}}]", "line 1: events have no 'detail.'" },
	{ "[\n{{pid]", "line 2: not a key between '{{' and '}}'" },
	{ "[{{}}]", "line 1: not a key between '{{' and '}}'" },
	{ "[\"{{{pid}}\"]", "line 1: not a key between '{{' and '}}'" },
	{ "[\"{{a\nb}}\"]", "line 1: not a key between '{{' and '}}'" },
	{ "{ {{kind}}: 1}", "line 1: it is not JSON" },
	{ "[{{pid}}{{pid}}]", "line 1: it is not JSON" },
	{ "[1{{pid}}]", "line 1: it is not JSON" },
	{ "[\"\\u00{{pid}}\"]", "line 1: it is not JSON" },
	{ "[\"\\{{pid}}\"]", "line 1: it is not JSON" },
	{ "[\"\\{{pid}}n\"]", "line 1: it is not JSON" },
	{ "[\"\\u{{pid}}0041\"]", SPLIT(1) },
	{ "[\"a\",\n\"\\u00{{pid}}41\"]", SPLIT(2) },
	{ "[\"\\u004{{pid}}1\"]", SPLIT(1) },
	{ "[\"\\\\\\u0{{ pid }}041\"]", SPLIT(1) },
	{ "[\"\\ud83d{{pid}}\\ude00\"]", SPLIT(1) },
	{ "{\"\\u00{{pid}}41\": 1}", SPLIT(1) },
	{ "[\"\xc3{{pid}}\xa4\"]", SPLIT(1) },
	{ "[\"\xff\"]", "line 1: it is not JSON" },
};

static void test_mistakes(void **state)
{
	char why[100];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(mistakes); i++) {
		assert_int_equal(template_check(mistakes[i].text, &hook, why,
						sizeof(why)), -EINVAL);
		assert_string_equal(why, mistakes[i].why);
	}
}

/* The keys of decisions are others. */
static void test_decisions(void **state)
{
	struct target_options options = hook;
	struct item item = begin_item(NULL, &verified, &hook);
	struct buffer text = { 0 };
	char why[100];

	(void)state;
	options.send = SEND_DECISIONS;
	assert_int_equal(template_check("[{{state}},{{reason}}]", &options,
					why, sizeof(why)), 0);
	assert_int_equal(template_check("[{{kind}}]", &options, why,
					sizeof(why)), -EINVAL);
	assert_string_equal(why, "line 1: decisions have no 'kind'");
	template_write(&text, "[{{state}},{{dry_run}}]", &item);
	buffer_putc(&text, '\0');
	assert_string_equal(text.text, "[\"verified\",0]");
	buffer_done(&text);
	end_item(&item);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filling),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_odd_bytes),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_without),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_decisions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
