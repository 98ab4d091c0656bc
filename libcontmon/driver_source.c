// SPDX-License-Identifier: LGPL-2.1-or-later
/* The driver as a source: its functions, and how it is opened */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * Later calls use this library's own record sizes. A driver that does not
 * support them is refused here, with one errno.
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

	/*
	 * Informational, but printed by callers: ensure that it is
	 * NUL-terminated.
	 */
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
	/*
	 * A child of fork() does not inherit the mapping; there may be another
	 * one at that address.
	 */
	if (c->mapping && c->owner == getpid())
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
