/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers of /proc, for comparison. */
#ifndef PROC_H
#define PROC_H

#include <sys/stat.h>

#include "device.h"

/* The number after @key in @path, times 1024 if "kB" follows. */
static inline bool file_number(const char *path, const char *key, __u64 *ret)
{
	FILE *file = fopen(path, "re");
	unsigned long long number;
	bool found = false;
	char line[256];
	char unit[3];
	int n;

	while (file && !found && fgets(line, sizeof(line), file)) {
		if (strncmp(line, key, strlen(key)) != 0)
			continue;
		n = sscanf(line + strlen(key), "%llu %2s", &number, unit);
		found = n >= 1;
		if (found)
			*ret = n == 2 && !strcmp(unit, "kB") ? number * 1024
							     : number;
	}
	if (file)
		fclose(file);
	return found;
}

static inline __u64 proc_number(pid_t pid, const char *file, const char *key)
{
	char path[64];
	__u64 number;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	if (!file_number(path, key, &number)) {
		printf("# %s has no \"%s\"\n", path, key);
		REQUIRE(false);
	}
	return number;
}

static inline __u64 inode(const char *path)
{
	struct stat status;

	return stat(path, &status) ? 0 : status.st_ino;
}

static inline __u64 proc_inode(pid_t pid, const char *file)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	return inode(path);
}

/* The directory of our cgroup in the v2 hierarchy. */
static inline bool cgroup_directory(char *path, size_t bytes)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[PATH_MAX];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		found = strncmp(line, "0::", 3) == 0;
	}
	if (file)
		fclose(file);
	return found && snprintf(path, bytes, "/sys/fs/cgroup%s", line + 3) <
				(int)bytes;
}

#endif /* PROC_H */
