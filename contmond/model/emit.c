// SPDX-License-Identifier: GPL-2.0-only
#include "emit.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/util.h"

/* Quoted and escaped by jansson */
static void add_string(struct buffer *buffer, const char *valid)
{
	json_t *string = json_string_nocheck(valid);
	_cleanup_free_ char *text = json_dumps(string, JSON_ENCODE_ANY);

	json_decref(string);
	if (text)
		buffer_puts(buffer, text);
	else
		buffer->failed = true;
}

static bool is_ascii(const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text >= 0x80)
			return false;
	}
	return true;
}

void emit_text(struct buffer *buffer, const char *text)
{
	_cleanup_free_ char *valid = NULL;

	if (!text) {
		buffer_puts(buffer, "null");
		return;
	}
	if (!is_ascii(text)) {
		valid = utf8_dup(text, strlen(text), SIZE_MAX);
		if (!valid) {
			buffer->failed = true;
			return;
		}
	}
	add_string(buffer, valid ?: text);
}

void emit_number(struct buffer *buffer, double number)
{
	if (isfinite(number))
		buffer_number(buffer, number);
	else
		buffer_puts(buffer, "null");
}

void emit_key(struct buffer *buffer, const char *key, bool first)
{
	if (!first)
		buffer_putc(buffer, ',');
	buffer_putc(buffer, '"');
	buffer_puts(buffer, key);
	buffer_add(buffer, "\":", 2);
}

void emit_member(struct buffer *buffer, const char *key, const char *text,
		 bool first)
{
	emit_key(buffer, key, first);
	emit_text(buffer, text);
}

void emit_buffer(struct buffer *buffer, struct buffer *text)
{
	buffer_putc(text, '\0');
	if (text->failed)
		buffer->failed = true;
	else
		emit_text(buffer, text->text);
	buffer_done(text);
}

static void emit_columns(struct buffer *buffer, const struct table *table,
			 const bool *wanted, const void *row, bool first)
{
	size_t i;

	for (i = 0; i < table->nr_columns; i++) {
		const struct column *column = &table->columns[i];

		if (wanted && !wanted[i])
			continue;
		emit_key(buffer, column->key, first);
		first = false;
		if (column->unit == UNIT_TEXT)
			emit_text(buffer, column_text(column, row));
		else
			emit_number(buffer, column_number(column, row));
	}
	buffer_putc(buffer, '}');
}

void emit_row(struct buffer *buffer, const struct table *table,
	      const bool *wanted, const void *row)
{
	buffer_putc(buffer, '{');
	emit_columns(buffer, table, wanted, row, true);
}

void emit_row_of_host(struct buffer *buffer, const char *host,
		      const struct table *table, const bool *wanted,
		      const void *row)
{
	buffer_putc(buffer, '{');
	emit_member(buffer, "host", host[0] ? host : NULL, true);
	emit_columns(buffer, table, wanted, row, false);
}
