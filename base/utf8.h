/* SPDX-License-Identifier: GPL-2.0-only */
/* Turns arbitrary bytes into valid UTF-8: each invalid byte becomes U+FFFD. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/**
 * utf8_length() - length of the first character of @text; 0 if it is invalid
 */
size_t utf8_length(const char *text, size_t left);

/**
 * utf8_copy() - copy @length bytes as valid UTF-8
 * @to: NUL-terminated; truncated between characters if @size is too small
 *
 * Returns the length of the copy.
 */
size_t utf8_copy(char *to, size_t size, const char *from, size_t length);

/**
 * utf8_dup() - the same with a malloced copy
 * @max_bytes: limit for the copy; SIZE_MAX for none
 *
 * Returns NULL if there is no memory.
 */
char *utf8_dup(const char *from, size_t length, size_t max_bytes);

#endif /* BASE_UTF8_H */
