// SPDX-License-Identifier: GPL-2.0-only
#include "base/buffer.h"
#include "expand.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_CHARACTERS "0123456789_abcdefghijklmnopqrstuvwxyz"	\
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"

struct expansion {
	const char *const *literal;
	grafana_variable_fn *find;
	const void *userdata;
	char *why;
	size_t size;
};

static int expand_value(const struct expansion *expansion, const json_t *value,
			json_t **ret);

static int refuse(const struct expansion *expansion, const char *text,
		  const char *why)
{
	snprintf(expansion->why, expansion->size, "%s: %s", text, why);
	return -EINVAL;
}

/* *@at is behind a dollar; moves it behind the variable. */
static int add_variable(const struct expansion *expansion, const char *text,
			const char **at, struct buffer *to)
{
	bool braced = **at == '{';
	const char *begin = *at + braced, *value;
	size_t length = strspn(begin, NAME_CHARACTERS);
	char *name;

	if (length == 0 || (braced && begin[length] != '}'))
		return refuse(expansion, text, "a dollar without the name of "
			      "a variable; write $$ for a dollar");
	name = strndup(begin, length);
	if (!name)
		return -ENOMEM;
	value = expansion->find(name, expansion->userdata);
	free(name);
	if (!value)
		return refuse(expansion, text, "the variable is not set");
	buffer_puts(to, value);
	*at = begin + length + braced;
	return 0;
}

static int expand_text(const struct expansion *expansion, const char *text,
		       json_t **ret)
{
	struct buffer to = { 0 };
	const char *at = text;
	int r = 0;

	while (*at && r == 0) {
		size_t plain = strcspn(at, "$");

		buffer_add(&to, at, plain);
		at += plain;
		if (!*at)
			break;
		at++;
		if (*at == '$')
			buffer_putc(&to, *at++);
		else
			r = add_variable(expansion, text, &at, &to);
	}
	if (r == 0) {
		*ret = to.failed ? NULL : json_string(to.text ?: "");
		r = *ret ? 0 : -ENOMEM;
	}
	buffer_done(&to);
	return r;
}

static bool is_literal(const struct expansion *expansion, const char *key)
{
	const char *const *literal = expansion->literal;

	for (; *literal; literal++)
		if (strcmp(key, *literal) == 0)
			return true;
	return false;
}

static int expand_object(const struct expansion *expansion, json_t *from,
			 json_t *to)
{
	const char *key;
	json_t *value;
	int r = 0;

	json_object_foreach(from, key, value) {
		json_t *expanded = NULL;

		if (is_literal(expansion, key))
			expanded = json_incref(value);
		else
			r = expand_value(expansion, value, &expanded);
		if (r == 0 && json_object_set_new(to, key, expanded) < 0)
			r = -ENOMEM;
		if (r < 0)
			return r;
	}
	return 0;
}

static int expand_array(const struct expansion *expansion, const json_t *from,
			json_t *to)
{
	size_t i;
	int r = 0;

	for (i = 0; i < json_array_size(from) && r == 0; i++) {
		json_t *expanded = NULL;

		r = expand_value(expansion, json_array_get(from, i), &expanded);
		if (r == 0 && json_array_append_new(to, expanded) < 0)
			r = -ENOMEM;
	}
	return r;
}

static int expand_value(const struct expansion *expansion, const json_t *value,
			json_t **ret)
{
	json_t *made;
	int r;

	if (json_is_string(value))
		return expand_text(expansion, json_string_value(value), ret);
	if (json_is_object(value)) {
		made = json_object();
		r = expand_object(expansion, (json_t *)value, made);
	} else if (json_is_array(value)) {
		made = json_array();
		r = expand_array(expansion, value, made);
	} else {
		made = json_incref((json_t *)value);
		r = 0;
	}
	if (r == 0)
		*ret = made;
	else
		json_decref(made);
	return r;
}

int grafana_expand(const json_t *value, const char *const *literal,
		   grafana_variable_fn *find, const void *userdata,
		   json_t **ret, char *why, size_t size)
{
	const struct expansion expansion = { literal, find, userdata, why,
					     size };
	json_t *expanded = NULL;
	int r = expand_value(&expansion, value, &expanded);

	if (r == 0)
		*ret = expanded;
	else if (r == -ENOMEM)
		snprintf(why, size, "%s", strerror(ENOMEM));
	return r;
}
