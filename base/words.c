// SPDX-License-Identifier: GPL-2.0-only
#include "words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

/* Does a word start with @item, and @end follow? */
static bool find(const struct words *words, const char *item, size_t length,
		 char end)
{
	size_t low = 0, high = words->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *word = words->starts[middle];
		int order = strncmp(word, item, length);

		if (order == 0)
			order = (unsigned char)word[length] -
				(unsigned char)end;
		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
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
