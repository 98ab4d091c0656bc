// SPDX-License-Identifier: GPL-2.0-only
#include "cgroup_files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/util.h"

const char *cgroup_root(void)
{
	static const char *const roots[] = {
		"/sys/fs/cgroup", "/sys/fs/cgroup/unified",
	};
	struct statfs fs;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(roots); i++) {
		if (statfs(roots[i], &fs) == 0 &&
		    fs.f_type == CGROUP2_SUPER_MAGIC)
			return roots[i];
	}
	return NULL;
}

static int open_at(int from, const char *name, int flags)
{
	int fd = openat(from, name, flags | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/*
 * Refuses ".." and symbolic links. Does not use openat2(): systemd's
 * RestrictSUIDSGID= forbids it, because a seccomp filter cannot see its flags.
 */
static int walk(int from, char *path)
{
	const char *name;
	int fd = open_at(from, ".", O_RDONLY | O_DIRECTORY);

	while (fd >= 0 && (name = strsep(&path, "/"))) {
		int above = fd;

		if (!*name)
			continue;
		fd = strcmp(name, "..") == 0 ? -EXDEV :
		     open_at(above, name, O_RDONLY | O_DIRECTORY);
		close(above);
	}
	return fd;
}

int cgroup_open(const char *root, const char *path, uint64_t id,
		uint64_t *ret_id)
{
	_cleanup_close_ int top = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_free_ char *copy = strdup(path);
	struct stat st;
	int fd;

	if (top < 0)
		return -errno;
	if (!copy)
		return -ENOMEM;
	fd = walk(top, copy);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0 || (id && st.st_ino != id)) {
		close(fd);
		return -ESTALE;
	}
	if (ret_id)
		*ret_id = st.st_ino;
	return fd;
}

int cgroup_get(int directory, const char *file, char *to, size_t size)
{
	_cleanup_close_ int fd = open_at(directory, file, O_RDONLY);
	ssize_t r;

	if (fd < 0)
		return fd;
	r = read(fd, to, size - 1);
	if (r < 0)
		return -errno;
	to[r] = '\0';
	to[strcspn(to, "\n")] = '\0';
	return 0;
}

int cgroup_set(int directory, const char *file, const char *text)
{
	_cleanup_close_ int fd = open_at(directory, file,
					 O_WRONLY | O_TRUNC);
	ssize_t length = (ssize_t)strlen(text);
	ssize_t r;

	if (fd < 0)
		return fd;
	r = write(fd, text, (size_t)length);
	if (r < 0)
		return -errno;
	return r == length ? 0 : -EIO;
}

int cgroup_event(int directory, const char *key)
{
	_cleanup_close_ int fd = open_at(directory, "cgroup.events",
					 O_RDONLY);
	char text[256], *line, *rest = text;
	size_t length = strlen(key);
	ssize_t r = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (r < 0)
		return -1;
	text[r] = '\0';
	while ((line = strsep(&rest, "\n"))) {
		if (strncmp(line, key, length) == 0 && line[length] == ' ')
			return line[length + 1] == '1';
	}
	return -1;
}
