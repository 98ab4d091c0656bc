// SPDX-License-Identifier: GPL-2.0-only
#include "vmstat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define MAX_BYTES 16384

int vmstat_parse(const char *text, uint64_t *ret)
{
	static const char key[] = "oom_kill ";
	const char *line = text;

	while (line) {
		if (strncmp(line, key, sizeof(key) - 1) == 0) {
			*ret = strtoull(line + sizeof(key) - 1, NULL, 10);
			return 0;
		}
		line = strchr(line, '\n');
		line += line ? 1 : 0;
	}
	return -ENODATA;
}

int vmstat_oom_kills(uint64_t *ret)
{
	_cleanup_close_ int fd = open("/proc/vmstat", O_RDONLY | O_CLOEXEC);
	char text[MAX_BYTES];
	size_t length = 0;
	ssize_t r;

	if (fd < 0)
		return -errno;
	do {
		r = read(fd, text + length, sizeof(text) - 1 - length);
		if (r < 0)
			return -errno;
		length += (size_t)r;
	} while (r > 0 && length < sizeof(text) - 1);
	text[length] = '\0';
	return vmstat_parse(text, ret);
}
