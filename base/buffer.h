/* SPDX-License-Identifier: GPL-2.0-only */
/* Text that grows. */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct buffer - zero-initialise
 * @failed: out of memory; nothing is added from then on, so only the user of
 *	the text needs to check
 */
struct buffer {
	char *text;
	size_t length;
	size_t allocated;
	bool failed;
};

void buffer_add(struct buffer *buffer, const char *bytes, size_t nr_bytes);

/** buffer_append() - add what @from holds; it failed if @from did */
void buffer_append(struct buffer *buffer, const struct buffer *from);
void buffer_puts(struct buffer *buffer, const char *text);
void buffer_putc(struct buffer *buffer, char c);

__attribute__((format(printf, 2, 3)))
void buffer_printf(struct buffer *buffer, const char *format, ...);

/**
 * buffer_number() - a finite number, with at most six digits after the point
 *
 * Whole numbers have no point. Not for NAN and infinities.
 */
void buffer_number(struct buffer *buffer, double number);

void buffer_done(struct buffer *buffer);

#endif /* BASE_BUFFER_H */
