// SPDX-License-Identifier: GPL-2.0-only
#include "hosts.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"

/* Length of "name" in "name:port" or "[::1]:port"; 0 if it is neither */
static size_t name_length(const char *header)
{
	const char *end = header[0] == '[' ? strchr(header, ']') : NULL;
	size_t length;

	if (header[0] == '[' && !end)
		return 0;
	length = end ? (size_t)(end - header) + 1 : strcspn(header, ":");
	if (header[length] == '\0')
		return length;
	if (header[length] != ':')
		return 0;
	if (header[length + 1 + strspn(header + length + 1, "0123456789")])
		return 0;
	return length;
}

bool hosts_allowed(const char *header, const char *own)
{
	const char *const names[] = { "localhost", "127.0.0.1", "[::1]", own };
	size_t i, length;

	if (!header)
		return true;
	length = name_length(header);
	for (i = 0; length > 0 && i < ARRAY_SIZE(names); i++) {
		if (strlen(names[i]) == length &&
		    strncasecmp(names[i], header, length) == 0)
			return true;
	}
	return false;
}
