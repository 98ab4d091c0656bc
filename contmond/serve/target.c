// SPDX-License-Identifier: GPL-2.0-only
#include "target.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

void target_parse(const char *text, struct target *ret)
{
	static const char scheme[] = "http://";
	size_t length;

	*ret = (struct target){ .path = text };
	if (strncasecmp(text, scheme, sizeof(scheme) - 1) != 0)
		return;
	text += sizeof(scheme) - 1;
	length = strcspn(text, "/");
	ret->has_host = true;
	ret->path = text[length] ? text + length : "/";
	if (length > TARGET_HOST_MAX)
		snprintf(ret->host, sizeof(ret->host), "?");
	else
		memcpy(ret->host, text, length);
}
