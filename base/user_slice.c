// SPDX-License-Identifier: GPL-2.0-only
#include "user_slice.h"

#include <stdlib.h>
#include <string.h>

#define BEGIN "/user-"
#define END ".slice/"

int64_t user_of_cgroup(const char *path)
{
	const char *at = path;

	while ((at = strstr(at, BEGIN))) {
		char *end;
		long long user;

		at += strlen(BEGIN);
		if (strspn(at, "0123456789") == 0)
			continue;
		user = strtoll(at, &end, 10);
		if (strncmp(end, END, strlen(END)) == 0)
			return user;
	}
	return 0;
}
