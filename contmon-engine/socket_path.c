// SPDX-License-Identifier: GPL-2.0-only
#include "socket_path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "way.h"

bool socket_path_is_trusted(uid_t user)
{
	return user == 0 || user == geteuid();
}

/* What does not exist yet has no owner. */
bool socket_path_is_roots(const char *path)
{
	uid_t owner;
	_cleanup_close_ int fd = way_open(path, &owner);

	return socket_path_is_trusted(owner);
}

uid_t socket_path_owner(const char *path)
{
	struct stat st;
	uid_t owner;
	_cleanup_close_ int fd = way_open(path, &owner);

	if (socket_path_is_trusted(owner) && fd >= 0 && fstat(fd, &st) == 0)
		owner = st.st_uid;
	return owner;
}

int socket_path_open(const char *path, struct stat *ret)
{
	struct stat st;
	uid_t owner;
	_cleanup_close_ int fd = way_open(path, &owner);
	int r = fd;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISSOCK(st.st_mode))
		return -ENOTSOCK;
	if (!socket_path_is_trusted(owner) && st.st_uid != owner)
		return -EPERM;
	if (ret)
		*ret = st;
	fd = -1;
	return r;
}

/* Search */

static size_t wildcard_at(const char *pattern)
{
	return strcspn(pattern, "*?[");
}

/* For glob(). What is refused is there, too. */
static int get_state(const char *path, struct stat *ret)
{
	uid_t owner;
	_cleanup_close_ int fd = way_open(path, &owner);

	*ret = (struct stat){ 0 };
	if (fd == -EPERM)
		return 0;
	if (fd >= 0)
		return fstat(fd, ret);
	errno = -fd;
	return -1;
}

static void *open_directory(const char *path)
{
	uid_t owner;
	_cleanup_close_ int at = way_open(path, &owner);
	int fd = at < 0 ? -1 : openat(at, ".", O_RDONLY | O_DIRECTORY |
					       O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir)
		close_p(&fd);
	return dir;
}

static struct dirent *read_directory(void *dir)
{
	return readdir(dir);
}

static void close_directory(void *dir)
{
	closedir(dir);
}

/* As glob(), but without waiting for what users have made. End: globfree(). */
static int find(const char *pattern, int flags, glob_t *ret)
{
	*ret = (glob_t){
		.gl_opendir = open_directory,
		.gl_readdir = read_directory,
		.gl_closedir = close_directory,
		.gl_stat = get_state,
		.gl_lstat = get_state,
	};
	return glob(pattern, flags | GLOB_ALTDIRFUNC, NULL, ret);
}

static bool is_denied(const char *directory)
{
	uid_t owner;
	_cleanup_close_ int fd = way_open(directory, &owner);

	return fd >= 0 && faccessat(fd, ".", X_OK, AT_EACCESS) < 0 &&
	       errno == EACCES;
}

/* The directories that the first part with a wildcard matches */
static void search_denied(const char *pattern, socket_path_fn *fn,
			  void *userdata)
{
	_cleanup_free_ char *part = strdup(pattern);
	size_t i, at = wildcard_at(pattern);
	char *slash = part ? strchr(part + at, '/') : NULL;
	glob_t found;

	if (!slash)
		return;
	*slash = '\0';
	if (find(part, GLOB_ONLYDIR, &found) == 0) {
		for (i = 0; i < found.gl_pathc; i++) {
			if (is_denied(found.gl_pathv[i]))
				fn(found.gl_pathv[i], true, userdata);
		}
	}
	globfree(&found);
}

static bool is_socket(const char *path)
{
	_cleanup_close_ int fd = socket_path_open(path, NULL);

	return fd >= 0 || fd == -EPERM;
}

void socket_path_search(const char *pattern, bool is_wanted, socket_path_fn *fn,
			void *userdata)
{
	glob_t found;
	size_t i;

	if (is_wanted && !pattern[wildcard_at(pattern)]) {
		fn(pattern, false, userdata);
		return;
	}
	if (find(pattern, 0, &found) == 0) {
		for (i = 0; i < found.gl_pathc; i++) {
			if (is_socket(found.gl_pathv[i]))
				fn(found.gl_pathv[i], false, userdata);
		}
	}
	globfree(&found);
	search_denied(pattern, fn, userdata);
}
