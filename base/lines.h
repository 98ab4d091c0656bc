/* SPDX-License-Identifier: GPL-2.0-only */
/* Splits a stream of bytes into lines of bounded length */
#ifndef BASE_LINES_H
#define BASE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct lines - zero-initialise
 * @skipping: the current line is too long
 * @nr_too_long: number of lines skipped because they were too long
 */
struct lines {
	char *buffer;
	size_t length;
	size_t allocated;
	bool skipping;
	uint64_t nr_too_long;
};

/**
 * lines_fn - gets one line without its newline; an error stops and is returned
 */
typedef int lines_fn(const char *line, size_t length, void *userdata);

/**
 * lines_feed() - add bytes, and call @fn for each complete line
 *
 * A line longer than @max_bytes is skipped and counted. Returns -ENOMEM or the
 * error of @fn; then the stream must not be used any more.
 */
int lines_feed(struct lines *lines, const char *bytes, size_t nr_bytes,
	       size_t max_bytes, lines_fn *fn, void *userdata);

/** lines_reset() - discard all data and counts, and free the memory */
void lines_reset(struct lines *lines);

#endif /* BASE_LINES_H */
