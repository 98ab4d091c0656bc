// SPDX-License-Identifier: GPL-2.0-only
#include "title.h"

#include <string.h>

#include "base/utf8.h"

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
