// SPDX-License-Identifier: GPL-2.0-only
/*
 * SNAPSHOT_TASKS and GET_TASK: records of processes, to the user.
 *
 * No user memory is touched in an RCU section. With a mapping, records are
 * written where the user reads them; without, they are gathered in a buffer of
 * one section's size and copied out between two sections.
 */

#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/threads.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "internal.h"

/* Bits that the caller knows and the driver does not */
int contmon_check_bits(u64 value, u64 known)
{
	return value & ~known ? -EOPNOTSUPP : 0;
}

int contmon_check_entries(u32 entry_size, u32 nr_entries, u32 min_size)
{
	if (entry_size < min_size || entry_size > CONTMON_MAX_ENTRY_SIZE ||
	    entry_size % sizeof(u64))
		return -EINVAL;
	if (!nr_entries || nr_entries > CONTMON_MAX_ENTRIES)
		return -EINVAL;
	return 0;
}

/**
 * struct sink - where the records of one section go
 * @records: kernel memory for @room records
 * @stride: bytes from one record to the next
 * @room: how many fit
 * @nr: how many there are
 */
struct sink {
	u8 *records;
	u32 stride;
	u32 room;
	u32 nr;
};

/* A record may be longer than the caller's: then it gets the first part */
static void sink_add(struct sink *sink, struct task_struct *leader, pid_t pid,
		     struct contmon_view *view)
{
	u8 *to = sink->records + (size_t)sink->nr * sink->stride;
	struct contmon_task *rec = (struct contmon_task *)to;

	BUILD_BUG_ON(sizeof(*rec) != CONTMON_TASK_SIZE_V1);
	contmon_task_fill(rec, leader, pid, view);
	if (sink->stride > sizeof(*rec))
		memset(to + sizeof(*rec), 0, sink->stride - sizeof(*rec));
	sink->nr++;
}

/* One RCU section's worth of records; returns 0, or -EINTR */
static int fill_section(struct contmon_walk *walk, struct sink *sink,
			struct contmon_view *view)
{
	struct task_struct *leader;

	sink->nr = 0;
	contmon_walk_enter(walk);
	while (sink->nr < sink->room) {
		leader = contmon_walk_next(walk);
		if (!leader)
			break;
		sink_add(sink, leader, walk->pid, view);
	}
	return contmon_walk_leave(walk);
}

static int snapshot_to_mapping(struct contmon_mapping *map,
			       struct contmon_snapshot_tasks *arg,
			       struct contmon_walk *walk,
			       struct contmon_view *view)
{
	u64 bytes = (u64)arg->nr_entries * arg->entry_size;
	struct sink sink = { .stride = arg->entry_size };
	u32 nr = 0;
	int ret = 0;

	mutex_lock(&map->lock);
	if (arg->entries % sizeof(u64) ||
	    arg->entries > contmon_mapping_bytes(map) ||
	    bytes > contmon_mapping_bytes(map) - arg->entries) {
		mutex_unlock(&map->lock);
		return -EINVAL;
	}
	while (!ret && !walk->done && nr < arg->nr_entries) {
		sink.records = (u8 *)map->address + arg->entries +
			       (size_t)nr * arg->entry_size;
		sink.room = arg->nr_entries - nr;
		ret = fill_section(walk, &sink, view);
		nr += sink.nr;
	}
	mutex_unlock(&map->lock);
	arg->nr_entries = nr;
	return ret;
}

static int copy_records(u64 uaddr, const struct sink *sink, u32 entry_size)
{
	u8 __user *to = u64_to_user_ptr(uaddr);
	u32 i;

	if (entry_size == sink->stride)
		return copy_to_user(to, sink->records,
				    (size_t)sink->nr * entry_size) ?
			-EFAULT : 0;

	for (i = 0; i < sink->nr; i++, to += entry_size) {
		const u8 *from = sink->records + (size_t)i * sink->stride;

		if (copy_to_user(to, from, sink->stride) ||
		    clear_user(to + sink->stride, entry_size - sink->stride))
			return -EFAULT;
	}
	return 0;
}

static int snapshot_to_user(struct contmon_snapshot_tasks *arg,
			    struct contmon_walk *walk,
			    struct contmon_view *view)
{
	u32 room = min_t(u32, arg->nr_entries, CONTMON_WALK_BATCH);
	struct sink sink = { .stride = sizeof(struct contmon_task) };
	u32 nr = 0;
	int ret = 0;

	sink.records = kvmalloc_array(room, sink.stride, GFP_KERNEL_ACCOUNT);
	if (!sink.records)
		return -ENOMEM;

	while (!ret && !walk->done && nr < arg->nr_entries) {
		sink.room = min(room, arg->nr_entries - nr);
		ret = fill_section(walk, &sink, view);
		if (!ret)
			ret = copy_records(arg->entries +
					   (u64)nr * arg->entry_size,
					   &sink, arg->entry_size);
		nr += sink.nr;
	}
	kvfree(sink.records);
	arg->nr_entries = nr;
	return ret;
}

static int check_snapshot(const struct contmon_snapshot_tasks *arg)
{
	int ret;

	ret = contmon_check_bits(arg->flags, CONTMON_EXACT_RSS |
				 CONTMON_SWAP_KNOWN | CONTMON_TO_MAPPING);
	if (ret)
		return ret;
	ret = contmon_check_bits(arg->fields, CONTMON_TASK_ALL);
	if (ret)
		return ret;
	if (arg->cursor > PID_MAX_LIMIT)
		return -EINVAL;
	return contmon_check_entries(arg->entry_size, arg->nr_entries,
				     CONTMON_TASK_SIZE_V1);
}

long contmon_snapshot_tasks(struct contmon_file *file, void *_arg)
{
	struct contmon_snapshot_tasks *arg = _arg;
	struct contmon_view view;
	struct contmon_walk walk;
	int ret;

	ret = check_snapshot(arg);
	if (ret)
		return ret;

	contmon_view_init(&view, arg->fields, arg->flags);
	if (arg->flags & CONTMON_SWAP_KNOWN)
		contmon_view_set_swap(&view, arg->swap_total_bytes);
	contmon_walk_init(&walk, view.pid_ns, arg->cursor);
	arg->taken_boottime_ns = ktime_get_boottime_ns();

	if (arg->flags & CONTMON_TO_MAPPING)
		ret = snapshot_to_mapping(&file->map, arg, &walk, &view);
	else
		ret = snapshot_to_user(arg, &walk, &view);
	if (ret)
		return ret;

	arg->cursor = walk.done ? 0 : walk.next;
	return 0;
}

/* Fills @rec; -ESRCH when @pid names no process that the caller can see */
static int read_one(struct contmon_task *rec, pid_t pid,
		    struct contmon_view *view)
{
	struct task_struct *leader;
	int ret = -ESRCH;

	rcu_read_lock();
	leader = pid_task(find_vpid(pid), PIDTYPE_TGID);
	if (leader) {
		contmon_task_fill(rec, leader, pid, view);
		ret = 0;
	}
	rcu_read_unlock();
	return ret;
}

long contmon_get_task(struct contmon_file *file, void *_arg)
{
	struct contmon_get_task *arg = _arg;
	struct contmon_task rec;
	struct contmon_view view;
	struct sink sink = {
		.records = (u8 *)&rec,
		.stride = sizeof(rec),
		.nr = 1,
	};
	int ret;

	ret = contmon_check_bits(arg->flags,
				 CONTMON_EXACT_RSS | CONTMON_SWAP_KNOWN);
	if (ret)
		return ret;
	ret = contmon_check_bits(arg->fields, CONTMON_TASK_ALL);
	if (ret)
		return ret;
	ret = contmon_check_entries(arg->entry_size, 1, CONTMON_TASK_SIZE_V1);
	if (ret)
		return ret;
	if (arg->pid < 1)
		return -EINVAL;

	contmon_view_init(&view, arg->fields, arg->flags);
	if (arg->flags & CONTMON_SWAP_KNOWN)
		contmon_view_set_swap(&view, arg->swap_total_bytes);
	arg->taken_boottime_ns = ktime_get_boottime_ns();

	ret = read_one(&rec, arg->pid, &view);
	if (ret)
		return ret;
	return copy_records(arg->entry, &sink, arg->entry_size);
}
