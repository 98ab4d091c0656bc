// SPDX-License-Identifier: GPL-2.0-only
/* Variables in the files of Grafana's provisioning */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "contmon/grafana/expand.h"

static const char *find(const char *name, const void *userdata)
{
	if (strcmp(name, "URL") == 0)
		return userdata;
	return strcmp(name, "EMPTY_1") == 0 ? "" : NULL;
}

static const char *const literal[] = { "model", NULL };

static int expand(const char *text, json_t **ret, char why[128])
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
	int r;

	assert_non_null(value);
	*ret = NULL;
	r = grafana_expand(value, literal, find, "http://a", ret, why, 128);
	json_decref(value);
	return r;
}

static void check(const char *text, const char *want)
{
	json_t *expanded, *wanted = json_loads(want, JSON_DECODE_ANY, NULL);
	char why[128] = "";

	assert_int_equal(expand(text, &expanded, why), 0);
	if (!json_equal(expanded, wanted))
		fail_msg("%s is not %s", text, want);
	json_decref(expanded);
	json_decref(wanted);
}

static void check_refused(const char *text, const char *want)
{
	json_t *expanded;
	char why[128] = "";

	assert_int_equal(expand(text, &expanded, why), -EINVAL);
	assert_null(expanded);
	assert_string_equal(why, want);
}

static void test_texts(void **state)
{
	(void)state;
	check("\"plain\"", "\"plain\"");
	check("\"\"", "\"\"");
	check("\"$URL\"", "\"http://a\"");
	check("\"${URL}/b $URL.\"", "\"http://a/b http://a.\"");
	check("\"a$EMPTY_1\"", "\"a\"");
	check("\"$$URL costs 5$$\"", "\"$URL costs 5$\"");
	check("\"$$$URL\"", "\"$http://a\"");
}

static void test_values(void **state)
{
	(void)state;
	check("[1, true, null, 1.5, \"$URL\"]",
	      "[1, true, null, 1.5, \"http://a\"]");
	check("{\"a\": {\"b\": [\"$URL\"]}, \"$URL\": \"x\"}",
	      "{\"a\": {\"b\": [\"http://a\"]}, \"$URL\": \"x\"}");
}

static void test_what_is_literal(void **state)
{
	(void)state;
	check("{\"model\": {\"a\": \"${__from}\"}, \"b\": \"$URL\"}",
	      "{\"model\": {\"a\": \"${__from}\"}, \"b\": \"http://a\"}");
}

static void test_mistakes(void **state)
{
	(void)state;
	check_refused("[\"a $NONE\"]", "a $NONE: the variable is not set");
	check_refused("{\"a\": \"${NONE}\"}",
		      "${NONE}: the variable is not set");
	check_refused("\"5$\"", "5$: a dollar without the name of a variable; "
		      "write $$ for a dollar");
	check_refused("\"${URL\"", "${URL: a dollar without the name of a "
		      "variable; write $$ for a dollar");
	check_refused("\"${}\"", "${}: a dollar without the name of a "
		      "variable; write $$ for a dollar");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_what_is_literal),
		cmocka_unit_test(test_mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
