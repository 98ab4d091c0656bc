// SPDX-License-Identifier: GPL-2.0-only
/* Alert rules of files, for Grafana's HTTP API */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "contmon/grafana/rule.h"

#define QUERY "{\"refId\": \"A\", \"datasourceUid\": \"contmon\", "	\
	"\"model\": {\"refId\": \"A\"}}"
#define LEAST "\"uid\": \"u\", \"title\": \"T\", "			\
	"\"condition\": \"A\", \"data\": [" QUERY "]"

static const struct grafana_group group = { "box", "memory" };

static int convert(const char *text, json_t **ret, char why[128])
{
	json_t *rule = json_loads(text, 0, NULL);
	int r;

	assert_non_null(rule);
	*ret = NULL;
	r = grafana_rule_from_file(rule, &group, ret, why, 128);
	json_decref(rule);
	return r;
}

static void check(const char *text, const char *want)
{
	json_t *rule, *wanted = json_loads(want, 0, NULL);
	char why[128] = "";

	assert_non_null(wanted);
	if (convert(text, &rule, why) != 0)
		fail_msg("%s: %s", text, why);
	if (!json_equal(rule, wanted))
		fail_msg("%s is %s", text, json_dumps(rule, JSON_SORT_KEYS));
	json_decref(rule);
	json_decref(wanted);
}

static void check_refused(const char *text, const char *want)
{
	json_t *rule;
	char why[128] = "";

	assert_int_equal(convert(text, &rule, why), -EINVAL);
	assert_null(rule);
	assert_string_equal(why, want);
}

static void test_the_least(void **state)
{
	(void)state;
	check("{" LEAST "}",
	      "{\"uid\": \"u\", \"title\": \"T\", \"condition\": \"A\","
	      " \"folderUID\": \"box\", \"ruleGroup\": \"memory\","
	      " \"noDataState\": \"NoData\", \"execErrState\": \"Alerting\","
	      " \"for\": \"0s\", \"labels\": {}, \"annotations\": {},"
	      " \"data\": [{\"refId\": \"A\", \"datasourceUid\": \"contmon\","
	      "  \"queryType\": \"\","
	      "  \"relativeTimeRange\": {\"from\": 0, \"to\": 0},"
	      "  \"model\": {\"refId\": \"A\", \"intervalMs\": 1000,"
	      "   \"maxDataPoints\": 43200}}]}");
}

static void test_the_most(void **state)
{
	(void)state;
	check("{\"uid\": \"u\", \"title\": \"T\", \"condition\": \"A\","
	      " \"for\": \"2m\", \"keepFiringFor\": \"1h\","
	      " \"noDataState\": \"OK\", \"execErrState\": \"Error\","
	      " \"isPaused\": true, \"labels\": {\"a\": \"b\"},"
	      " \"annotations\": {\"c\": \"d\"}, \"dashboardUid\": \"one\","
	      " \"panelId\": 3, \"data\": [{\"refId\": \"A\","
	      "  \"datasourceUid\": \"contmon\","
	      "  \"relativeTimeRange\": {\"from\": 300},"
	      "  \"model\": {\"queryType\": \"q\", \"intervalMs\": 500,"
	      "   \"maxDataPoints\": 0}}]}",
	      "{\"uid\": \"u\", \"title\": \"T\", \"condition\": \"A\","
	      " \"folderUID\": \"box\", \"ruleGroup\": \"memory\","
	      " \"for\": \"2m\", \"keep_firing_for\": \"1h\","
	      " \"noDataState\": \"OK\", \"execErrState\": \"Error\","
	      " \"isPaused\": true, \"labels\": {\"a\": \"b\"},"
	      " \"annotations\": {\"c\": \"d\", \"__dashboardUid__\": \"one\","
	      "  \"__panelId__\": \"3\"}, \"data\": [{\"refId\": \"A\","
	      "  \"datasourceUid\": \"contmon\", \"queryType\": \"q\","
	      "  \"relativeTimeRange\": {\"from\": 300, \"to\": 0},"
	      "  \"model\": {\"queryType\": \"q\", \"intervalMs\": 500,"
	      "   \"maxDataPoints\": 43200}}]}");
}

static void test_mistakes(void **state)
{
	(void)state;
	check_refused("{}", "uid: needs a text");
	check_refused("{\"uid\": 1, \"title\": \"T\", \"condition\": \"A\"}",
		      "uid: needs a text");
	check_refused("{\"uid\": \"u\", \"title\": \"\"}",
		      "title: needs a text");
	check_refused("{" LEAST ", \"record\": {}}",
		      "record: not supported here");
	check_refused("{" LEAST ", \"for\": \"soon\"}",
		      "for: not a duration such as 5m");
	check_refused("{" LEAST ", \"labels\": {\"a\": 1}}",
		      "labels: has a value that is not a text");
	check_refused("{" LEAST ", \"annotations\": []}",
		      "annotations: not a mapping");
	check_refused("{" LEAST ", \"isPaused\": \"no\"}",
		      "isPaused: neither true nor false");
	check_refused("{" LEAST ", \"panelId\": 1}",
		      "dashboardUid: a text, which needs a number as panelId");
	check_refused("{\"uid\": \"u\", \"title\": \"T\", "
		      "\"condition\": \"A\", \"data\": []}",
		      "data: no queries");
	check_refused("{\"uid\": \"u\", \"title\": \"T\", "
		      "\"condition\": \"A\", \"data\": [{\"refId\": \"A\"}]}",
		      "data: a query without a model");
	check_refused("{\"uid\": \"u\", \"title\": \"T\", "
		      "\"condition\": \"A\", \"data\": [{\"model\": {}}]}",
		      "data: a query without refId or datasourceUid");
}

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		int r;
		int64_t want_ms;
	} rows[] = {
		{ "0", 0, 0 },
		{ "0s", 0, 0 },
		{ "90s", 0, 90000 },
		{ "1m30s", 0, 90000 },
		{ "1h", 0, 3600000 },
		{ "1d12h", 0, 129600000 },
		{ "1w", 0, 604800000 },
		{ "1y", 0, 31536000000 },
		{ "500ms", 0, 500 },
		{ "1m5ms", 0, 60005 },
		{ "", -EINVAL, 0 },
		{ "5", -EINVAL, 0 },
		{ "s", -EINVAL, 0 },
		{ "1s1m", -EINVAL, 0 },
		{ "1s1s", -EINVAL, 0 },
		{ "1 s", -EINVAL, 0 },
		{ "-1s", -EINVAL, 0 },
		{ "1.5s", -EINVAL, 0 },
		{ "1234567890s", -EINVAL, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t ms = 0;

		if (grafana_duration(rows[i].text, &ms) != rows[i].r ||
		    ms != rows[i].want_ms)
			fail_msg("%s: %lld ms", rows[i].text, (long long)ms);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_least),
		cmocka_unit_test(test_the_most),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_durations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
