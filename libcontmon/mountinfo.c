// SPDX-License-Identifier: LGPL-2.1-or-later
#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_octal(const char *s)
{
	int i;

	for (i = 0; i < 3; i++)
		if (s[i] < '0' || s[i] > '7')
			return false;
	return true;
}

/* The kernel writes blanks and backslashes in a path as \OOO. */
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
static bool parse(char *line, const char **ret_type,
		  struct contmon_mount *ret)
{
	char *rest = strstr(line, " - ");
	char *save = NULL;
	int i;

	if (!rest)
		return false;
	*rest = 0;
	*ret_type = strtok_r(rest + 3, " \n", &save);
	strtok_r(NULL, " \n", &save);
	ret->options = strtok_r(NULL, " \n", &save);

	for (i = 0; i < 5; i++) {
		char *word = strtok_r(i ? NULL : line, " ", &save);

		if (!word)
			return false;
		if (i == 3)
			ret->root = word;
		if (i == 4)
			ret->point = word;
	}
	return *ret_type;
}

static int each_line(FILE *f, const char *type,
		     int (*each)(void *arg, const struct contmon_mount *mount),
		     void *arg)
{
	struct contmon_mount mount;
	const char *found;
	char *line = NULL;
	size_t size = 0;
	int r = 0;

	while (r == 0 && getline(&line, &size, f) >= 0) {
		if (!parse(line, &found, &mount) || strcmp(found, type) != 0)
			continue;
		decode(mount.point);
		decode(mount.root);
		if (mount.point[0] == '/')
			r = each(arg, &mount);
	}
	free(line);
	return r == 0 && errno == ENOMEM ? -ENOMEM : r;
}

int contmon_each_mount(const char *mountinfo, const char *type,
		       int (*each)(void *arg,
				   const struct contmon_mount *mount),
		       void *arg)
{
	FILE *f = fopen(mountinfo, "re");
	int r;

	if (!f)
		return -errno;
	errno = 0;
	r = each_line(f, type, each, arg);
	fclose(f);
	return r < 0 ? r : 0;
}

struct found {
	char *point;
	char *part;
};

/*
 * Finds the first mount of the whole hierarchy of our cgroup namespace. A bind
 * mount of a part of it is used only if there is no other.
 */
static int pick(void *arg, const struct contmon_mount *mount)
{
	bool whole = strcmp(mount->root, "/") == 0;
	struct found *found = arg;

	if (found->point && !whole)
		return 0;
	free(found->point);
	free(found->part);
	found->point = strdup(mount->point);
	found->part = strdup(mount->root);
	if (!found->point || !found->part)
		return -ENOMEM;
	return whole;
}

int contmon_find_cgroup2(const char *mountinfo, char **ret_point,
			 char **ret_part)
{
	struct found found = { 0 };
	int r = contmon_each_mount(mountinfo, "cgroup2", pick, &found);

	if (r == 0 && !found.point)
		r = -ENOENT;
	if (r < 0) {
		free(found.point);
		free(found.part);
		return r;
	}
	*ret_point = found.point;
	*ret_part = found.part;
	return 0;
}
