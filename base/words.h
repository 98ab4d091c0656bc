/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A list of words that commas separate, to look up many items in: whatever the
 * list, an item costs a few comparisons.
 */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "util.h"

/**
 * struct words - begin with words_init()
 * @list: borrowed; NULL has every item
 * @starts: of its words, which are not empty, sorted
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

/** words_have() - as text_in_list(): an item may have commas itself */
bool words_have(const struct words *words, const char *item);

#endif /* BASE_WORDS_H */
