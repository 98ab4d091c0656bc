/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes that come from elsewhere, made fit to be shown or counted with. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * text_utf8() - copy @length bytes as valid UTF-8
 * @to: NUL-terminated, cut between characters when @size is too small
 *
 * Each byte that is not part of a valid character becomes U+FFFD. Returns the
 * length of what was written.
 */
size_t text_utf8(char *to, size_t size, const char *from, size_t length);

/** text_utf8_dup() - the same of a string, at most @max_bytes long; malloced */
char *text_utf8_dup(const char *from, size_t max_bytes);

/**
 * text_to_u64() - read a whole decimal number from @min to @max
 *
 * Returns -EINVAL when it is none, -ERANGE when it is out of bounds.
 */
int text_to_u64(const char *from, uint64_t min, uint64_t max, uint64_t *ret);

/** text_in_list() - is @item one of the comma separated words of @list? */
bool text_in_list(const char *list, const char *item);

#endif /* BASE_TEXT_H */
