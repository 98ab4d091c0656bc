// SPDX-License-Identifier: LGPL-2.1-or-later
#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The relevant fields of a line of /proc/PID/mountinfo; point into the line */
struct mount {
	char *root;
	char *point;
	char *type;
};

static bool is_octal(const char *s)
{
	int i;

	for (i = 0; i < 3; i++)
		if (s[i] < '0' || s[i] > '7')
			return false;
	return true;
}

/* The kernel writes blanks and backslashes of a path as \OOO. */
static void decode(char *s)
{
	char *to = s;

	while (*s) {
		if (*s == '\\' && is_octal(s + 1)) {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 |
				       (s[3] - '0'));
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = 0;
}

/* ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [TAG...] - TYPE SOURCE OPTIONS */
static bool parse(char *line, struct mount *ret)
{
	char *rest = strstr(line, " - ");
	char *save = NULL;
	int i;

	if (!rest)
		return false;
	*rest = 0;
	ret->type = strtok_r(rest + 3, " \n", &save);

	for (i = 0; i < 5; i++) {
		char *word = strtok_r(i ? NULL : line, " ", &save);

		if (!word)
			return false;
		if (i == 3)
			ret->root = word;
		if (i == 4)
			ret->point = word;
	}
	return ret->type;
}

/*
 * The first mount of the whole hierarchy of our cgroup namespace; a bind mount
 * of a part of it is used only if there is no other.
 */
static int search(FILE *f, char **ret_point, char **ret_part)
{
	char *line = NULL, *point = NULL, *part = NULL;
	size_t size = 0;
	bool whole = false;
	struct mount m = { 0 };

	while (!whole && getline(&line, &size, f) >= 0) {
		if (!parse(line, &m) || strcmp(m.type, "cgroup2") != 0)
			continue;
		decode(m.point);
		decode(m.root);
		if (m.point[0] != '/')
			continue;
		whole = strcmp(m.root, "/") == 0;
		if (point && !whole)
			continue;
		free(point);
		free(part);
		point = strdup(m.point);
		part = strdup(m.root);
		if (!point || !part)
			break;
	}
	free(line);

	if (point && part) {
		*ret_point = point;
		*ret_part = part;
		return 0;
	}
	free(point);
	free(part);
	return errno == ENOMEM ? -ENOMEM : -ENOENT;
}

int contmon_find_cgroup2(const char *mountinfo, char **ret_point,
			 char **ret_part)
{
	FILE *f;
	int r;

	f = fopen(mountinfo, "re");
	if (!f)
		return -errno;
	errno = 0;
	r = search(f, ret_point, ret_part);
	fclose(f);
	return r;
}
