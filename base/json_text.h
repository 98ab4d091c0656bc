/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BASE_JSON_TEXT_H
#define BASE_JSON_TEXT_H

#include <stddef.h>

#include "buffer.h"

struct json_t;

/**
 * json_put_text() - set a member to a string, made valid UTF-8
 * @text: truncated to @max_bytes; if NULL or empty, the member is not set
 */
void json_put_text(struct json_t *object, const char *key, const char *text,
		   size_t max_bytes);

/** json_put_line() - write @object in one line; NULL counts as out of memory */
void json_put_line(struct buffer *to, const struct json_t *object);

#endif /* BASE_JSON_TEXT_H */
