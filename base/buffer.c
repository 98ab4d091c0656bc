// SPDX-License-Identifier: GPL-2.0-only
#include "buffer.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Makes room for @more bytes and a NUL. Returns NULL if there is no memory. */
static char *reserve(struct buffer *buffer, size_t more)
{
	size_t needed = buffer->length + more + 1;
	char *grown;

	if (buffer->failed)
		return NULL;
	if (needed > buffer->allocated) {
		grown = realloc(buffer->text, needed * 2);
		if (!grown) {
			buffer->failed = true;
			return NULL;
		}
		buffer->text = grown;
		buffer->allocated = needed * 2;
	}
	return buffer->text + buffer->length;
}

void buffer_add(struct buffer *buffer, const char *bytes, size_t nr_bytes)
{
	char *to = reserve(buffer, nr_bytes);

	if (!to)
		return;
	memcpy(to, bytes, nr_bytes);
	to[nr_bytes] = '\0';
	buffer->length += nr_bytes;
}

void buffer_append(struct buffer *buffer, const struct buffer *from)
{
	if (from->length > 0)
		buffer_add(buffer, from->text, from->length);
	buffer->failed = buffer->failed || from->failed;
}

void buffer_puts(struct buffer *buffer, const char *text)
{
	buffer_add(buffer, text, strlen(text));
}

void buffer_putc(struct buffer *buffer, char c)
{
	char *to;

	if (buffer->allocated - buffer->length < 2 || buffer->failed) {
		buffer_add(buffer, &c, 1);
		return;
	}
	to = buffer->text + buffer->length++;
	to[0] = c;
	to[1] = '\0';
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list arguments;
	char *to;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	to = length < 0 ? NULL : reserve(buffer, (size_t)length);
	if (!to)
		return;
	va_start(arguments, format);
	vsnprintf(to, (size_t)length + 1, format, arguments);
	va_end(arguments);
	buffer->length += (size_t)length;
}

#define DECIMALS 1000000

/* Writes the digits of @value before @end, at least @min_digits of them. */
static char *digits(char *end, uint64_t value, int min_digits)
{
	while (value > 0 || min_digits > 0) {
		*--end = (char)('0' + value % 10);
		value /= 10;
		min_digits--;
	}
	return end;
}

/* Faster than printf(), because answers have tens of thousands of numbers. */
void buffer_number(struct buffer *buffer, double number)
{
	char text[48], *begin, *end = text + sizeof(text);
	double size = fabs(number);
	uint64_t whole, part;

	if (size >= 9007199254740992.0) {	/* 2^53 */
		buffer_printf(buffer, "%.17g", number);
		return;
	}
	whole = (uint64_t)size;
	part = (uint64_t)((size - (double)whole) * DECIMALS + 0.5);
	if (part == DECIMALS) {
		whole++;
		part = 0;
	}
	begin = end;
	if (part > 0) {
		begin = digits(end, part, 6);
		while (end[-1] == '0')
			end--;
		*--begin = '.';
	}
	begin = digits(begin, whole, 1);
	if (number < 0 && (whole > 0 || part > 0))
		*--begin = '-';
	buffer_add(buffer, begin, (size_t)(end - begin));
}

void buffer_done(struct buffer *buffer)
{
	free(buffer->text);
	*buffer = (struct buffer){ 0 };
}
