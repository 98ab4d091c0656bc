// SPDX-License-Identifier: GPL-2.0-only
#include "vmstat.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"

#define MAX_BYTES 16384

static const struct {
	const char *key;
	unsigned int bit;
	size_t offset;
} numbers[] = {
#define NUMBER(key, bit, member) \
	{ key " ", VMSTAT_##bit, offsetof(struct vmstat, member) }
	NUMBER("nr_inactive_file", INACTIVE_FILE, inactive_file_pages),
	NUMBER("nr_anon_pages", ANON, anon_pages),
	NUMBER("nr_file_pages", FILE, file_pages),
	NUMBER("oom_kill", OOM_KILLS, oom_kills),
#undef NUMBER
};

static void parse_line(const char *line, struct vmstat *ret)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		size_t length = strlen(numbers[i].key);
		uint64_t *number = (uint64_t *)((char *)ret +
						numbers[i].offset);

		if (strncmp(line, numbers[i].key, length) != 0)
			continue;
		*number = strtoull(line + length, NULL, 10);
		ret->valid |= numbers[i].bit;
	}
}

void vmstat_parse(const char *text, struct vmstat *ret)
{
	const char *line = text;

	*ret = (struct vmstat){ 0 };
	while (line) {
		parse_line(line, ret);
		line = strchr(line, '\n');
		line += line ? 1 : 0;
	}
}

void vmstat_read(struct vmstat *ret)
{
	_cleanup_close_ int fd = open("/proc/vmstat", O_RDONLY | O_CLOEXEC);
	char text[MAX_BYTES];
	size_t length = 0;
	ssize_t r;

	*ret = (struct vmstat){ 0 };
	if (fd < 0)
		return;
	do {
		r = read(fd, text + length, sizeof(text) - 1 - length);
		if (r < 0)
			return;
		length += (size_t)r;
	} while (r > 0 && length < sizeof(text) - 1);
	text[length] = '\0';
	vmstat_parse(text, ret);
}
