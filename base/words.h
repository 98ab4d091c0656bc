/* SPDX-License-Identifier: GPL-2.0-only */
/* A comma-separated list of words, sorted for fast look-ups */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "util.h"

/**
 * struct words - initialise with words_init()
 * @list: borrowed; NULL contains every item
 * @starts: sorted pointers to the words that are not empty
 */
struct words {
	const char *list;
	const char **starts;
	size_t nr;
};

/**
 * words_init() - @list must outlive @words, and may be NULL. Returns -ENOMEM
 */
int words_init(struct words *words, const char *list);

void words_done(struct words *words);
#define _cleanup_words_ _cleanup_(words_done)

/** words_have() - like text_in_list(): @item may contain commas */
bool words_have(const struct words *words, const char *item);

#endif /* BASE_WORDS_H */
