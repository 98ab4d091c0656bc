// SPDX-License-Identifier: GPL-2.0-only
#include "words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sorted.h"
#include "text.h"

/*
 * Words are compared together with the rest of the list, so that items with
 * commas are found. Bounded, so that a list of equal words does not take long.
 */
#define MAX_COMPARED 256

static int compare(const void *a, const void *b)
{
	return strncmp(*(const char *const *)a, *(const char *const *)b,
		       MAX_COMPARED);
}

int words_init(struct words *words, const char *list)
{
	size_t nr = 0;
	const char *c;

	*words = (struct words){ .list = list };
	if (!list)
		return 0;
	for (c = list; *c; c++)
		nr += *c == ',';
	words->starts = calloc(nr + 1, sizeof(*words->starts));
	if (!words->starts)
		return -ENOMEM;
	for (c = list; *c; c += *c == ',') {
		if (*c != ',')
			words->starts[words->nr++] = c;
		c += strcspn(c, ",");
	}
	qsort(words->starts, words->nr, sizeof(*words->starts), compare);
	return 0;
}

void words_done(struct words *words)
{
	free(words->starts);
	*words = (struct words){ 0 };
}

/* The beginning of a word, and what follows */
struct key {
	const char *item;
	size_t length;
	char end;
};

static int compare_key(const void *key, const void *element)
{
	const char *word = *(const char *const *)element;
	const struct key *wanted = key;
	int order = strncmp(wanted->item, word, wanted->length);

	return order ?: (unsigned char)wanted->end -
			(unsigned char)word[wanted->length];
}

static bool find(const struct words *words, const char *item, size_t length,
		 char end)
{
	const struct key key = { item, length, end };
	bool found;

	sorted_place(&key, words->starts, words->nr, sizeof(*words->starts),
		     compare_key, &found);
	return found;
}

bool words_have(const struct words *words, const char *item)
{
	size_t length = strlen(item);

	if (!words->list)
		return true;
	if (length == 0)
		return false;
	if (length >= MAX_COMPARED)
		return text_in_list(words->list, item);
	return find(words, item, length, ',') || find(words, item, length, 0);
}
