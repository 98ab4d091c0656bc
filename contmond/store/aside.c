// SPDX-License-Identifier: GPL-2.0-only
#include "db.h"

#include <errno.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/directory.h"
#include "base/util.h"

#define MAX_PUT_ASIDE 8

/* A glob for its name, whose special characters are escaped, and a date */
static char *pattern_of(const char *path)
{
	struct buffer pattern = { 0 };

	for (; *path; path++) {
		if (strchr("*?[\\", *path))
			buffer_putc(&pattern, '\\');
		buffer_putc(&pattern, *path);
	}
	buffer_puts(&pattern, ".[0-9]*Z*");
	if (!pattern.failed)
		return pattern.text;
	buffer_done(&pattern);
	return NULL;
}

/* Logs belong to another file, and are not counted. */
static bool is_log(const char *name)
{
	size_t length = strlen(name);

	return length > 4 && (strcmp(name + length - 4, "-wal") == 0 ||
			      strcmp(name + length - 4, "-shm") == 0);
}

/* Counts the files next to it that were put aside. */
static int nr_put_aside(const char *path)
{
	_cleanup_free_ char *pattern = pattern_of(path);
	glob_t found;
	size_t i;
	int nr = 0;

	if (!pattern || glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
		return 0;
	for (i = 0; i < found.gl_pathc; i++)
		nr += !is_log(found.gl_pathv[i]);
	globfree(&found);
	return nr;
}

static int free_name(const char *path, char **ret)
{
	char date[32];
	time_t now = time(NULL);
	struct tm tm;
	int i;

	if (!gmtime_r(&now, &tm))
		return -EOVERFLOW;
	strftime(date, sizeof(date), "%Y%m%dT%H%M%SZ", &tm);
	for (i = 1; i <= MAX_PUT_ASIDE; i++) {
		char *name;

		if ((i == 1 ? asprintf(&name, "%s.%s", path, date) :
			      asprintf(&name, "%s.%s-%d", path, date, i)) < 0)
			return -ENOMEM;
		if (access(name, F_OK) < 0) {
			*ret = name;
			return 0;
		}
		free(name);
	}
	return -ENOSPC;
}

static int rename_part(const char *from, const char *to, const char *end)
{
	_cleanup_free_ char *old = NULL, *new = NULL;

	if (asprintf(&old, "%s%s", from, end) < 0 ||
	    asprintf(&new, "%s%s", to, end) < 0)
		return -ENOMEM;
	return rename(old, new) < 0 && errno != ENOENT ? -errno : 0;
}

/* A link itself stays, because it is the user's name for the file. */
int db_put_aside(const char *link, char **ret_name)
{
	_cleanup_free_ char *path = NULL, *name = NULL;
	int r = directory_follow(link, &path);

	if (r < 0)
		return r;
	if (nr_put_aside(path) >= MAX_PUT_ASIDE)
		return -ENOSPC;
	r = free_name(path, &name);
	/*
	 * Rename the log first: a new database would otherwise read the old
	 * log.
	 */
	if (r == 0)
		r = rename_part(path, name, "-wal");
	if (r == 0)
		r = rename_part(path, name, "-shm");
	if (r == 0)
		r = rename_part(path, name, "");
	if (r < 0)
		return r;
	*ret_name = name;
	name = NULL;
	return 0;
}
