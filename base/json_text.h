/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BASE_JSON_TEXT_H
#define BASE_JSON_TEXT_H

#include <stddef.h>

struct json_t;

/**
 * json_put_text() - set a member to a string, made valid UTF-8
 * @text: truncated to @max_bytes; if NULL or empty, the member is not set
 */
void json_put_text(struct json_t *object, const char *key, const char *text,
		   size_t max_bytes);

#endif /* BASE_JSON_TEXT_H */
