// SPDX-License-Identifier: GPL-2.0-only
#include "cgroup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/names_protocol.h"
#include "base/util.h"
#include "cgroup_files.h"
#include "socket_path.h"

/* Room for the longest path and for the lines of cgroup v1 */
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

/* A copy of the line's path */
static char *copy_path(const char *memberships)
{
	const char *path = path_in(memberships);
	size_t length = path ? strcspn(path, "\n") : 0;

	return length > 0 ? strndup(path, length) : NULL;
}

char *cgroup_of_container(const char *memberships, const char *id)
{
	_cleanup_free_ char *copy = copy_path(memberships);
	char *found = copy ? strstr(copy, id) : NULL;

	if (!found || strncmp(copy, "/..", 3) == 0)
		return NULL;
	found[strcspn(found, "/")] = '\0';
	return strdup(copy);
}

/* Returns malloced text, or NULL. */
static char *read_memberships(int64_t pid)
{
	char *text = malloc(MAX_BYTES);
	_cleanup_fclose_ FILE *file = NULL;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%" PRIi64 "/cgroup", pid);
	if (text)
		file = fopen(path, "re");
	if (!file) {
		free(text);
		return NULL;
	}
	text[fread(text, 1, MAX_BYTES - 1, file)] = '\0';
	return text;
}

char *container_cgroup(int64_t pid, const char *id)
{
	_cleanup_free_ char *text = pid > 0 ? read_memberships(pid) : NULL;

	return text ? cgroup_of_container(text, id) : NULL;
}

bool cgroup_is_believed(const char *path, uid_t user)
{
	const char *root = cgroup_root();
	_cleanup_close_ int fd = root ? cgroup_open(root, path, 0, NULL) : -1;
	struct stat st;

	if (socket_path_is_trusted(user))
		return true;
	return fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == user;
}

/*
 * Returns 1 if it belongs to a user or cannot be examined, 0 if it does not, or
 * -ENOENT.
 */
static int is_users(const char *root, const char *path)
{
	_cleanup_close_ int fd = cgroup_open(root, path, 0, NULL);
	struct stat st;

	if (fd == -ENOENT)
		return fd;
	return fd < 0 || fstat(fd, &st) < 0 ||
	       !socket_path_is_trusted(st.st_uid);
}

bool cgroup_is_users(const char *path)
{
	const char *root = cgroup_root();
	_cleanup_free_ char *part = strdup(path);
	char *slash;
	int r;

	if (!root || !part)
		return root;
	r = is_users(root, part);
	slash = strrchr(part, '/');
	if (r == -ENOENT && slash) {
		*slash = '\0';
		r = is_users(root, part);
	}
	return r != 0;
}

bool cgroup_directory_is_users(const char *directory)
{
	const char *root = cgroup_root();

	return root && is_users(root, directory) != 0;
}

char *process_cgroup(int64_t pid)
{
	_cleanup_free_ char *text = read_memberships(pid);

	return text ? copy_path(text) : NULL;
}
