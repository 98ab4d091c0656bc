// SPDX-License-Identifier: GPL-2.0-only
#include "user_slice.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define USERS "/user.slice"
#define BEGIN "/user-"
#define END ".slice/"

/*
 * Only here does the host's systemd create user slices. The path may start with
 * the slice if it is relative to user.slice.
 */
static bool is_at_top(const char *path, const char *at)
{
	return at == path || (at == path + strlen(USERS) &&
			      strncmp(path, USERS, strlen(USERS)) == 0);
}

int64_t user_of_cgroup(const char *path)
{
	const char *at = path;

	while ((at = strstr(at, BEGIN))) {
		const char *slice = at;
		char *end;
		long long user;

		at += strlen(BEGIN);
		if (strspn(at, "0123456789") == 0)
			continue;
		user = strtoll(at, &end, 10);
		if (strncmp(end, END, strlen(END)) == 0)
			return user == 0 || is_at_top(path, slice) ? user :
							 USER_OF_ELSEWHERE;
	}
	return 0;
}
