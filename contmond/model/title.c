// SPDX-License-Identifier: GPL-2.0-only
#include "title.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

char *title_of(const char *text, int64_t user_id)
{
	char *title;

	if (user_id == 0)
		return strdup(text);
	return asprintf(&title, "%s@%" PRIi64, text, user_id) < 0 ? NULL :
								   title;
}

size_t title_name_length(const char *title)
{
	const char *at = strrchr(title, '@');
	size_t digits = at ? strspn(at + 1, "0123456789") : 0;

	return digits > 0 && !at[1 + digits] ? (size_t)(at - title) :
					       strlen(title);
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
