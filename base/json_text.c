// SPDX-License-Identifier: GPL-2.0-only
#include "json_text.h"

#include <jansson.h>
#include <string.h>

#include "utf8.h"
#include "util.h"

void json_put_text(struct json_t *object, const char *key, const char *text,
		   size_t max_bytes)
{
	_cleanup_free_ char *fit = NULL;

	if (text && *text)
		fit = utf8_dup(text, strlen(text), max_bytes);
	if (fit && *fit)
		json_object_set_new(object, key, json_string(fit));
}

void json_put_line(struct buffer *to, const struct json_t *object)
{
	_cleanup_free_ char *line = json_dumps(object, JSON_COMPACT);

	if (!line) {
		to->failed = true;
		return;
	}
	buffer_puts(to, line);
	buffer_putc(to, '\n');
}
