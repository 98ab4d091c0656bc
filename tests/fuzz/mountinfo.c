// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/PID/mountinfo: a mount point that was found is found again when it is
 * written like the kernel does.
 */
#include "fuzz.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "libcontmon/internal.h"

static int find(const void *text, size_t size, char **ret_point)
{
	char name[32], *part = NULL;
	static int fd = -1;
	int r;

	if (fd < 0)
		fd = memfd_create("mountinfo", MFD_CLOEXEC);
	MUST(fd >= 0 && ftruncate(fd, 0) == 0);
	MUST(pwrite(fd, text, size, 0) == (ssize_t)size);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	r = contmon_find_cgroup2(name, ret_point, &part);
	MUST(r < 0 || strlen(part) < size);
	free(part);
	return r;
}

static void find_again(const char *point)
{
	char *line = NULL, *again = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&line, &size);
	const char *s;

	MUST(f);
	fputs("34 23 0:30 / ", f);
	for (s = point; *s; s++)
		if (strchr(" \t\n\\", *s))
			fprintf(f, "\\%03o", (unsigned char)*s);
		else
			fputc(*s, f);
	fputs(" rw,nosuid shared:9 - cgroup2 cgroup2 rw\n", f);
	fclose(f);

	MUST(find(line, size, &again) == 0);
	MUST(strcmp(point, again) == 0);
	free(again);
	free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *point = NULL;
	int r = find(data, size, &point);

	if (r < 0) {
		MUST(r == -ENOENT && !point);
		return 0;
	}
	MUST(point[0] == '/' && strlen(point) < size);
	MUST(memmem(data, size, "cgroup2", 7));
	find_again(point);
	free(point);
	return 0;
}
