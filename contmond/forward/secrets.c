// SPDX-License-Identifier: GPL-2.0-only
#include "secrets.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "headers.h"

/* Shorter words occur in many texts, and are not keys by themselves. */
#define MIN_PART 16
#define WORD_CHARACTERS "abcdefghijklmnopqrstuvwxyz" \
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

/* Does @text have a long part of the secret? */
static bool has_part(const char *secret, const char *text)
{
	size_t length;

	for (; *text; text += length ?: 1) {
		length = strspn(text, WORD_CHARACTERS);
		if (length >= MIN_PART &&
		    memmem(secret, strlen(secret), text, length))
			return true;
	}
	return false;
}

static bool has(const char *secret, const char *text)
{
	return secret && (strstr(text, secret) || has_part(secret, text));
}

/* Encodes as in RFC 4648; malloced */
static char *base64(const char *from)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t i, j, length = strlen(from);
	char *to = calloc(1, (length + 2) / 3 * 4 + 1);

	for (i = j = 0; to && i < length; i += 3) {
		size_t nr = length - i < 3 ? length - i : 3;
		uint32_t bits = (uint32_t)(unsigned char)from[i] << 16;

		bits |= nr > 1 ? (uint32_t)(unsigned char)from[i + 1] << 8 : 0;
		bits |= nr > 2 ? (uint32_t)(unsigned char)from[i + 2] : 0;
		to[j++] = digits[bits >> 18];
		to[j++] = digits[bits >> 12 & 63];
		to[j++] = nr > 1 ? digits[bits >> 6 & 63] : '=';
		to[j++] = nr > 2 ? digits[bits & 63] : '=';
	}
	return to;
}

/* True if there is no memory. */
static bool has_basic(const struct target_options *options, const char *text)
{
	char *plain = NULL, *sent;
	bool found;

	if (!options->user || !options->password)
		return false;
	if (asprintf(&plain, "%s:%s", options->user, options->password) < 0)
		return true;
	sent = base64(plain);
	found = !sent || has(sent, text);
	secret_free(sent);
	secret_free(plain);
	return found;
}

bool secrets_show(const struct target_options *options, const char *text)
{
	return options->url_is_secret || has(options->token, text) ||
	       has(options->password, text) || has_basic(options, text) ||
	       headers_show(options->headers, text) ||
	       (options->headers && has_part(options->headers, text)) ||
	       (options->body && has_part(options->body, text));
}
