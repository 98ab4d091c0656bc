// SPDX-License-Identifier: GPL-2.0-only
#include "unix_socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 16

static int open_for(const char *path, struct sockaddr_un *ret)
{
	int fd;

	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(ret->sun_path))
		return -ENAMETOOLONG;
	strcpy(ret->sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
}

static int close_with(int fd, int error)
{
	close(fd);
	return error;
}

int unix_connect(const char *path)
{
	struct sockaddr_un address;
	int fd = open_for(path, &address);

	if (fd < 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	return close_with(fd, -errno);
}

/* Uses a umask, so that the socket is never open to all, even for a moment. */
static int bind_to(int fd, const struct sockaddr_un *address)
{
	mode_t old_mask;
	int r;

	if (unlink(address->sun_path) < 0 && errno != ENOENT)
		return -errno;
	old_mask = umask(0117);
	r = bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 ?
		-errno : 0;
	umask(old_mask);
	return r;
}

int unix_listen(const char *path)
{
	struct sockaddr_un address;
	int fd = open_for(path, &address);
	int r;

	if (fd < 0)
		return fd;
	r = bind_to(fd, &address);
	if (r == 0 && listen(fd, BACKLOG) < 0)
		r = -errno;
	return r < 0 ? close_with(fd, r) : fd;
}

int unix_send(int fd, struct buffer *unsent)
{
	if (unsent->failed)
		return -ENOMEM;
	while (unsent->length > 0) {
		ssize_t r = send(fd, unsent->text, unsent->length,
				 MSG_NOSIGNAL);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return errno == EAGAIN ? 0 : -errno;
		unsent->length -= (size_t)r;
		memmove(unsent->text, unsent->text + r, unsent->length);
	}
	return 0;
}
