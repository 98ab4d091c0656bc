// SPDX-License-Identifier: GPL-2.0-only
#include "utf8.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char REPLACEMENT[] = "\xef\xbf\xbd"; /* U+FFFD */

/* Can @byte be the second byte of a character that starts with @lead? */
static bool second_fits(unsigned char lead, unsigned char byte)
{
	switch (lead) {
	case 0xe0: /* overlong */
		return byte >= 0xa0 && byte <= 0xbf;
	case 0xed: /* surrogates */
		return byte >= 0x80 && byte <= 0x9f;
	case 0xf0: /* overlong */
		return byte >= 0x90 && byte <= 0xbf;
	case 0xf4: /* above U+10FFFF */
		return byte >= 0x80 && byte <= 0x8f;
	default:
		return byte >= 0x80 && byte <= 0xbf;
	}
}

size_t utf8_length(const char *text, size_t left)
{
	const unsigned char *from = (const unsigned char *)text;
	size_t length, i;

	if (from[0] < 0x80)
		return 1;
	if (from[0] < 0xc2 || from[0] > 0xf4)
		return 0;
	length = from[0] < 0xe0 ? 2 : from[0] < 0xf0 ? 3 : 4;
	if (length > left || !second_fits(from[0], from[1]))
		return 0;
	for (i = 2; i < length; i++) {
		if (from[i] < 0x80 || from[i] > 0xbf)
			return 0;
	}
	return length;
}

size_t utf8_copy(char *to, size_t size, const char *from, size_t length)
{
	size_t used = 0;

	while (length > 0) {
		size_t take = utf8_length(from, length);
		size_t put = take ? take : sizeof(REPLACEMENT) - 1;

		if (used + put + 1 > size)
			break;
		memcpy(to + used, take ? from : REPLACEMENT, put);
		used += put;
		from += take ? take : 1;
		length -= take ? take : 1;
	}
	if (size > 0)
		to[used] = '\0';
	return used;
}

char *utf8_dup(const char *from, size_t length, size_t max_bytes)
{
	size_t room = length > max_bytes / 3 ? max_bytes : length * 3;
	char *copy = malloc(room + 1);

	if (copy)
		utf8_copy(copy, room + 1, from, length);
	return copy;
}
