// SPDX-License-Identifier: GPL-2.0-only
#include "maker.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/user_slice.h"
#include "contmon.h"

/*
 * -ENOENT: it is gone. -ENOMEM: ask again. USER_OF_ELSEWHERE: the owner cannot
 * be found out.
 */
static int64_t owner_of(const char *directory)
{
	struct stat status;

	if (stat(directory, &status) < 0)
		return errno == ENOENT || errno == ENOMEM ? -errno :
							    USER_OF_ELSEWHERE;
	return status.st_uid == geteuid() ? 0 : (int64_t)status.st_uid;
}

/*
 * A directory that is gone may have been a user's, whoever owns the one above:
 * its owner removes it, or systemd does when a service has ended.
 */
static int64_t owner_of_nearest(char *directory, char *place)
{
	int64_t user = owner_of(directory);
	bool is_gone = user == -ENOENT;
	char *slash;

	while (user == -ENOENT && (slash = strrchr(place, '/'))) {
		*slash = '\0';
		user = owner_of(directory);
	}
	return user > 0 || user == -ENOMEM || !is_gone ? user :
							 USER_OF_ELSEWHERE;
}

/*
 * A user may own a directory outside of the user's slice: that of a service
 * with User= and Delegate=.
 */
int64_t maker_of_directory(char *directory, size_t root_length)
{
	struct contmon_identity above;
	char *place = directory + root_length;
	int64_t user = user_of_cgroup(place);
	char *slash = strrchr(place, '/');

	if (user != 0 || !slash)
		return user;
	*slash = '\0';
	return contmon_identify(place, &above) == 1 ?
	       USER_OF_ELSEWHERE : owner_of_nearest(directory, place);
}

int64_t maker_of_cgroup(const char *root, const char *path, size_t length)
{
	char directory[PATH_MAX];

	if (snprintf(directory, sizeof(directory), "%s%.*s", root, (int)length,
		     path) >= (int)sizeof(directory))
		return USER_OF_ELSEWHERE;
	return maker_of_directory(directory, strlen(root));
}
