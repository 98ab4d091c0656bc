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
