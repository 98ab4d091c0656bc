/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers, lists and words in strings */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * text_to_u64() - parse a whole decimal number from @min to @max
 *
 * Returns -EINVAL if it is not a number, -ERANGE if it is out of range.
 */
int text_to_u64(const char *from, uint64_t min, uint64_t max, uint64_t *ret);

/**
 * text_in_list() - is @item in the comma-separated @list?
 *
 * @item may contain commas.
 */
bool text_in_list(const char *list, const char *item);

/** text_copy() - malloced; NULL for NULL. Sets @failed if there is no memory */
char *text_copy(const char *text, bool *failed);

bool text_ends_with(const char *text, const char *end);

/**
 * text_has_word() - does @text contain @word, not next to a letter or digit?
 *
 * ASCII letters match in upper and lower case. An empty word is never found.
 */
bool text_has_word(const char *text, const char *word);

#endif /* BASE_TEXT_H */
