// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The driver writes records directly into memory that it shares with this
 * handle: one mapping, made by the first snapshot and used by all. A snapshot
 * outlives the handle and the next snapshot, so each batch is then copied to an
 * array of the caller. Without a mapping, the driver copies directly into that
 * array.
 */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * 180 KB. All of a mapping is always in memory, so it is not made for the
 * largest hosts: a further call costs little more than the records in it.
 */
#define MAPPING_ENTRIES 512

/* Room for the first call of a snapshot without a mapping */
#define FIRST_ENTRIES 512

static size_t mapping_length(const struct contmon_get_info *info)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t length = MAPPING_ENTRIES * sizeof(struct contmon_task);

	length = (length + page - 1) / page * page;
	if (length > info->max_mapping_bytes)
		length = (size_t)info->max_mapping_bytes / page * page;
	return length;
}

/* A failure is not an error: there is another way, which needs less. */
static void try_mapping(struct contmon *c)
{
	size_t length, entries;
	void *address;

	if (c->mapping_tried || c->owner != getpid())
		return;
	c->mapping_tried = true;
	length = mapping_length(&c->info);
	entries = length / sizeof(struct contmon_task);
	if (entries > c->info.max_entries)
		entries = c->info.max_entries;
	if (entries == 0)
		return;

	address = mmap(NULL, length, PROT_READ, MAP_SHARED, c->fd, 0);
	if (address == MAP_FAILED)
		return;

	c->mapping = address;
	c->mapping_length = length;
	c->mapping_entries = (uint32_t)entries;
}

int contmon_tasks_reserve(struct contmon_tasks *tasks, size_t nr)
{
	struct contmon_task *entries;
	size_t nr_allocated = tasks->nr_allocated * 2;

	if (nr <= tasks->nr_allocated)
		return 0;
	if (nr_allocated < nr)
		nr_allocated = nr;

	entries = reallocarray(tasks->entries, nr_allocated, sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	tasks->entries = entries;
	tasks->nr_allocated = nr_allocated;
	return 0;
}

static int call(struct contmon *c, struct contmon_snapshot_tasks *arg)
{
	uint32_t room = arg->nr_entries;
	int r;

	r = contmon_ioctl(c->fd, CONTMON_SNAPSHOT_TASKS, arg);
	if (r < 0)
		return r;

	/* Neither write past the array nor loop forever. */
	if (arg->nr_entries > room || (arg->nr_entries == 0 && arg->cursor))
		return -EPROTO;
	return 0;
}

static int read_mapped(struct contmon *c, struct contmon_snapshot_tasks *arg,
		       struct contmon_tasks *tasks)
{
	int r;

	arg->flags |= CONTMON_TO_MAPPING;
	arg->entries = 0;
	arg->nr_entries = c->mapping_entries;
	r = call(c, arg);
	if (r < 0)
		return r;
	if (arg->nr_entries == 0)
		return 0;

	r = contmon_tasks_reserve(tasks, tasks->nr + arg->nr_entries);
	if (r < 0)
		return r;
	memcpy(&tasks->entries[tasks->nr], c->mapping,
	       arg->nr_entries * sizeof(*tasks->entries));
	tasks->nr += arg->nr_entries;
	return 0;
}

static int read_copied(struct contmon *c, struct contmon_snapshot_tasks *arg,
		       struct contmon_tasks *tasks)
{
	size_t room;
	int r;

	if (tasks->nr == tasks->nr_allocated) {
		r = contmon_tasks_reserve(tasks, tasks->nr ? tasks->nr + 1 :
							     FIRST_ENTRIES);
		if (r < 0)
			return r;
	}
	room = tasks->nr_allocated - tasks->nr;
	if (room > c->info.max_entries)
		room = c->info.max_entries;

	arg->entries = (uintptr_t)&tasks->entries[tasks->nr];
	arg->nr_entries = (uint32_t)room;
	r = call(c, arg);
	if (r < 0)
		return r;
	tasks->nr += arg->nr_entries;
	return 0;
}

static int read_all(struct contmon *c, struct contmon_snapshot_tasks *arg,
		    struct contmon_tasks *tasks)
{
	bool mapped = c->mapping && c->owner == getpid();
	bool first = true;
	int r;

	do {
		if (mapped)
			r = read_mapped(c, arg, tasks);
		else
			r = read_copied(c, arg, tasks);
		if (r < 0)
			return r;

		if (first || arg->stamp < tasks->stamp)
			tasks->stamp = arg->stamp;
		if (first)
			tasks->taken_boottime_ns = arg->taken_boottime_ns;
		tasks->done_boottime_ns = arg->taken_boottime_ns;
		tasks->nr_seen += arg->nr_seen;
		first = false;
	} while (arg->cursor);

	return 0;
}

static struct contmon_snapshot_tasks argument(const struct contmon_query *query)
{
	struct contmon_snapshot_tasks arg = {
		.size = sizeof(arg),
		.flags = query->flags,
		.fields = query->fields,
		.entry_size = sizeof(struct contmon_task),
	};

	/* An older driver refuses unknown members that are not 0. */
	if (query->flags & CONTMON_FILTER_PIDS) {
		arg.pids = (uintptr_t)query->pids;
		arg.nr_pids = (uint32_t)query->nr_pids;
	}
	if (query->flags & CONTMON_FILTER_UID)
		arg.uid = query->uid;
	if (query->flags & CONTMON_FILTER_CGROUP)
		arg.cgroup_id = query->cgroup_id;
	if (query->flags & CONTMON_FILTER_RSS)
		arg.min_rss_bytes = query->min_rss_bytes;
	if (query->flags & CONTMON_FILTER_CHANGED)
		arg.changed_since = query->changed_since;
	return arg;
}

/* Refuses bits that this library sets itself, or that need a feature. */
static int check_flags(const struct contmon *c, uint32_t flags)
{
	const uint32_t filters = CONTMON_FILTER_PIDS | CONTMON_FILTER_UID |
				 CONTMON_FILTER_CGROUP | CONTMON_FILTER_RSS |
				 CONTMON_FILTER_CHANGED;

	if (flags & (CONTMON_SWAP_KNOWN | CONTMON_TO_MAPPING))
		return -EOPNOTSUPP;
	if ((flags & CONTMON_THREADS) &&
	    !(c->info.features & CONTMON_FEATURE_THREADS))
		return -EOPNOTSUPP;
	if ((flags & filters) && !(c->info.features & CONTMON_FEATURE_FILTERS))
		return -EOPNOTSUPP;
	return 0;
}

int driver_query_tasks(struct contmon *c, const struct contmon_query *query,
		       struct contmon_tasks *tasks)
{
	struct contmon_snapshot_tasks arg;
	uint64_t swap_bytes;
	int r;

	tasks->nr = 0;
	tasks->nr_seen = 0;
	r = check_flags(c, query->flags);
	if (r < 0)
		return r;
	if ((query->flags & CONTMON_FILTER_PIDS) &&
	    query->nr_pids > CONTMON_MAX_PIDS)
		return -EINVAL;

	arg = argument(query);
	try_mapping(c);
	if (contmon_read_swap(&swap_bytes, NULL) == 0) {
		arg.flags |= CONTMON_SWAP_KNOWN;
		arg.swap_total_bytes = swap_bytes;
	}

	r = read_all(c, &arg, tasks);
	if (r < 0)
		tasks->nr = 0;
	return r;
}

void contmon_tasks_done(struct contmon_tasks *tasks)
{
	if (!tasks)
		return;
	free(tasks->entries);
	*tasks = (struct contmon_tasks){ 0 };
}

int driver_get_task(struct contmon *c, int32_t pid, uint64_t fields,
		    uint32_t flags, struct contmon_task *ret)
{
	struct contmon_task task = { 0 };
	struct contmon_get_task arg = {
		.size = sizeof(arg),
		.flags = flags,
		.fields = fields,
		.entry = (uintptr_t)&task,
		.entry_size = sizeof(task),
		.pid = pid,
	};
	uint64_t swap_bytes;
	int r;

	if (contmon_read_swap(&swap_bytes, NULL) == 0) {
		arg.flags |= CONTMON_SWAP_KNOWN;
		arg.swap_total_bytes = swap_bytes;
	}

	r = contmon_ioctl(c->fd, CONTMON_GET_TASK, &arg);
	if (r < 0)
		return r;

	*ret = task;
	return 0;
}

int driver_read_cmdline(struct contmon *c, int32_t pid, char *buffer,
			size_t size, uint64_t *ret_total_bytes)
{
	struct contmon_read_cmdline arg = {
		.size = sizeof(arg),
		.pid = pid,
		.length = (uint32_t)(size < CONTMON_MAX_CMDLINE ?
				     size : CONTMON_MAX_CMDLINE),
		.buffer = (uintptr_t)buffer,
	};
	uint32_t room = arg.length;
	int r;

	if (!(c->info.features & CONTMON_FEATURE_CMDLINE))
		return -EOPNOTSUPP;
	r = contmon_ioctl(c->fd, CONTMON_READ_CMDLINE, &arg);
	if (r < 0)
		return r;
	if (arg.length > room)
		return -EPROTO;

	if (ret_total_bytes)
		*ret_total_bytes = arg.total_bytes;
	return (int)arg.length;
}
