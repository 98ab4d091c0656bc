// SPDX-License-Identifier: GPL-2.0-only
#include "title.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* Without @mark and the digits after it; 0 if that is not how it ends */
static size_t without_digits(const char *title, size_t length, char mark)
{
	size_t at = length;

	while (at > 0 && title[at - 1] >= '0' && title[at - 1] <= '9')
		at--;
	return at > 0 && at < length && title[at - 1] == mark ? at - 1 : 0;
}

char *title_of(const char *text, int64_t user_id)
{
	char *title;

	if (user_id == 0 && !without_digits(text, strlen(text), '@'))
		return strdup(text);
	return asprintf(&title, "%s@%" PRIi64, text, user_id) < 0 ? NULL :
								   title;
}

static size_t without_ids(const char *title, const char *id)
{
	char end[1 + SHORT_ID_LENGTH + 1] = "-";
	size_t length = strlen(title), rest, n;

	title_short_id(end + 1, id);
	n = strlen(end);
	for (rest = length; rest > n;
	     rest = without_digits(title, rest, '-')) {
		if (n > 1 && memcmp(title + rest - n, end, n) == 0)
			return rest - n;
	}
	return length;
}

/* Root's ends with "@0" only if it would look like a user's without it. */
static bool is_marked(const char *title, size_t length, size_t rest)
{
	return length - rest == 2 && title[length - 1] == '0' &&
	       without_digits(title, rest, '@');
}

size_t title_name_length(const char *title, const char *id, int64_t user_id)
{
	size_t length = without_ids(title, id ?: "");
	size_t rest = without_digits(title, length, '@');

	if (user_id == 0 && !is_marked(title, length, rest))
		return length;
	return rest ?: length;
}

void title_short_id(char ret[SHORT_ID_LENGTH + 1], const char *id)
{
	utf8_copy(ret, SHORT_ID_LENGTH + 1, id, strlen(id));
}

bool title_in_list(const struct words *list, const char *title,
		   const char *id)
{
	char short_id[SHORT_ID_LENGTH + 1];

	if (!list->list || words_have(list, title ?: ""))
		return true;
	if (!id || strcmp(id, TITLE_HOST) == 0)
		return false;
	title_short_id(short_id, id);
	return words_have(list, id) || words_have(list, short_id);
}
