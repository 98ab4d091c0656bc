// SPDX-License-Identifier: GPL-2.0-only
#include "small_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

static int open_at(int directory, const char *name, int flags)
{
	int fd = openat(directory, name, flags | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int small_directory_open(const char *path)
{
	return open_at(AT_FDCWD, path, O_PATH | O_DIRECTORY);
}

/* One that is not open, or may not be searched, does not lead there. */
int small_directory_above(int directory, const char *path)
{
	int fd = directory < 0 ? directory :
		 open_at(directory, "..", O_PATH | O_DIRECTORY);

	return fd < 0 ? small_directory_open(path) : fd;
}

int small_file_read(int directory, const char *name, char ret[SMALL_FILE_MAX])
{
	_cleanup_close_ int fd = -1;
	ssize_t n;

	if (directory < 0)
		return directory;
	fd = open_at(directory, name, O_RDONLY);
	if (fd < 0)
		return fd;
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
