// SPDX-License-Identifier: GPL-2.0-only
#include "differ.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Returns the length before. */
__attribute__((format(printf, 2, 3)))
static size_t enter(struct grafana_place *place, const char *format, ...)
{
	size_t before = place->length, room = sizeof(place->text) - before;
	va_list ap;
	int length;

	va_start(ap, format);
	length = vsnprintf(place->text + before, room, format, ap);
	va_end(ap);
	if (length > 0)
		place->length += (size_t)length < room ? (size_t)length :
				 room - 1;
	return before;
}

static void leave(struct grafana_place *place, size_t before)
{
	place->length = before;
	place->text[before] = '\0';
}

static bool is_empty(const json_t *value)
{
	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_OBJECT:
		return json_object_size(value) == 0;
	case JSON_ARRAY:
		return json_array_size(value) == 0;
	case JSON_STRING:
		return json_string_length(value) == 0;
	case JSON_NULL:
	case JSON_FALSE:
		return true;
	default:
		return false;
	}
}

bool grafana_differs_at(const json_t *wanted, const json_t *stored,
			const char *key, enum grafana_scope scope,
			struct grafana_place *place)
{
	size_t before = enter(place, "%s%s", place->length ? "." : "", key);

	if (grafana_differs(json_object_get(wanted, key),
			    json_object_get(stored, key), scope, place))
		return true;
	leave(place, before);
	return false;
}

static bool objects_differ(const json_t *wanted, const json_t *stored,
			   enum grafana_scope scope,
			   struct grafana_place *place)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)wanted, key, value)
		if (grafana_differs_at(wanted, stored, key, scope, place))
			return true;
	if (scope == GRAFANA_WANTED)
		return false;
	json_object_foreach((json_t *)stored, key, value)
		if (!json_object_get(wanted, key) &&
		    grafana_differs_at(wanted, stored, key, scope, place))
			return true;
	return false;
}

static bool arrays_differ(const json_t *wanted, const json_t *stored,
			  enum grafana_scope scope, struct grafana_place *place)
{
	size_t i, before, nr = json_array_size(wanted);

	for (i = 0; i < nr && i < json_array_size(stored); i++) {
		before = enter(place, "[%zu]", i);
		if (grafana_differs(json_array_get(wanted, i),
				    json_array_get(stored, i), scope, place))
			return true;
		leave(place, before);
	}
	if (nr == json_array_size(stored))
		return false;
	enter(place, "[%zu]", i);
	return true;
}

bool grafana_differs(const json_t *wanted, const json_t *stored,
		     enum grafana_scope scope, struct grafana_place *place)
{
	if (is_empty(wanted) && is_empty(stored))
		return false;
	if (json_is_number(wanted) && json_is_number(stored))
		return json_number_value(wanted) != json_number_value(stored);
	if (json_is_object(wanted) && json_is_object(stored))
		return objects_differ(wanted, stored, scope, place);
	if (json_is_array(wanted) && json_is_array(stored))
		return arrays_differ(wanted, stored, scope, place);
	return !json_equal(wanted, stored);
}
