/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers and lists in texts. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * text_to_u64() - parse a whole decimal number from @min to @max
 *
 * Returns -EINVAL when it is not a number, -ERANGE when it is out of range.
 */
int text_to_u64(const char *from, uint64_t min, uint64_t max, uint64_t *ret);

/**
 * text_in_list() - is @item in @list, a list separated by commas?
 *
 * An item that contains commas is found, too.
 */
bool text_in_list(const char *list, const char *item);

/** text_copy() - malloced; of NULL it is NULL. Sets @failed without memory */
char *text_copy(const char *text, bool *failed);

bool text_ends_with(const char *text, const char *end);

/**
 * text_has_word() - is @word in @text, without a letter or digit beside it?
 *
 * ASCII letters are the same in upper and lower case. An empty word is nowhere.
 */
bool text_has_word(const char *text, const char *word);

#endif /* BASE_TEXT_H */
