// SPDX-License-Identifier: GPL-2.0-only
#include "small_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

int small_file_read(const char *directory, const char *name,
		    char ret[SMALL_FILE_MAX])
{
	_cleanup_close_ int fd = -1;
	char path[PATH_MAX];
	ssize_t n;

	if (snprintf(path, sizeof(path), "%s/%s", directory, name) >=
	    (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, ret, SMALL_FILE_MAX - 1);
	if (n < 0)
		return -errno;
	ret[n] = '\0';
	return 0;
}

bool small_file_is_our_fault(int error)
{
	return error == -EMFILE || error == -ENFILE || error == -ENOMEM;
}

uint64_t small_file_number(const char *text, const char *key)
{
	const char *at = text;
	char *end;
	uint64_t value;

	while (key && at && strncmp(at, key, strlen(key)) != 0) {
		at = strchr(at, '\n');
		at += at ? 1 : 0;
	}
	if (!at)
		return CONTMON_UNLIMITED;
	at += key ? strlen(key) : 0;
	if (*at < '0' || *at > '9')
		return CONTMON_UNLIMITED;
	value = strtoull(at, &end, 10);
	return *end == '\n' || *end == '\0' ? value : CONTMON_UNLIMITED;
}
