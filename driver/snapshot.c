// SPDX-License-Identifier: GPL-2.0-only
/*
 * SNAPSHOT_TASKS and GET_TASK: records of processes, for the user.
 *
 * No user memory is accessed in an RCU section. With a mapping, records are
 * written where the user reads them. Without one, they are collected in a
 * buffer that holds the records of one section, and copied out between two
 * sections.
 */

#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/threads.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "filter.h"
#include "internal.h"
#include "user.h"
#include "walk.h"

/* Rows that are collected before they are copied: those of one section */
#define SECTION_ROWS CONTMON_WALK_BUDGET

/* Fails for bits of @value that the driver does not know */
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
 * @to: address of the next record
 * @stride: bytes from one record to the next
 * @room: how many records fit
 * @nr: how many have been written
 */
struct sink {
	u8 *records;
	u8 *to;
	u32 stride;
	u32 room;
	u32 nr;
};

/**
 * struct snapshot - one call
 * @arg: the user's argument, in kernel memory
 * @query: the caller's view, and what to read
 * @walk: the place in the walk
 * @filter: which tasks pass
 * @sink: where records go
 * @pids: the ids of CONTMON_FILTER_PIDS, used by @walk; owned
 */
struct snapshot {
	struct contmon_snapshot_tasks *arg;
	struct contmon_query query;
	struct contmon_walk walk;
	struct contmon_filter filter;
	struct sink sink;
	s32 *pids;
};

/*
 * For a caller with a shorter record, which gets only the first part of ours:
 * the rest would overwrite the next record. A separate function, because on
 * kernels that clear the stack all callers would pay for clearing @rec.
 */
static noinline void fill_shorter(u8 *to, u32 stride, struct task_struct *task,
				  pid_t pid, struct contmon_query *query)
{
	struct contmon_task rec;

	contmon_task_fill(&rec, task, pid, query);
	memcpy(to, &rec, stride);
}

static void sink_add(struct sink *sink, struct task_struct *task, pid_t pid,
		     struct contmon_query *query)
{
	const u32 known = sizeof(struct contmon_task);
	u32 stride = sink->stride;
	u8 *to = sink->to;

	if (unlikely(stride < known)) {
		fill_shorter(to, stride, task, pid, query);
	} else {
		contmon_task_fill((struct contmon_task *)to, task, pid, query);
		if (unlikely(stride > known))
			memset(to + known, 0, stride - known);
	}
	sink->to = to + stride;
	sink->nr++;
}

static void add_task(struct task_struct *task, pid_t pid, void *data)
{
	struct snapshot *snap = data;
	struct contmon_owner *owner = &snap->query.owner;

	snap->arg->nr_seen++;
	if (!snap->filter.flags ||
	    contmon_filter_passes(&snap->filter, task, owner))
		sink_add(&snap->sink, task, pid, &snap->query);
	if (unlikely(owner->passed)) {
		snap->walk.passed += owner->passed;
		owner->passed = 0;
	}
}

/* Writes the records of one RCU section; returns 0, or -EINTR */
static int fill_section(struct snapshot *snap)
{
	struct contmon_walk *walk = &snap->walk;
	struct sink *sink = &snap->sink;

	sink->nr = 0;
	sink->to = sink->records;
	contmon_walk_enter(walk);
	contmon_view_forget(&snap->query.view);
	contmon_owner_forget(&snap->query.owner);
	/* No more than fit, although some may be filtered out */
	while (sink->nr < sink->room &&
	       contmon_walk_run(walk, sink->room - sink->nr))
		contmon_walk_visit(walk, walk->type, add_task, snap);
	return contmon_walk_leave(walk);
}

/* Called when nothing is left to wait for */
static void begin_to_read(struct snapshot *snap)
{
	snap->arg->taken_boottime_ns =
		contmon_view_now_boottime_ns(&snap->query.view);
}

static int snapshot_to_mapping(struct contmon_mapping *map,
			       struct snapshot *snap)
{
	struct contmon_snapshot_tasks *arg = snap->arg;
	struct sink *sink = &snap->sink;
	u8 *records;
	u32 nr = 0;
	int ret = 0;

	if (mutex_lock_killable(&map->lock))
		return -EINTR;
	records = contmon_mapping_at(map, arg->entries,
				     (u64)arg->nr_entries * arg->entry_size);
	if (!records) {
		mutex_unlock(&map->lock);
		return -EINVAL;
	}
	sink->stride = arg->entry_size;
	begin_to_read(snap);
	while (!ret && !snap->walk.done && nr < arg->nr_entries) {
		sink->records = records + (size_t)nr * arg->entry_size;
		sink->room = arg->nr_entries - nr;
		ret = fill_section(snap);
		nr += sink->nr;
	}
	mutex_unlock(&map->lock);
	arg->nr_entries = nr;
	return ret;
}

static int copy_records(u64 uaddr, const struct sink *sink, u32 entry_size)
{
	u32 known = min(sink->stride, entry_size);
	u8 __user *to = u64_to_user_ptr(uaddr);
	u32 i;

	if (entry_size == sink->stride)
		return copy_to_user(to, sink->records,
				    (size_t)sink->nr * entry_size) ?
			-EFAULT : 0;

	for (i = 0; i < sink->nr; i++, to += entry_size) {
		const u8 *from = sink->records + (size_t)i * sink->stride;

		if (copy_to_user(to, from, known) ||
		    clear_user(to + known, entry_size - known))
			return -EFAULT;
	}
	return 0;
}

static int snapshot_to_user(struct contmon_user *user, struct snapshot *snap)
{
	struct contmon_snapshot_tasks *arg = snap->arg;
	u32 room = min_t(u32, arg->nr_entries, SECTION_ROWS);
	struct sink *sink = &snap->sink;
	u32 nr = 0;
	int ret = 0;

	sink->stride = sizeof(struct contmon_task);
	sink->records = contmon_rows_alloc(user, room, sink->stride);
	if (!sink->records)
		return -ENOMEM;

	begin_to_read(snap);
	while (!ret && !snap->walk.done && nr < arg->nr_entries) {
		sink->room = min(room, arg->nr_entries - nr);
		ret = fill_section(snap);
		if (!ret)
			ret = copy_records(arg->entries +
					   (u64)nr * arg->entry_size,
					   sink, arg->entry_size);
		nr += sink->nr;
	}
	contmon_rows_free(user, sink->records, room, sink->stride);
	arg->nr_entries = nr;
	return ret;
}

static int compare_pids(const void *a, const void *b)
{
	s32 x = *(const s32 *)a, y = *(const s32 *)b;

	return x < y ? -1 : x > y;
}

/* Sorts @pids and removes duplicates; returns how many are left */
static u32 order_pids(s32 *pids, u32 nr)
{
	u32 from, to = 0;

	sort(pids, nr, sizeof(*pids), compare_pids, NULL);
	for (from = 0; from < nr; from++)
		if (!to || pids[from] != pids[to - 1])
			pids[to++] = pids[from];
	return to;
}

/* Limits the walk to the caller's pids, starting at the cursor */
static int read_pids(struct snapshot *snap)
{
	const struct contmon_snapshot_tasks *arg = snap->arg;
	struct contmon_walk *walk = &snap->walk;
	u32 i;

	if (!(arg->flags & CONTMON_FILTER_PIDS))
		return 0;
	if (!arg->nr_pids || arg->nr_pids > CONTMON_MAX_PIDS)
		return -EINVAL;
	snap->pids = kvmalloc_array(arg->nr_pids, sizeof(*snap->pids),
				    GFP_KERNEL_ACCOUNT);
	if (!snap->pids)
		return -ENOMEM;
	if (copy_from_user(snap->pids, u64_to_user_ptr(arg->pids),
			   arg->nr_pids * sizeof(*snap->pids)))
		return -EFAULT;
	for (i = 0; i < arg->nr_pids; i++)
		if (snap->pids[i] < 1)
			return -EINVAL;
	walk->list = snap->pids;
	walk->list_end = walk->list + order_pids(snap->pids, arg->nr_pids);
	while (walk->list != walk->list_end &&
	       (unsigned long)*walk->list < arg->cursor)
		walk->list++;
	return 0;
}

#define SNAPSHOT_FLAGS (CONTMON_EXACT_RSS | CONTMON_SWAP_KNOWN | \
			CONTMON_TO_MAPPING | CONTMON_THREADS | CONTMON_FILTERS)

static int check_snapshot(const struct contmon_snapshot_tasks *arg)
{
	int ret;

	ret = contmon_check_bits(arg->flags, SNAPSHOT_FLAGS);
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

static int snapshot_init(struct snapshot *snap,
			 struct contmon_snapshot_tasks *arg)
{
	int ret;

	memset(snap, 0, sizeof(*snap));
	snap->arg = arg;
	contmon_query_init(&snap->query, arg->fields, arg->flags);
	if (arg->flags & CONTMON_SWAP_KNOWN)
		contmon_query_set_swap(&snap->query, arg->swap_total_bytes);
	contmon_walk_init(&snap->walk, &snap->query, arg->cursor);
	arg->nr_seen = 0;
	arg->stamp = 0;
	ret = contmon_filter_init(&snap->filter, &snap->query.view, arg);
	if (!ret)
		ret = read_pids(snap);
	return ret;
}

long contmon_snapshot_tasks(struct contmon_file *file, void *_arg)
{
	struct contmon_snapshot_tasks *arg = _arg;
	struct snapshot snap;
	int ret;

	ret = check_snapshot(arg);
	if (ret)
		return ret;

	ret = snapshot_init(&snap, arg);
	if (!ret && (arg->flags & CONTMON_TO_MAPPING))
		ret = snapshot_to_mapping(&file->map, &snap);
	else if (!ret)
		ret = snapshot_to_user(file->user, &snap);
	arg->stamp = contmon_filter_stamp(&snap.filter, &snap.query.view);
	arg->cursor = snap.walk.done ? 0 : snap.walk.next;
	contmon_filter_done(&snap.filter);
	kvfree(snap.pids);
	return ret;
}

/* Fills @rec; returns -ESRCH when the caller can see no task with this id */
static int read_one(struct contmon_task *rec, pid_t pid,
		    struct contmon_query *query)
{
	enum pid_type type = query->threads ? PIDTYPE_PID : PIDTYPE_TGID;
	struct task_struct *task;
	int ret = -ESRCH;

	rcu_read_lock();
	task = contmon_visible_task(find_vpid(pid), type);
	if (task) {
		contmon_task_fill(rec, task, pid, query);
		ret = 0;
	}
	rcu_read_unlock();
	return ret;
}

static int check_get_task(const struct contmon_get_task *arg)
{
	int ret;

	ret = contmon_check_bits(arg->flags, CONTMON_EXACT_RSS |
				 CONTMON_SWAP_KNOWN | CONTMON_THREADS);
	if (ret)
		return ret;
	ret = contmon_check_bits(arg->fields, CONTMON_TASK_ALL);
	if (ret)
		return ret;
	if (arg->pid < 1)
		return -EINVAL;
	return contmon_check_entries(arg->entry_size, 1, CONTMON_TASK_SIZE_V1);
}

long contmon_get_task(struct contmon_file *file, void *_arg)
{
	struct contmon_get_task *arg = _arg;
	struct contmon_task rec;
	struct contmon_query query;
	struct sink sink = {
		.records = (u8 *)&rec,
		.stride = sizeof(rec),
		.nr = 1,
	};
	int ret;

	ret = check_get_task(arg);
	if (ret)
		return ret;

	contmon_query_init(&query, arg->fields, arg->flags);
	if (arg->flags & CONTMON_SWAP_KNOWN)
		contmon_query_set_swap(&query, arg->swap_total_bytes);
	arg->taken_boottime_ns = contmon_view_now_boottime_ns(&query.view);

	ret = read_one(&rec, arg->pid, &query);
	if (ret)
		return ret;
	return copy_records(arg->entry, &sink, arg->entry_size);
}
