// SPDX-License-Identifier: GPL-2.0-only
#include "cgroup.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/names_protocol.h"
#include "base/util.h"

/* More than the longest path, together with the lines of cgroup v1 */
#define MAX_BYTES (16 * 1024)

/* Finds the line of cgroup v2 */
static const char *path_in(const char *memberships)
{
	const char *line = memberships;

	while (line && strncmp(line, "0::/", 4) != 0) {
		line = strchr(line, '\n');
		line += line != NULL;
	}
	return line ? line + 3 : NULL;
}

char *cgroup_of_container(const char *memberships, const char *id)
{
	const char *path = path_in(memberships);
	size_t length = path ? strcspn(path, "\n") : 0;
	_cleanup_free_ char *copy = length > 0 ? strndup(path, length) : NULL;
	char *found = copy ? strstr(copy, id) : NULL;

	if (!found || strncmp(copy, "/..", 3) == 0)
		return NULL;
	found[strcspn(found, "/")] = '\0';
	return strdup(copy);
}

char *container_cgroup(int64_t pid, const char *id)
{
	_cleanup_free_ char *text = malloc(MAX_BYTES);
	_cleanup_fclose_ FILE *file = NULL;
	char path[64];

	if (pid <= 0 || !text)
		return NULL;
	snprintf(path, sizeof(path), "/proc/%" PRIi64 "/cgroup", pid);
	file = fopen(path, "re");
	if (!file)
		return NULL;
	text[fread(text, 1, MAX_BYTES - 1, file)] = '\0';
	return cgroup_of_container(text, id);
}
