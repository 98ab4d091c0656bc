// SPDX-License-Identifier: GPL-2.0-only
#include "accept.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t"
#define MAX_QUALITY 1000

/* Part of a header, without blanks around it */
struct piece {
	const char *text;
	size_t length;
};

/* Removes and returns the text before @end, or all of @rest. */
static struct piece cut(struct piece *rest, char end)
{
	const char *found = memchr(rest->text, end, rest->length);
	size_t length = found ? (size_t)(found - rest->text) : rest->length;
	struct piece piece = { rest->text, length };

	rest->text += length + (found != NULL);
	rest->length -= length + (found != NULL);
	while (piece.length > 0 && strchr(BLANKS, *piece.text)) {
		piece.text++;
		piece.length--;
	}
	while (piece.length > 0 &&
	       strchr(BLANKS, piece.text[piece.length - 1]))
		piece.length--;
	return piece;
}

static bool is(struct piece piece, const char *text, size_t length)
{
	return piece.length == length &&
	       strncasecmp(piece.text, text, length) == 0;
}

/* 3 for the exact name, 2 for its type, 1 for everything, 0 for no match */
static int specificity(struct piece name, const char *what)
{
	const char *slash = strchr(what, '/');
	size_t type = slash ? (size_t)(slash + 1 - what) : 0;

	if (is(name, what, strlen(what)))
		return 3;
	if (is(name, "*", 1) || is(name, "*/*", 3))
		return 1;
	if (type > 0 && name.length == type + 1 && name.text[type] == '*' &&
	    strncasecmp(name.text, what, type) == 0)
		return 2;
	return 0;
}

/* Parses "1", "0.5", "0.125" into thousandths; -1 if invalid. */
static int parse_quality(struct piece text)
{
	int quality = 0, digit = MAX_QUALITY;
	size_t i;

	if (text.length < 1 || text.length > 5)
		return -1;
	for (i = 0; i < text.length; i++) {
		if (i == 1 && text.text[i] == '.')
			continue;
		if (i == 1 || text.text[i] < '0' || text.text[i] > '9')
			return -1;
		quality += digit * (text.text[i] - '0');
		digit /= 10;
	}
	return quality <= MAX_QUALITY ? quality : -1;
}

/* From a member's parameters; -1 if invalid, or if it is another version */
static int quality_of(struct piece parameters, const char *version)
{
	int quality = MAX_QUALITY;

	while (parameters.length > 0) {
		struct piece value = cut(&parameters, ';');
		struct piece key = cut(&value, '=');

		if (is(key, "q", 1))
			quality = parse_quality(value);
		else if (version && is(key, "version", 7) &&
			 !is(value, version, strlen(version)))
			return -1;
	}
	return quality;
}

struct wish accept_wish(const char *header, const char *what,
			const char *version)
{
	struct piece rest = { header ?: "", header ? strlen(header) : 0 };
	struct wish wish = { -1, false };
	int best = 0;

	while (rest.length > 0) {
		struct piece member = cut(&rest, ',');
		struct piece name = cut(&member, ';');
		int specific = specificity(name, what), quality;

		if (specific == 0 || specific < best)
			continue;
		quality = quality_of(member, version);
		if (quality < 0 || (specific == best &&
				    quality <= wish.quality))
			continue;
		best = specific;
		wish = (struct wish){ quality, specific == 3 };
	}
	return wish;
}

/* A client accepts uncompressed answers unless it says otherwise. */
bool gzip_accepted(const char *accept_encoding)
{
	struct wish gzip = accept_wish(accept_encoding, "gzip", NULL);
	struct wish identity = accept_wish(accept_encoding, "identity", NULL);

	return gzip.quality > 0 && gzip.quality >= identity.quality;
}
