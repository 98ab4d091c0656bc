/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BASE_JSON_TEXT_H
#define BASE_JSON_TEXT_H

#include <stddef.h>

struct json_t;

/**
 * json_put_text() - set a member to a text, as valid UTF-8
 * @text: cut to @max_bytes; if it is NULL or empty, the member is not set
 */
void json_put_text(struct json_t *object, const char *key, const char *text,
		   size_t max_bytes);

#endif /* BASE_JSON_TEXT_H */
