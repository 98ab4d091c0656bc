// SPDX-License-Identifier: GPL-2.0-only
#include "beside.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int cli_self(char *ret, size_t size)
{
	ssize_t length = readlink("/proc/self/exe", ret, size - 1);

	if (length < 0)
		return -errno;
	ret[length] = '\0';
	return 0;
}

int cli_beside(const char *path, char *ret, size_t size)
{
	char self[PATH_MAX];
	int r = cli_self(self, sizeof(self));

	if (r < 0)
		return r;
	*strrchr(self, '/') = '\0';
	if ((size_t)snprintf(ret, size, "%s/%s", self, path) >= size)
		return -ENAMETOOLONG;
	return access(ret, R_OK) < 0 ? -errno : 0;
}
