// SPDX-License-Identifier: GPL-2.0-only
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"

bool place_is_trusted(uid_t user)
{
	return user == 0 || user == geteuid();
}

/* The first user on the way who could make the path lead elsewhere */
static int owner_of_way(const char *path, uid_t *ret)
{
	_cleanup_free_ char *part = strdup(path);
	struct stat st;
	char *slash;

	*ret = 0;
	if (!part)
		return -ENOMEM;
	for (slash = strchr(part + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (stat(part, &st) < 0)
			return -errno;
		*slash = '/';
		if (place_is_trusted(st.st_uid))
			continue;
		*ret = st.st_uid;
		break;
	}
	return 0;
}

/* What does not exist yet has no owner. */
bool place_is_roots(const char *path)
{
	uid_t owner;

	return owner_of_way(path, &owner) != -ENOMEM && place_is_trusted(owner);
}

uid_t place_owner(const char *path)
{
	struct stat st;
	uid_t owner;

	if (owner_of_way(path, &owner) == -ENOMEM)
		return PLACE_NO_USER;
	if (place_is_trusted(owner) && stat(path, &st) == 0)
		owner = st.st_uid;
	return owner;
}

int place_open(const char *path, struct stat *ret)
{
	_cleanup_close_ int fd = -1;
	struct stat st;
	uid_t owner;
	int r = owner_of_way(path, &owner);

	if (r < 0)
		return r;
	fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISSOCK(st.st_mode))
		return -ENOTSOCK;
	if (!place_is_trusted(owner) && st.st_uid != owner)
		return -EPERM;
	if (ret)
		*ret = st;
	r = fd;
	fd = -1;
	return r;
}

/* Search */

static size_t wildcard_at(const char *pattern)
{
	return strcspn(pattern, "*?[");
}

/* The folders that the first part with a wildcard matches */
static void search_denied(const char *pattern, place_fn *fn, void *userdata)
{
	_cleanup_free_ char *part = strdup(pattern);
	glob_t found = { 0 };
	size_t i, at = wildcard_at(pattern);
	char *slash = part ? strchr(part + at, '/') : NULL;

	if (!slash)
		return;
	*slash = '\0';
	if (glob(part, GLOB_ONLYDIR, NULL, &found) == 0) {
		for (i = 0; i < found.gl_pathc; i++) {
			if (faccessat(AT_FDCWD, found.gl_pathv[i], X_OK,
				      AT_EACCESS) < 0 && errno == EACCES)
				fn(found.gl_pathv[i], true, userdata);
		}
	}
	globfree(&found);
}

void place_search(const char *pattern, bool is_wanted, place_fn *fn,
		  void *userdata)
{
	glob_t found = { 0 };
	struct stat st;
	size_t i;

	if (is_wanted && !pattern[wildcard_at(pattern)]) {
		fn(pattern, false, userdata);
		return;
	}
	if (glob(pattern, 0, NULL, &found) == 0) {
		for (i = 0; i < found.gl_pathc; i++) {
			if (stat(found.gl_pathv[i], &st) == 0 &&
			    S_ISSOCK(st.st_mode))
				fn(found.gl_pathv[i], false, userdata);
		}
	}
	globfree(&found);
	search_denied(pattern, fn, userdata);
}
