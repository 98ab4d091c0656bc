// SPDX-License-Identifier: LGPL-2.1-or-later
#include "internal.h"

#include <errno.h>
#include <stdlib.h>

/* Room for the first call; a host without containers has about 50 cgroups. */
#define FIRST_ENTRIES 128

/*
 * Cgroups may be created after a call that failed, so each further call has
 * room for an eighth more than was needed, up to a limit.
 */
#define MAX_TRIES 8

int contmon_cgroups_reserve(struct contmon_cgroups *cgroups, size_t nr)
{
	struct contmon_cgroup *entries;

	if (nr <= cgroups->nr_allocated)
		return 0;

	entries = reallocarray(cgroups->entries, nr, sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	cgroups->entries = entries;
	cgroups->nr_allocated = nr;
	return 0;
}

/* The room to make if the driver needs @needed records */
static int grow(const struct contmon_get_info *info, size_t needed,
		struct contmon_cgroups *cgroups)
{
	size_t nr = needed + needed / 8 + 16;

	if (nr > info->max_entries)
		nr = info->max_entries;
	return contmon_cgroups_reserve(cgroups, nr);
}

/* One call; after -EMSGSIZE @arg contains the number of records. */
static int call(struct contmon *c, struct contmon_snapshot_cgroups *arg,
		struct contmon_cgroups *cgroups)
{
	size_t room = cgroups->nr_allocated;
	int r;

	if (room > c->info.max_entries)
		room = c->info.max_entries;

	arg->entries = (uintptr_t)cgroups->entries;
	arg->nr_entries = (uint32_t)room;
	r = contmon_ioctl(c->fd, CONTMON_SNAPSHOT_CGROUPS, arg);
	if (r >= 0 && arg->nr_entries > room)
		return -EPROTO;
	return r;
}

static int first_room(struct contmon *c, struct contmon_cgroups *cgroups)
{
	size_t nr = FIRST_ENTRIES;

	if (cgroups->nr_allocated)
		return 0;
	if (nr > c->info.max_entries)
		nr = c->info.max_entries;
	return contmon_cgroups_reserve(cgroups, nr);
}

/* Makes as many calls as are needed. */
static int snapshot_parts(struct contmon *c,
			  struct contmon_snapshot_cgroups *arg,
			  struct contmon_cgroups *ret)
{
	uint32_t room = c->info.max_entries;
	size_t nr = 0;
	int r;

	if (c->info.api_version < 3)
		return -EMSGSIZE;
	arg->flags |= CONTMON_IN_PARTS;
	do {
		r = contmon_cgroups_reserve(ret, nr + room);
		if (r < 0)
			return r;
		arg->entries = (uintptr_t)(ret->entries + nr);
		arg->nr_entries = room;
		r = contmon_ioctl(c->fd, CONTMON_SNAPSHOT_CGROUPS, arg);
		if (r < 0)
			return r;
		if (arg->nr_entries > room || (!arg->nr_entries && arg->cursor))
			return -EPROTO;
		nr += arg->nr_entries;
		if (nr == arg->nr_entries)
			ret->taken_boottime_ns = arg->taken_boottime_ns;
	} while (arg->cursor);
	ret->nr = nr;
	return 0;
}

static int snapshot_whole(struct contmon *c,
			  struct contmon_snapshot_cgroups *arg,
			  struct contmon_cgroups *ret)
{
	int tries, r;

	for (tries = 1; ; tries++) {
		r = call(c, arg, ret);
		if (r != -EMSGSIZE || tries == MAX_TRIES)
			break;
		if (arg->nr_entries > c->info.max_entries)
			return snapshot_parts(c, arg, ret);
		r = grow(&c->info, arg->nr_entries, ret);
		if (r < 0)
			break;
	}
	if (r < 0)
		return r;

	ret->nr = arg->nr_entries;
	ret->taken_boottime_ns = arg->taken_boottime_ns;
	return 0;
}

int driver_snapshot_cgroups(struct contmon *c, uint64_t fields,
			    uint32_t flags, struct contmon_cgroups *ret)
{
	struct contmon_snapshot_cgroups arg = {
		.size = sizeof(arg),
		.flags = flags,
		/* An older driver refuses unknown groups */
		.fields = fields & c->info.cgroup_fields,
		.entry_size = sizeof(struct contmon_cgroup),
	};
	int r;

	ret->nr = 0;
	if (fields & ~CONTMON_CGROUP_ALL)
		return -EOPNOTSUPP;
	r = first_room(c, ret);
	return r < 0 ? r : snapshot_whole(c, &arg, ret);
}

void contmon_cgroups_done(struct contmon_cgroups *cgroups)
{
	if (!cgroups)
		return;
	free(cgroups->entries);
	*cgroups = (struct contmon_cgroups){ 0 };
}

static int compare_ids(const void *a, const void *b)
{
	const struct contmon_cgroup *const *x = a, *const *y = b;

	if ((*x)->cgroup_id == (*y)->cgroup_id)
		return 0;
	return (*x)->cgroup_id < (*y)->cgroup_id ? -1 : 1;
}

struct contmon_cgroup **
contmon_cgroups_index(const struct contmon_cgroups *rows)
{
	struct contmon_cgroup **index = calloc(rows->nr + 1, sizeof(*index));
	size_t i;

	if (!index)
		return NULL;
	for (i = 0; i < rows->nr; i++)
		index[i] = &rows->entries[i];
	qsort(index, rows->nr, sizeof(*index), compare_ids);
	return index;
}

struct contmon_cgroup *contmon_cgroups_find(struct contmon_cgroup **index,
					    size_t nr, uint64_t id)
{
	const struct contmon_cgroup key = { .cgroup_id = id }, *k = &key;
	struct contmon_cgroup **found;

	found = bsearch(&k, index, nr, sizeof(k), compare_ids);
	return found ? *found : NULL;
}

static void add_tasks(struct contmon_cgroup *sum,
		      const struct contmon_cgroup *child)
{
	sum->nr_tasks += child->nr_tasks;
	sum->nr_threads += child->nr_threads;
	sum->nr_running += child->nr_running;
	sum->nr_sleeping += child->nr_sleeping;
	sum->nr_uninterruptible += child->nr_uninterruptible;
	sum->nr_stopped += child->nr_stopped;
	sum->nr_zombie += child->nr_zombie;
	sum->nr_idle += child->nr_idle;
}

static void add_usage(struct contmon_cgroup *sum,
		      const struct contmon_cgroup *child)
{
	sum->vsz_sum_bytes += child->vsz_sum_bytes;
	sum->rss_anon_sum_bytes += child->rss_anon_sum_bytes;
	sum->rss_file_sum_bytes += child->rss_file_sum_bytes;
	sum->rss_shmem_sum_bytes += child->rss_shmem_sum_bytes;
	sum->swap_sum_bytes += child->swap_sum_bytes;
	sum->pgtables_sum_bytes += child->pgtables_sum_bytes;
	sum->utime_sum_ns += child->utime_sum_ns;
	sum->stime_sum_ns += child->stime_sum_ns;
	sum->runtime_sum_ns += child->runtime_sum_ns;
	sum->minor_faults_sum += child->minor_faults_sum;
	sum->major_faults_sum += child->major_faults_sum;
	sum->voluntary_switches_sum += child->voluntary_switches_sum;
	sum->involuntary_switches_sum += child->involuntary_switches_sum;
	sum->read_chars_sum += child->read_chars_sum;
	sum->write_chars_sum += child->write_chars_sum;
	sum->read_syscalls_sum += child->read_syscalls_sum;
	sum->write_syscalls_sum += child->write_syscalls_sum;
	sum->read_bytes_sum += child->read_bytes_sum;
	sum->write_bytes_sum += child->write_bytes_sum;
	sum->cancelled_write_bytes_sum += child->cancelled_write_bytes_sum;
}

static void add_exited(struct contmon_cgroup *sum,
		       const struct contmon_cgroup *child)
{
	sum->exited_tasks += child->exited_tasks;
	sum->exited_utime_ns += child->exited_utime_ns;
	sum->exited_stime_ns += child->exited_stime_ns;
	sum->exited_runtime_ns += child->exited_runtime_ns;
	sum->exited_minor_faults += child->exited_minor_faults;
	sum->exited_major_faults += child->exited_major_faults;
	sum->exited_voluntary_switches += child->exited_voluntary_switches;
	sum->exited_involuntary_switches +=
		child->exited_involuntary_switches;
	sum->exited_read_chars += child->exited_read_chars;
	sum->exited_write_chars += child->exited_write_chars;
	sum->exited_read_syscalls += child->exited_read_syscalls;
	sum->exited_write_syscalls += child->exited_write_syscalls;
	sum->exited_read_bytes += child->exited_read_bytes;
	sum->exited_write_bytes += child->exited_write_bytes;
	sum->exited_cancelled_write_bytes +=
		child->exited_cancelled_write_bytes;
}

void contmon_cgroup_add(struct contmon_cgroup *sum,
			const struct contmon_cgroup *child)
{
	const uint64_t added = CONTMON_CGROUP_TASKS |
			       CONTMON_CGROUP_PART_COUNTS |
			       CONTMON_CGROUP_PART_IO |
			       CONTMON_CGROUP_EXITED |
			       CONTMON_CGROUP_CPU;

	/* A known number plus an unknown one is unknown. */
	sum->valid &= child->valid | ~added;
	add_tasks(sum, child);
	add_usage(sum, child);
	add_exited(sum, child);
	sum->cpu_usage_ns += child->cpu_usage_ns;
}
