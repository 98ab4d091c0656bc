/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A list of words separated by commas, for many look-ups: for any list, looking
 * up an item takes a few comparisons.
 */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "util.h"

/**
 * struct words - begin with words_init()
 * @list: borrowed; NULL contains every item
 * @starts: beginnings of its words, which are not empty, sorted
 */
struct words {
	const char *list;
	const char **starts;
	size_t nr;
};

/** words_init() - @list must outlive it, and may be NULL; -ENOMEM */
int words_init(struct words *words, const char *list);

void words_done(struct words *words);
#define _cleanup_words_ _cleanup_(words_done)

/** words_have() - like text_in_list(): an item may contain commas */
bool words_have(const struct words *words, const char *item);

#endif /* BASE_WORDS_H */
