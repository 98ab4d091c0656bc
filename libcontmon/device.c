// SPDX-License-Identifier: LGPL-2.1-or-later
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

int contmon_ioctl(int fd, unsigned long request, void *arg)
{
	int r;

	do {
		r = ioctl(fd, request, arg);
	} while (r < 0 && errno == EINTR);

	return r < 0 ? -errno : r;
}

/*
 * For writing, too, though we never do: of a file opened for reading only, the
 * kernel makes every shared mapping a private one before a driver sees it.
 */
int contmon_open_device(const char *path, int flags)
{
	int fd;

	do {
		fd = open(path, O_RDWR | O_CLOEXEC | flags);
	} while (fd < 0 && errno == EINTR);

	return fd < 0 ? -errno : fd;
}

/*
 * Every later call passes this library's own record sizes, so a driver that
 * would refuse them is refused here, with one errno, and not half way through.
 */
static int check_info(const struct contmon_get_info *info)
{
	if (info->api_version < CONTMON_API_NEEDED)
		return -EPROTO;
	if (info->max_entries == 0)
		return -EPROTO;
	if (info->max_entry_size < sizeof(struct contmon_task) ||
	    info->max_entry_size < sizeof(struct contmon_cgroup))
		return -EPROTO;
	return 0;
}

static int get_info(struct contmon *c, struct contmon_get_info *ret)
{
	struct contmon_get_info info = { .size = sizeof(info) };
	int r;

	r = contmon_ioctl(c->fd, CONTMON_GET_INFO, &info);
	if (r < 0)
		return r;

	/* Informational, but printed by callers: never trust its last byte. */
	info.release[sizeof(info.release) - 1] = 0;
	*ret = info;
	return 0;
}

static int shake_hands(struct contmon *c)
{
	int r;

	r = get_info(c, &c->info);
	if (r < 0)
		return r;
	return check_info(&c->info);
}

static void close_device(struct contmon *c)
{
	if (c->mapping)
		munmap((void *)c->mapping, c->mapping_length);
	close(c->fd);
	free(c->path);
}

static const struct source_ops driver_ops = {
	.close = close_device,
	.get_info = get_info,
	.query_tasks = driver_query_tasks,
	.get_task = driver_get_task,
	.read_cmdline = driver_read_cmdline,
	.snapshot_cgroups = driver_snapshot_cgroups,
	.get_system = driver_get_system,
	.open_events = driver_open_events,
	.alloc = driver_alloc,
	.free = driver_free,
	.resident = driver_resident,
};

int contmon_open_driver(struct contmon *c, const char *path)
{
	int r;

	c->path = strdup(path);
	if (!c->path)
		return -ENOMEM;
	r = contmon_open_device(c->path, 0);
	if (r < 0)
		goto err_free;
	c->fd = r;
	c->owner = getpid();

	r = shake_hands(c);
	if (r < 0)
		goto err_close;

	c->ops = &driver_ops;
	return 0;

err_close:
	close(c->fd);
err_free:
	free(c->path);
	c->path = NULL;
	return r;
}
