// SPDX-License-Identifier: GPL-2.0-only
#include "template.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/util.h"

#define DETAIL "detail."
#define MAX_KEY 64
#define KEY_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
		       "0123456789_."

/**
 * struct piece - a part of a template
 * @key: the text between the braces; empty if @text is literal
 * @in_string: it is inside a JSON string
 */
struct piece {
	const char *text;
	size_t length;
	char key[MAX_KEY];
	bool in_string;
};

/* Reading */

/* The length of "{{KEY}}" at @text; 0 if there is none */
static size_t read_key(const char *text, char key[MAX_KEY])
{
	const char *begin = text + 2, *end = strstr(begin, "}}");
	size_t length;

	key[0] = '\0';
	if (!end)
		return 0;
	length = (size_t)(end - begin);
	while (length > 0 && *begin == ' ') {
		begin++;
		length--;
	}
	while (length > 0 && begin[length - 1] == ' ')
		length--;
	if (length == 0 || length >= MAX_KEY ||
	    strspn(begin, KEY_CHARACTERS) < length)
		return 0;
	memcpy(key, begin, length);
	key[length] = '\0';
	return (size_t)(end + 2 - text);
}

/* The length of the text up to the next key; updates @in_string. */
static size_t read_text(const char *text, bool *in_string)
{
	size_t i;

	for (i = 0; text[i]; i++) {
		if (i > 0 && strncmp(&text[i], "{{", 2) == 0)
			break;
		if (text[i] == '"')
			*in_string = !*in_string;
		else if (*in_string && text[i] == '\\' && text[i + 1])
			i++;
	}
	return i;
}

/* Moves to the next piece; starts from zero. Returns false at the end. */
static bool next_piece(struct piece *piece)
{
	const char *text = piece->text + piece->length;

	if (!*text)
		return false;
	piece->text = text;
	piece->key[0] = '\0';
	piece->length = strncmp(text, "{{", 2) == 0 ?
			read_key(text, piece->key) : 0;
	if (piece->length == 0)
		piece->length = read_text(text, &piece->in_string);
	return true;
}

/* Values */

/* A string in which invalid bytes are replaced */
static json_t *of_text(const char *text, size_t length)
{
	_cleanup_free_ char *valid = utf8_dup(text, length, SIZE_MAX);

	return valid ? json_string_nocheck(valid) : NULL;
}

static json_t *of_buffer(struct buffer *text)
{
	json_t *value = text->failed ? NULL :
			of_text(text->text, text->length);

	buffer_done(text);
	return value;
}

static json_t *of_column(const struct item *item, const struct column *column)
{
	double number;

	if (column->unit == UNIT_TEXT) {
		const char *text = column_text(column, item->row);

		return text ? of_text(text, strlen(text)) : json_null();
	}
	number = column_number(column, item->row);
	return isfinite(number) ? json_integer((json_int_t)number) :
				  json_null();
}

static json_t *of_label(const struct item *item, const char *key)
{
	const char *value = labels_find(item->labels, key);

	return value ? json_string(value) : json_null();
}

static json_t *of_detail(const struct item *item, const char *key)
{
	json_t *value = key ? json_object_get(item->detail, key) :
			      item->detail;

	return value ? json_incref(value) : json_null();
}

/* The value of a key, a new reference; NULL if there is no memory */
static json_t *find_value(const struct item *item, const char *key)
{
	const struct column *column = table_find(item->table, key);
	struct buffer text = { 0 };

	if (strcmp(key, "detail") == 0)
		return of_detail(item, NULL);
	if (strncmp(key, DETAIL, strlen(DETAIL)) == 0)
		return of_detail(item, key + strlen(DETAIL));
	if (column)
		return of_column(item, column);
	if (strcmp(key, "text") == 0)
		item_put_summary(&text, item);
	else if (strcmp(key, "time") == 0)
		item_put_time(&text, item);
	else
		return of_label(item, key);
	return of_buffer(&text);
}

/* Writing */

/* Writes a string without its quotes. */
static void put_in_string(struct buffer *to, const char *valid)
{
	json_t *string = json_string_nocheck(valid);
	_cleanup_free_ char *quoted = json_dumps(string, JSON_ENCODE_ANY);

	json_decref(string);
	if (quoted)
		buffer_add(to, quoted + 1, strlen(quoted) - 2);
	else
		to->failed = true;
}

/* Inside a string, an unknown value becomes nothing. */
static void put_value(struct buffer *to, const json_t *value, bool in_string)
{
	_cleanup_free_ char *text = NULL;

	if (in_string && json_is_null(value))
		return;
	if (in_string && json_is_string(value)) {
		put_in_string(to, json_string_value(value));
		return;
	}
	text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	if (!text)
		to->failed = true;
	else if (in_string)
		put_in_string(to, text);
	else
		buffer_puts(to, text);
}

void template_write(struct buffer *to, const char *text,
		    const struct item *item)
{
	struct piece piece = { .text = text };

	while (next_piece(&piece)) {
		json_t *value;

		if (!piece.key[0]) {
			buffer_add(to, piece.text, piece.length);
			continue;
		}
		value = find_value(item, piece.key);
		if (value)
			put_value(to, value, piece.in_string);
		else
			to->failed = true;
		json_decref(value);
	}
}

/* Checking */

static bool is_known(const char *key, const struct target_options *options)
{
	static const char *const others[] = { "text", "time", "host" };
	size_t i;

	if (strncmp(key, DETAIL, strlen(DETAIL)) == 0)
		return key[strlen(DETAIL)];
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		if (strcmp(key, others[i]) == 0)
			return true;
	}
	for (i = 0; i < options->nr_labels; i++) {
		if (strcmp(key, options->labels[i].key) == 0)
			return true;
	}
	return table_find(item_table((enum feed)options_feed(options)), key);
}

static int line_of(const char *text, const char *place)
{
	int line = 1;

	for (; text < place; text++)
		line += *text == '\n';
	return line;
}

/*
 * Is the template JSON when its keys are filled in: with @in_string inside
 * strings, and with null elsewhere?
 */
static int check_filled(const char *text, const char *in_string,
			int *ret_line)
{
	struct piece piece = { .text = text };
	struct buffer filled = { 0 };
	json_error_t error;
	json_t *json = NULL;
	int r = -ENOMEM;

	while (next_piece(&piece)) {
		if (!piece.key[0])
			buffer_add(&filled, piece.text, piece.length);
		else
			buffer_puts(&filled,
				    piece.in_string ? in_string : "null");
	}
	if (!filled.failed) {
		json = json_loadb(filled.text ?: "", filled.length, 0, &error);
		r = json ? 0 : -EINVAL;
	}
	if (r == -EINVAL)
		*ret_line = error.line;
	json_decref(json);
	buffer_done(&filled);
	return r;
}

/*
 * If it is JSON with empty values, it is with any value, except in the middle
 * of a character: "\u00{{pid}}41" is valid with nothing, but not with a letter.
 * jansson's own message is not shown, because it quotes the file, which may
 * contain a secret.
 */
static int check_json(const char *text, char *ret_why, size_t size)
{
	int line = 0, r = check_filled(text, "", &line);

	if (r == -EINVAL)
		snprintf(ret_why, size, "line %d: it is not JSON", line);
	if (r < 0)
		return r;
	r = check_filled(text, "x", &line);
	if (r == -EINVAL)
		snprintf(ret_why, size, "line %d: a key splits a character, "
			 "or an escape such as \\u0041", line);
	return r;
}

int template_check(const char *text, const struct target_options *options,
		   char *ret_why, size_t size)
{
	struct piece piece = { .text = text };

	while (next_piece(&piece)) {
		int line = line_of(text, piece.text);

		if (piece.key[0] && !is_known(piece.key, options)) {
			snprintf(ret_why, size, "line %d: %s have no '%s'",
				 line, options_noun(options), piece.key);
			return -EINVAL;
		}
		if (!piece.key[0] && strncmp(piece.text, "{{", 2) == 0) {
			snprintf(ret_why, size, "line %d: not a key between "
				 "'{{' and '}}'", line);
			return -EINVAL;
		}
	}
	return check_json(text, ret_why, size);
}
