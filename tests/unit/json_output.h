/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The JSON output of a subcommand, and its values. Include it after
 * "capture.h".
 */
#ifndef JSON_OUTPUT_H
#define JSON_OUTPUT_H

#include <jansson.h>

/* The caller calls json_decref(). */
static inline json_t *json_of(int (*command)(int, char **), const char *line)
{
	json_error_t error;
	json_t *json;

	assert_int_equal(capture(command, line), 0);
	assert_string_equal(captured.err, "");
	json = json_loads(captured.out, JSON_REJECT_DUPLICATES, &error);
	if (!json)
		fail_msg("%s: %s: %s", line, error.text, captured.out);
	return json;
}

static inline json_t *row_value(json_t *json, size_t row, const char *key)
{
	json_t *value = json_object_get(json_array_get(
			json_object_get(json, "rows"), row), key);

	if (!value)
		fail_msg("no %s in row %zu", key, row);
	return value;
}

static inline json_int_t row_number(json_t *json, size_t row, const char *key)
{
	json_t *value = row_value(json, row, key);

	assert_true(json_is_integer(value));
	return json_integer_value(value);
}

static inline const char *row_text(json_t *json, size_t row, const char *key)
{
	return json_string_value(row_value(json, row, key));
}

static inline void assert_row_null(json_t *json, size_t row, const char *key)
{
	assert_true(json_is_null(row_value(json, row, key)));
}

static inline json_int_t meta_number(json_t *json, const char *key)
{
	json_t *value = json_object_get(json_object_get(json, "meta"), key);

	assert_true(json_is_integer(value));
	return json_integer_value(value);
}

#endif /* JSON_OUTPUT_H */
