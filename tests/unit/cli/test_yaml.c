// SPDX-License-Identifier: GPL-2.0-only
/* YAML as JSON */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contmon/grafana/yaml.h"

static int read_text(const char *text, size_t length, json_t **ret,
		     char why[256])
{
	char path[] = "/tmp/contmon-yaml-XXXXXX";
	int fd = mkstemp(path), r;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, length), length);
	close(fd);
	*ret = NULL;
	why[0] = '\0';
	r = grafana_yaml_read(path, ret, why, 256);
	unlink(path);
	return r;
}

static void check(const char *text, const char *want)
{
	json_t *value, *wanted = json_loads(want, JSON_DECODE_ANY, NULL);
	char why[256];

	assert_non_null(wanted);
	if (read_text(text, strlen(text), &value, why) != 0)
		fail_msg("%s: %s", text, why);
	if (!json_equal(value, wanted))
		fail_msg("%s is not %s", text, want);
	json_decref(value);
	json_decref(wanted);
}

static void check_refused(const char *text, const char *want)
{
	json_t *value;
	char why[256];

	assert_int_equal(read_text(text, strlen(text), &value, why), -EINVAL);
	assert_null(value);
	assert_string_equal(why, want);
}

static void test_scalars(void **state)
{
	(void)state;
	check("[true, False, yes, on]", "[true, false, \"yes\", \"on\"]");
	check("a:\nb: [~, null, x]\n",
	      "{\"a\": null, \"b\": [null, null, \"x\"]}");
	check("[1, -2, +3, 1.5, -1e3, .5, 0]",
	      "[1, -2, 3, 1.5, -1000.0, 0.5, 0]");
	check("[90s, 1m, 1.2.3, 1-2, '-', ., e]",
	      "[\"90s\", \"1m\", \"1.2.3\", \"1-2\", \"-\", \".\", \"e\"]");
	check("['1', \"true\", '', \"a\\tb\", '$x']",
	      "[\"1\", \"true\", \"\", \"a\\tb\", \"$x\"]");
	check("99999999999999999999", "1e20");
	check("a: |\n  one\n  two\n", "{\"a\": \"one\\ntwo\\n\"}");
}

static void test_collections(void **state)
{
	(void)state;
	check("# a comment\na:\n  - b: c\n    d: [1, {e: f}]\n  - g\n",
	      "{\"a\": [{\"b\": \"c\", \"d\": [1, {\"e\": \"f\"}]}, \"g\"]}");
	check("a: &x {b: 1}\nc: *x\n",
	      "{\"a\": {\"b\": 1}, \"c\": {\"b\": 1}}");
	check("{\"json\": [\"is\", \"YAML\"]}",
	      "{\"json\": [\"is\", \"YAML\"]}");
	check("{}", "{}");
}

static void test_mistakes(void **state)
{
	(void)state;
	check_refused("", "an empty file");
	check_refused("# only a comment\n", "an empty file");
	check_refused("a: 1\nb: [2\n", "line 3: did not find expected ',' or "
		      "']'");
	check_refused("a: 1\nb: 2\na: 3\n", "line 3: a key that stands twice");
	check_refused("[a]: 1\n", "line 1: a key that is not a text");
	check_refused("\"a\\0b\"\n", "line 1: a NUL character");
}

static void test_aliases_end(void **state)
{
	(void)state;
	check_refused("&a [*a]\n", "line 1: too much in one document");
	check_refused("a: &a [x,x,x,x,x,x,x,x,x,x]\n"
		      "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
		      "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
		      "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
		      "e: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n",
		      "line 1: too much in one document");
}

static void test_no_file(void **state)
{
	json_t *value = NULL;
	char why[64];

	(void)state;
	assert_int_equal(grafana_yaml_read("/nowhere", &value, why,
					   sizeof(why)), -ENOENT);
	assert_string_equal(why, "No such file or directory");
	assert_null(value);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scalars),
		cmocka_unit_test(test_collections),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_aliases_end),
		cmocka_unit_test(test_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
