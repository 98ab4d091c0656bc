/* SPDX-License-Identifier: GPL-2.0-only */
/* A growing text buffer */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct buffer - zero-initialise
 * @failed: out of memory; nothing is added from then on, so only the final
 *	reader of the text needs to check
 */
struct buffer {
	char *text;
	size_t length;
	size_t allocated;
	bool failed;
};

void buffer_add(struct buffer *buffer, const char *bytes, size_t nr_bytes);

/** buffer_append() - add the contents of @from; fails if @from has failed */
void buffer_append(struct buffer *buffer, const struct buffer *from);
void buffer_puts(struct buffer *buffer, const char *text);
void buffer_putc(struct buffer *buffer, char c);

__attribute__((format(printf, 2, 3)))
void buffer_printf(struct buffer *buffer, const char *format, ...);

/**
 * buffer_number() - add a finite number with at most six decimal places
 *
 * Whole numbers get no decimal point. NAN and infinities are not allowed.
 */
void buffer_number(struct buffer *buffer, double number);

void buffer_done(struct buffer *buffer);

#endif /* BASE_BUFFER_H */
