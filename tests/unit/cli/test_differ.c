// SPDX-License-Identifier: GPL-2.0-only
/* What differs from what Grafana has, and where */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "contmon/grafana/differ.h"

static json_t *read_json(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

	assert_non_null(value);
	return value;
}

/* @place: NULL if they are the same */
static void check(const char *wanted, const char *stored,
		  enum grafana_scope scope, const char *place)
{
	json_t *mine = read_json(wanted), *theirs = read_json(stored);
	struct grafana_place found = { 0 };
	bool differs = grafana_differs(mine, theirs, scope, &found);

	if (differs != (place != NULL))
		fail_msg("%s and %s: %d", wanted, stored, differs);
	assert_string_equal(found.text, place ?: "");
	json_decref(mine);
	json_decref(theirs);
}

static void test_the_same(void **state)
{
	(void)state;
	check("{}", "{}", GRAFANA_WHOLE, NULL);
	check("{\"a\": 1, \"b\": [1, {\"c\": \"d\"}]}",
	      "{\"b\": [1, {\"c\": \"d\"}], \"a\": 1}", GRAFANA_WHOLE, NULL);
	check("{\"a\": 43200}", "{\"a\": 43200.0}", GRAFANA_WHOLE, NULL);
	check("{\"a\": 4.32e4}", "{\"a\": 43200}", GRAFANA_WHOLE, NULL);
}

static void test_missing_is_empty(void **state)
{
	(void)state;
	check("{\"a\": {}, \"b\": [], \"c\": \"\", \"d\": false, \"e\": null}",
	      "{}", GRAFANA_WHOLE, NULL);
	check("{}",
	      "{\"a\": {}, \"b\": [], \"c\": \"\", \"d\": false, \"e\": null}",
	      GRAFANA_WHOLE, NULL);
	check("{\"a\": 0}", "{}", GRAFANA_WHOLE, "a");
	check("{\"a\": true}", "{}", GRAFANA_WHOLE, "a");
}

static void test_where(void **state)
{
	(void)state;
	check("1", "2", GRAFANA_WHOLE, "");
	check("{\"a\": \"x\"}", "{\"a\": \"y\"}", GRAFANA_WHOLE, "a");
	check("{\"a\": 1}", "{\"a\": \"1\"}", GRAFANA_WHOLE, "a");
	check("{\"a\": 1, \"b\": 2}", "{\"a\": 1, \"b\": 3}", GRAFANA_WHOLE,
	      "b");
	check("{\"p\": [{\"t\": 1}, {\"t\": 2, \"o\": {\"x\": [1, 2]}}]}",
	      "{\"p\": [{\"t\": 1}, {\"t\": 2, \"o\": {\"x\": [1, 3]}}]}",
	      GRAFANA_WHOLE, "p[1].o.x[1]");
	check("{\"p\": [1]}", "{\"p\": [1, 2]}", GRAFANA_WHOLE, "p[1]");
	check("{\"p\": [1, 2]}", "{\"p\": [1]}", GRAFANA_WHOLE, "p[1]");
	check("{\"p\": [1]}", "{\"p\": []}", GRAFANA_WANTED, "p[0]");
}

static void test_what_nobody_asked_for(void **state)
{
	(void)state;
	check("{\"a\": {\"b\": 1}}", "{\"a\": {\"b\": 1, \"c\": 2}, \"d\": 3}",
	      GRAFANA_WANTED, NULL);
	check("{\"a\": {\"b\": 1}}", "{\"a\": {\"b\": 1, \"c\": 2}, \"d\": 3}",
	      GRAFANA_WHOLE, "a.c");
	check("{\"a\": [{\"b\": 1}]}", "{\"a\": [{\"b\": 1, \"c\": 2}]}",
	      GRAFANA_WANTED, NULL);
	check("{\"a\": [{\"b\": 1}]}", "{\"a\": [{\"c\": 2}]}", GRAFANA_WANTED,
	      "a[0].b");
}

static void test_long_places_are_cut(void **state)
{
	char key[301], text[400];
	struct grafana_place place = { 0 };
	json_t *wanted, *stored = json_object();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(key) - 1; i++)
		key[i] = 'k';
	key[i] = '\0';
	snprintf(text, sizeof(text), "{\"%s\": {\"a\": {\"b\": 1}}}", key);
	wanted = read_json(text);
	assert_true(grafana_differs(wanted, stored, GRAFANA_WHOLE, &place));
	assert_int_equal(place.length, sizeof(place.text) - 1);
	json_decref(wanted);
	json_decref(stored);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same),
		cmocka_unit_test(test_missing_is_empty),
		cmocka_unit_test(test_where),
		cmocka_unit_test(test_what_nobody_asked_for),
		cmocka_unit_test(test_long_places_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
