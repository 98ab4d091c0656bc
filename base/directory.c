// SPDX-License-Identifier: GPL-2.0-only
#include "directory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util.h"

/* The kernel's limit */
#define MAX_LINKS 40

int directory_probe(const char *path, const char **ret_why)
{
	_cleanup_free_ char *directory = strdup(path);

	*ret_why = NULL;
	if (!directory)
		return -ENOMEM;
	*strrchr(directory, '/') = '\0';
	if (faccessat(AT_FDCWD, *directory ? directory : "/", W_OK | X_OK,
		      AT_EACCESS) == 0)
		return 0;
	if (errno == ENOENT)
		*ret_why = "its directory does not exist";
	else if (errno == EACCES)
		*ret_why = "its directory cannot be written";
	return -errno;
}

/* Replaces a path by the target of its link. Returns 0 if it is not a link. */
static int follow(char **path)
{
	char target[PATH_MAX], *next;
	ssize_t length = readlink(*path, target, sizeof(target) - 1);
	const char *slash = strrchr(*path, '/');
	int directory = slash ? (int)(slash + 1 - *path) : 0;

	if (length < 0)
		return 0;
	target[length] = '\0';
	if (asprintf(&next, "%.*s%s", *target == '/' ? 0 : directory, *path,
		     target) < 0)
		return -ENOMEM;
	free(*path);
	*path = next;
	return 1;
}

int directory_follow(const char *path, char **ret)
{
	_cleanup_free_ char *target = strdup(path);
	int i, r = target ? 1 : -ENOMEM;

	for (i = 0; r == 1 && i <= MAX_LINKS; i++)
		r = follow(&target);
	if (r != 0)
		return r < 0 ? r : -ELOOP;
	*ret = target;
	target = NULL;
	return 0;
}

int directory_probe_target(const char *path, const char **ret_why)
{
	_cleanup_free_ char *target = NULL;
	int r = directory_follow(path, &target);

	*ret_why = NULL;
	if (r < 0)
		return r;
	r = directory_probe(target, ret_why);
	if (r == -ENOENT && strcmp(target, path) != 0)
		*ret_why = "the directory that it links to does not exist";
	else if (r == -EACCES && strcmp(target, path) != 0)
		*ret_why = "the directory that it links to cannot be written";
	return r;
}
