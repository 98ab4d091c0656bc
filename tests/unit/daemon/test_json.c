// SPDX-License-Identifier: GPL-2.0-only
#include <jansson.h>

#include "tests/unit/forward.h"

static char header[200];

static void take_header(void *userdata, const char *line)
{
	(void)userdata;
	snprintf(header, sizeof(header), "%s", line);
}

static json_t *at(json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	assert_non_null(value);
	return value;
}

static void test_body(void **state)
{
	struct buffer rows = { 0 }, body = { 0 };
	json_t *all, *row;

	(void)state;
	write_with(&rows, &json_protocol, &site_options, NULL, "load1", 0.5);
	write_with(&rows, &json_protocol, &site_options, &web,
		   "cpu_seconds_total", 1.5);
	json_protocol.write_body(&body, &tick, &site_options, rows.text,
				 rows.length);
	all = json_loadb(body.text, body.length, 0, NULL);
	assert_non_null(all);
	assert_int_equal(json_integer_value(at(all, "seq")), 18);
	assert_int_equal(json_integer_value(at(all, "t")), tick.t_ms);
	assert_string_equal(json_string_value(at(at(all, "labels"), "host")),
			    "host 1");
	assert_string_equal(json_string_value(at(at(all, "labels"), "site")),
			    "a=b");
	assert_int_equal(json_array_size(at(all, "rows")), 2);
	row = json_array_get(at(all, "rows"), 0);
	assert_string_equal(json_string_value(at(row, "container")), "host");
	assert_true(json_number_value(at(row, "load1")) == 0.5);
	assert_true(json_is_null(at(row, "load5")));
	row = json_array_get(at(all, "rows"), 1);
	assert_string_equal(json_string_value(at(row, "container")), "web, 1");
	assert_string_equal(json_string_value(at(row, "compose_project")),
			    "shop");
	assert_true(json_is_null(at(row, "pod")));
	assert_string_equal(json_string_value(at(row, "pod_namespace")),
			    "tills");
	assert_true(json_number_value(at(row, "cpu_seconds_total")) == 1.5);
	assert_null(json_object_get(row, "memory_faults_total"));
	json_decref(all);
	buffer_done(&rows);
	buffer_done(&body);
}

static void test_key(void **state)
{
	(void)state;
	json_protocol.add_headers(&tick, &plain_options, take_header,
				  NULL);
	assert_string_equal(header,
			    "Idempotency-Key: host 1-18-1700000000123");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
