// SPDX-License-Identifier: GPL-2.0-only
#include "lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int append(struct lines *lines, const char *bytes, size_t nr_bytes)
{
	size_t needed = lines->length + nr_bytes;

	if (needed > lines->allocated) {
		size_t allocated = needed < 2048 ? 4096 : 2 * needed;
		char *grown = realloc(lines->buffer, allocated);

		if (!grown)
			return -ENOMEM;
		lines->buffer = grown;
		lines->allocated = allocated;
	}
	memcpy(lines->buffer + lines->length, bytes, nr_bytes);
	lines->length = needed;
	return 0;
}

/* Ends a line; its beginning may be in the buffer. */
static int finish(struct lines *lines, const char *bytes, size_t nr_bytes,
		  lines_fn *fn, void *userdata)
{
	int r;

	if (lines->skipping) {
		lines->skipping = false;
		return 0;
	}
	if (lines->length == 0)
		return fn(bytes, nr_bytes, userdata);
	r = append(lines, bytes, nr_bytes);
	if (r < 0)
		return r;
	r = fn(lines->buffer, lines->length, userdata);
	lines->length = 0;
	return r;
}

static void skip(struct lines *lines)
{
	lines->length = 0;
	lines->skipping = true;
	lines->nr_too_long++;
}

int lines_feed(struct lines *lines, const char *bytes, size_t nr_bytes,
	       size_t max_bytes, lines_fn *fn, void *userdata)
{
	while (nr_bytes > 0) {
		const char *end = memchr(bytes, '\n', nr_bytes);
		size_t take = end ? (size_t)(end - bytes) : nr_bytes;
		int r;

		if (!lines->skipping && lines->length + take > max_bytes)
			skip(lines);
		if (!end)
			return lines->skipping ?
				0 : append(lines, bytes, nr_bytes);
		r = finish(lines, bytes, take, fn, userdata);
		if (r < 0)
			return r;
		bytes += take + 1;
		nr_bytes -= take + 1;
	}
	return 0;
}

void lines_reset(struct lines *lines)
{
	free(lines->buffer);
	*lines = (struct lines){ 0 };
}
