// SPDX-License-Identifier: GPL-2.0-only
#include "text.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int text_to_u64(const char *from, uint64_t min, uint64_t max, uint64_t *ret)
{
	unsigned long long value;
	char *end;

	if (*from < '0' || *from > '9')
		return -EINVAL;
	errno = 0;
	value = strtoull(from, &end, 10);
	if (*end)
		return -EINVAL;
	if (errno || value < min || value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

bool text_in_list(const char *list, const char *item)
{
	size_t length = strlen(item);

	while (*list) {
		if (strncmp(list, item, length) == 0 &&
		    (list[length] == ',' || !list[length]))
			return true;
		list += strcspn(list, ",");
		list += *list == ',';
	}
	return false;
}

char *text_copy(const char *text, bool *failed)
{
	char *copy = text ? strdup(text) : NULL;

	*failed |= text && !copy;
	return copy;
}

bool text_ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length &&
	       strcmp(text + length - end_length, end) == 0;
}

/* ASCII only, so that the locale does not matter */
static bool is_part_of_word(char c)
{
	return (unsigned char)c < 0x80 && isalnum((unsigned char)c);
}

bool text_has_word(const char *text, const char *word)
{
	size_t length = strlen(word);
	const char *at;

	if (length == 0)
		return false;
	for (at = text; (at = strcasestr(at, word)); at++) {
		if ((at == text || !is_part_of_word(at[-1])) &&
		    !is_part_of_word(at[length]))
			return true;
	}
	return false;
}
