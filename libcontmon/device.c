// SPDX-License-Identifier: LGPL-2.1-or-later
/* The only access to the driver */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>

int contmon_ioctl(int fd, unsigned long request, void *arg)
{
	int r;

	do {
		r = ioctl(fd, request, arg);
	} while (r < 0 && errno == EINTR);

	return r < 0 ? -errno : r;
}

/*
 * Also opened for writing, although the library never writes: for a file that
 * is opened only for reading, the kernel turns every shared mapping into a
 * private one.
 */
int contmon_open_device(const char *path, int flags)
{
	int fd;

	do {
		fd = open(path, O_RDWR | O_CLOEXEC | flags);
	} while (fd < 0 && errno == EINTR);

	return fd < 0 ? -errno : fd;
}
