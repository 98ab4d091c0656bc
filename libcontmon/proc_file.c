// SPDX-License-Identifier: LGPL-2.1-or-later
#include "proc_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* Size for the first file; stat and status of most tasks are shorter. */
#define FIRST_SIZE 4096

uint64_t contmon_now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

bool proc_is_gone(int error)
{
	return error == -ENOENT || error == -ESRCH || error == -EACCES ||
	       error == -EPERM;
}

bool proc_is_our_fault(int error)
{
	return error == -ENOMEM || error == -EMFILE || error == -ENFILE;
}

static int grow(struct proc_file *file)
{
	size_t size = file->size ? file->size * 2 : FIRST_SIZE;
	char *text = realloc(file->text, size);

	if (!text)
		return -ENOMEM;
	file->text = text;
	file->size = size;
	return 0;
}

/*
 * The kernel generates these files in one piece, so a read that does not fill
 * the buffer has reached the end, and no further read is needed. Only vmstat
 * comes in pages; the first has all that we need.
 */
ssize_t proc_read_open(struct proc_file *file, int fd)
{
	size_t length = 0, room;
	ssize_t n;

	do {
		if (length + 1 >= file->size && grow(file) < 0)
			return -ENOMEM;
		room = file->size - length - 1;
		do {
			n = pread(fd, file->text + length, room,
				  (off_t)length);
		} while (n < 0 && errno == EINTR);
		if (n < 0)
			return -errno;
		length += (size_t)n;
	} while ((size_t)n == room);
	file->text[length] = 0;
	return (ssize_t)length;
}

ssize_t proc_read(struct proc_file *file, int dir_fd, const char *name)
{
	int fd = proc_open(dir_fd, name, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = proc_read_open(file, fd);
	close(fd);
	return n;
}

void proc_file_done(struct proc_file *file)
{
	free(file->text);
	*file = (struct proc_file){ 0 };
}

int proc_open(int dir_fd, const char *name, int flags)
{
	int fd;

	do {
		fd = openat(dir_fd, name, flags | O_CLOEXEC);
	} while (fd < 0 && errno == EINTR);

	return fd < 0 ? -errno : fd;
}

int proc_open_place(int dir_fd, const char *name)
{
	return proc_open(dir_fd, name, O_PATH | O_DIRECTORY);
}

int proc_open_dir(int dir_fd, const char *name, DIR **ret)
{
	int fd = proc_open(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	DIR *dir;
	int r;

	if (fd < 0)
		return fd;
	dir = fdopendir(fd);
	if (!dir) {
		r = -errno;
		close(fd);
		return r;
	}
	*ret = dir;
	return 0;
}

const char *proc_relative(const char *path)
{
	return path[1] ? path + 1 : ".";
}
