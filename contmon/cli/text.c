// SPDX-License-Identifier: GPL-2.0-only
#include "text.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* One byte and one column in every locale */
static bool is_plain(char byte)
{
	return byte >= ' ' && byte <= '~';
}

/*
 * The length of the harmless character at @s, or 0. A character that takes no
 * column is not harmless: it may be a control character, or change the
 * direction of writing.
 */
static size_t printable(const char *s, size_t length, mbstate_t *state)
{
	wchar_t c;
	size_t n = mbrtowc(&c, s, length, state);

	if (n == 0 || n > length || wcwidth(c) < 1)
		return 0;
	return n;
}

char *cli_escape(const char *bytes, size_t length)
{
	char *text = malloc(length * 4 + 1);
	char *to = text;

	if (!text)
		return NULL;

	while (length) {
		mbstate_t state = { 0 };
		size_t n = is_plain(*bytes) ? 1 :
			   printable(bytes, length, &state);

		if (n) {
			memcpy(to, bytes, n);
			to += n;
		} else {
			n = 1;
			to += sprintf(to, "\\x%02x", (unsigned char)*bytes);
		}
		bytes += n;
		length -= n;
	}
	*to = 0;
	return text;
}

size_t cli_text_width(const char *text)
{
	mbstate_t state = { 0 };
	size_t n, width = 0;
	wchar_t c;

	for (; *text; text += n) {
		int w = 1;

		if (is_plain(*text)) {
			n = 1;
		} else if ((n = mbrtowc(&c, text, MB_CUR_MAX, &state)) >
			   MB_CUR_MAX) {	/* invalid byte */
			state = (mbstate_t){ 0 };
			n = 1;
		} else {
			w = wcwidth(c);
		}
		width += w > 0 ? (size_t)w : 0;
	}
	return width;
}

int cli_text_cut(const char *text, int width, int *ret_width)
{
	int used = 0, bytes = 0;

	while (text[bytes]) {
		char one[MB_LEN_MAX + 1] = "";
		int n = 1, w = 1;

		if (!is_plain(text[bytes])) {
			n = mblen(text + bytes, MB_CUR_MAX);
			if (n < 1)
				n = 1;
			memcpy(one, text + bytes, (size_t)n);
			w = (int)cli_text_width(one);
		}
		if (used + w > width)
			break;
		used += w;
		bytes += n;
	}
	*ret_width = used;
	return bytes;
}

void cli_text_shorten(char *text, int width)
{
	int used, bytes = cli_text_cut(text, width, &used);

	if (!text[bytes])
		return;
	bytes = cli_text_cut(text, width - 1, &used);
	strcpy(text + bytes, "+");
}
