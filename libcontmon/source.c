// SPDX-License-Identifier: LGPL-2.1-or-later
/* Opens a source, and passes each call of a handle on to it */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Only if the driver is absent procfs is tried; other errors are reported. */
static bool is_absent(int error)
{
	return error == -ENOENT || error == -ENODEV || error == -ENXIO;
}

static int open_default(struct contmon *c)
{
	const char *forced = secure_getenv("CONTMON_SOURCE");
	int r;

	if (forced && strcmp(forced, "procfs") == 0)
		return contmon_open_procfs(c, CONTMON_PROCFS, NULL);
	if (forced && *forced && strcmp(forced, "driver") != 0)
		return -EINVAL;

	r = contmon_open_driver(c, CONTMON_DEVICE);
	if (is_absent(r) && !(forced && *forced))
		r = contmon_open_procfs(c, CONTMON_PROCFS, NULL);
	return r;
}

static int open_path(struct contmon *c, const char *path)
{
	return strcmp(path, CONTMON_PROCFS) == 0 ?
	       contmon_open_procfs(c, path, NULL) :
	       contmon_open_driver(c, path);
}

int contmon_open(const char *path, struct contmon **ret)
{
	struct contmon *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return -ENOMEM;
	r = path ? open_path(c, path) : open_default(c);
	if (r < 0) {
		free(c);
		return r;
	}
	*ret = c;
	return 0;
}

void contmon_close(struct contmon *c)
{
	if (!c)
		return;
	c->ops->close(c);
	free(c);
}

enum contmon_source contmon_source(const struct contmon *c)
{
	return c->proc ? CONTMON_SOURCE_PROCFS : CONTMON_SOURCE_DRIVER;
}

int contmon_get_info(struct contmon *c, struct contmon_get_info *ret)
{
	return c->ops->get_info(c, ret);
}

int contmon_query_tasks(struct contmon *c, const struct contmon_query *query,
			struct contmon_tasks *tasks)
{
	return c->ops->query_tasks(c, query, tasks);
}

int contmon_snapshot_tasks(struct contmon *c, uint64_t fields, uint32_t flags,
			   struct contmon_tasks *tasks)
{
	const struct contmon_query query = { .fields = fields, .flags = flags };

	return c->ops->query_tasks(c, &query, tasks);
}

int contmon_get_task(struct contmon *c, int32_t pid, uint64_t fields,
		     uint32_t flags, struct contmon_task *ret)
{
	return c->ops->get_task(c, pid, fields, flags, ret);
}

int contmon_read_cmdline(struct contmon *c, int32_t pid, char *buffer,
			 size_t size, uint64_t *ret_total_bytes)
{
	return c->ops->read_cmdline(c, pid, buffer, size, ret_total_bytes);
}

int contmon_snapshot_cgroups(struct contmon *c, uint64_t fields,
			     uint32_t flags, struct contmon_cgroups *ret)
{
	return c->ops->snapshot_cgroups(c, fields, flags, ret);
}

int contmon_get_system(struct contmon *c, uint64_t fields, uint32_t flags,
		       struct contmon_system *ret)
{
	return c->ops->get_system(c, fields, flags, ret);
}

int contmon_events_open(struct contmon *c, const struct contmon_watch *watch,
			struct contmon_events **ret)
{
	return c->ops->open_events(c, watch, ret);
}

int contmon_alloc(struct contmon *c, uint64_t length_bytes, void **ret_address,
		  uint64_t *ret_length_bytes)
{
	return c->ops->alloc(c, length_bytes, ret_address, ret_length_bytes);
}

int contmon_free(struct contmon *c, void *address, uint64_t length_bytes)
{
	return c->ops->free(c, address, length_bytes);
}

int contmon_resident(struct contmon *c, const void *address,
		     uint64_t length_bytes, uint64_t *ret_bytes)
{
	return c->ops->resident(c, address, length_bytes, ret_bytes);
}
