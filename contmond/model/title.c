// SPDX-License-Identifier: GPL-2.0-only
#include "title.h"

#include <string.h>

#include "base/text.h"
#include "base/utf8.h"

void title_short_id(char ret[SHORT_ID_LENGTH + 1], const char *id)
{
	utf8_copy(ret, SHORT_ID_LENGTH + 1, id, strlen(id));
}

bool title_in_list(const char *list, const char *title, const char *id)
{
	char short_id[SHORT_ID_LENGTH + 1];

	if (!list)
		return true;
	title_short_id(short_id, id);
	return text_in_list(list, title) || text_in_list(list, id) ||
	       text_in_list(list, short_id);
}
