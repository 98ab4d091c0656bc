/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests to the endpoints of a small world through their routes, for tests of
 * the contract in contmond/API.md: keys, parameters, statuses. Another JSON
 * library reads the answers.
 */
#ifndef TESTS_UNIT_API_H
#define TESTS_UNIT_API_H

#include "world.h"

#include <jansson.h>

#include "contmond/serve/routes.h"

static struct world world;
static struct reply reply;
static bool hides_processes;
static json_t *answer;

static inline int setup(void **state)
{
	(void)state;
	world_init(&world);
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	json_decref(answer);
	answer = NULL;
	reply_done(&reply);
	world_done(&world);
	hides_processes = false;
	return 0;
}

/* Requests a path with the parameters "key=value&key=value". */
static inline unsigned int get(const char *path, const char *parameters)
{
	struct request request = {
		.path = path,
		.authorized = true,
		.hides_processes = hides_processes,
	};
	char *copy = strdup(parameters), *rest = copy, *word;

	while ((word = strsep(&rest, "&"))) {
		char *value = strchr(word, '=');

		if (!value)
			continue;
		*value++ = '\0';
		assert_int_equal(request_add(&request, word, value), 0);
	}
	reply_done(&reply);
	json_decref(answer);
	routes_handle(&world.facts, &request, &reply);
	request_done(&request);
	free(copy);
	assert_false(reply.body.failed);
	assert_string_equal(reply.content_type, "application/json");
	answer = json_loadb(reply.body.text, reply.body.length, 0, NULL);
	assert_non_null(answer);
	return reply.status;
}

static inline json_t *rows_of(const char *path, const char *parameters)
{
	json_t *rows;

	assert_int_equal(get(path, parameters), 200);
	rows = json_object_get(answer, "rows");
	assert_true(json_is_array(rows));
	assert_true(json_is_object(json_object_get(answer, "meta")));
	assert_true(json_is_boolean(json_object_get(
		json_object_get(answer, "meta"), "truncated")));
	return rows;
}

static inline const char *text_at(const json_t *row, const char *key)
{
	return json_string_value(json_object_get(row, key));
}

static inline double number_at(const json_t *row, const char *key)
{
	const json_t *number = json_object_get(row, key);

	assert_true(json_is_number(number));
	return json_number_value(number);
}

/* The rows must have exactly these keys, and be flat. */
static inline void must_have_keys(const json_t *rows, const char *const *keys,
			   size_t nr)
{
	json_t *row, *value;
	const char *key;
	size_t i, j;

	assert_true(json_array_size(rows) > 0);
	json_array_foreach(rows, i, row) {
		assert_int_equal(json_object_size(row), nr);
		for (j = 0; j < nr; j++) {
			if (!json_object_get(row, keys[j]))
				fail_msg("no key %s", keys[j]);
		}
		json_object_foreach(row, key, value) {
			assert_false(json_is_object(value) ||
				     json_is_array(value));
			assert_int_equal(strspn(key, "abcdefghijklmnopqrstuvwxy"
						"z0123456789_"), strlen(key));
		}
	}
}

static inline void must_be_of_host(const json_t *rows)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
		assert_string_equal(text_at(row, "host"), world.status.host);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif /* TESTS_UNIT_API_H */
