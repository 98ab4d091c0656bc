// SPDX-License-Identifier: GPL-2.0-only
/*
 * SNAPSHOT_CGROUPS: one row for each cgroup.
 *
 * First the cgroups are listed, a bounded number in each RCU section. Then one
 * walk over the processes adds each of them to the row of its cgroup. Rows are
 * found by cgroup id, because the kernel reuses addresses but not ids.
 *
 * The usage of ended processes is read before the walk. A process that is
 * reaped between the two is missing from that snapshot, but it is never counted
 * twice.
 *
 * A snapshot in parts continues after the last cgroup of the previous part. The
 * open file holds a reference to that cgroup: cgroups come in the order of the
 * tree, so without the cgroup no number would lead back to its place.
 */

#include <linux/cgroup.h>
#include <linux/log2.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "cgroup_row.h"
#include "ended.h"
#include "exited.h"
#include "internal.h"
#include "sums.h"
#include "user.h"
#include "walk.h"

/* Limit of an RCU section, in rows that have no expensive group */
#define SECTION_BUDGET 64

/* Rows copied at a time */
#define COPY_BATCH 64U

/* Room for cgroups that are created between counting and listing */
#define CGROUP_SLACK 32

/**
 * struct table - the rows of one call
 * @view: the caller's view
 * @fields: the CONTMON_CGROUP_* groups that are wanted and fit into a row
 * @place: before listing, the cgroup to continue after, or NULL to begin with
 *	the root; afterwards the last cgroup listed, or NULL at the end. Holds
 *	a reference
 * @rows: kernel memory; parents before children
 * @stride: bytes from one row to the next
 * @nr: rows in use
 * @max: rows that fit
 * @in_parts: listing stops at the last row; otherwise it looks for more cgroups
 * @overflows: there are more cgroups than rows
 * @slots: hash table of cgroup ids: index into @rows plus 1, 0 for an empty
 *	slot; NULL when rows need not be found by id
 * @slot_bits: log2 of the number of slots, which is at least twice @max
 * @last: the row found last, at first any; neighbouring tasks often share a
 *	cgroup
 * @exact_rss: sum the per-CPU parts of RSS
 */
struct table {
	const struct contmon_view *view;
	u64 fields;
	struct cgroup *place;
	u8 *rows;
	u32 stride;
	u32 nr;
	u32 max;
	bool in_parts;
	bool overflows;
	u32 *slots;
	u32 slot_bits;
	struct contmon_cgroup *last;
	bool exact_rss;
};

static struct contmon_cgroup *row_at(const struct table *table, u32 i)
{
	return (void *)(table->rows + (size_t)i * table->stride);
}

static int slots_alloc(struct table *table)
{
	table->slot_bits = ilog2(roundup_pow_of_two(2 * table->max));
	table->slots = kvcalloc(1U << table->slot_bits, sizeof(*table->slots),
				GFP_KERNEL_ACCOUNT);
	return table->slots ? 0 : -ENOMEM;
}

/* The slot of @id, or the empty slot where it belongs */
static u32 *slot_of(struct table *table, u64 id)
{
	u32 mask = (1U << table->slot_bits) - 1;
	u32 i = contmon_hash_id(id, table->slot_bits);

	while (table->slots[i] &&
	       row_at(table, table->slots[i] - 1)->cgroup_id != id)
		i = (i + 1) & mask;
	return &table->slots[i];
}

static struct contmon_cgroup *table_find(struct table *table, u64 id)
{
	u32 slot;

	if (table->last->cgroup_id == id)
		return table->last;
	slot = *slot_of(table, id);
	if (!slot)
		return NULL;
	table->last = row_at(table, slot - 1);
	return table->last;
}

/* Returns the cost: see contmon_cgroup_fill() */
static int table_add(struct table *table, struct cgroup *cgrp)
{
	struct contmon_cgroup *row = row_at(table, table->nr);
	int cost;

	/* With a constant size, memset() is inlined */
	if (likely(table->stride >= sizeof(*row)))
		memset(row, 0, sizeof(*row));
	else
		memset(row, 0, table->stride);
	if (unlikely(table->stride > sizeof(*row)))
		memset(row + 1, 0, table->stride - sizeof(*row));
	cost = contmon_cgroup_fill(row, cgrp, table->view, table->fields);
	table->nr++;
	if (table->fields & CONTMON_CGROUP_TASKS) {
		row->valid |= CONTMON_CGROUP_TASKS;
		*slot_of(table, row->cgroup_id) = table->nr;
	}
	return cost;
}

static bool is_full(const struct table *table)
{
	return table->nr == table->max;
}

static bool is_listed(const struct table *table)
{
	return table->in_parts ? is_full(table) : table->overflows;
}

/*
 * One RCU section of the pre-order walk. @pos is pinned from one section to
 * the next; css_next_descendant_pre() copes with a pinned css that has been
 * removed. Returns the last css visited, pinned, or NULL at the end.
 *
 * One that was just released cannot be pinned, so a section goes on past all
 * that the kernel has not unlinked yet. The kernel's own walks do the same, and
 * a snapshot that waited for the unlinking could be kept waiting for ever.
 */
static struct cgroup_subsys_state *
list_section(struct table *table, struct cgroup_subsys_state *pos)
{
	struct cgroup_subsys_state *root = &table->view->root->self;
	struct cgroup_subsys_state *css = pos;
	int budget = SECTION_BUDGET;

	rcu_read_lock();
	while ((css = css_next_descendant_pre(css, root))) {
		/* Removed cgroups stay linked as long as they hold memory */
		if (!contmon_cgroup_is_online(css->cgroup))
			budget--;
		else if (is_full(table))
			table->overflows = true;
		else
			budget -= table_add(table, css->cgroup);
		if (budget > 0 && !is_listed(table) && !need_resched())
			continue;
		/* One with a row is not released before the section ends */
		if (css_tryget(css))
			break;
	}
	rcu_read_unlock();
	return css;
}

static int list_cgroups(struct table *table)
{
	struct cgroup_subsys_state *pos, *next;

	pos = table->place ? &table->place->self : NULL;
	do {
		next = list_section(table, pos);
		if (pos)
			css_put(pos);
		pos = next;
		cond_resched();
	} while (pos && !is_listed(table) && !fatal_signal_pending(current));
	table->place = pos ? pos->cgroup : NULL;
	if (table->overflows)
		return -EMSGSIZE;
	return pos && !is_listed(table) ? -EINTR : 0;
}

/*
 * A zombie keeps no cgroup from being removed. Once it is reaped, its usage is
 * in the account of the nearest ancestor that is left, so it is there before.
 */
static struct contmon_cgroup *row_of(struct table *table,
				     struct task_struct *task)
{
	struct cgroup *cgrp = contmon_process_cgroup(task);
	struct contmon_cgroup *row = table_find(table, cgroup_id(cgrp));

	if (unlikely(!row) && !contmon_cgroup_is_online(cgrp)) {
		cgrp = contmon_nearest_online(cgrp);
		row = table_find(table, cgroup_id(cgrp));
	}
	return row;
}

static void add_task(struct task_struct *task, pid_t pid, void *data)
{
	struct table *table = data;
	struct contmon_cgroup *row = row_of(table, task);
	struct contmon_sums *sums;

	if (!row)
		return;
	sums = contmon_sums_of(row);
	contmon_sums_count(sums, task);
	if (unlikely(table->exact_rss))
		contmon_sums_memory_exact(sums, task);
	else
		contmon_sums_memory(sums, task);
	contmon_sums_usage(sums, task);
}

static int add_tasks(struct table *table, u32 flags)
{
	struct contmon_query query;

	if (!table->nr)
		return 0;
	contmon_query_init(&query, 0, flags);
	table->last = row_at(table, 0);
	table->exact_rss = flags & CONTMON_EXACT_RSS;
	return contmon_visit_processes(&query, add_task, table);
}

/* Fills the rows of @table, which are allocated, and counts those in use */
static int fill_table(struct table *table, struct contmon_snapshot_cgroups *arg)
{
	int ret = 0;

	if (table->fields & CONTMON_CGROUP_EXITED)
		ret = contmon_ended_settle();
	if (!ret && (table->fields & CONTMON_CGROUP_TASKS))
		ret = slots_alloc(table);
	/* Now nothing is left to wait for. A second try begins again */
	arg->taken_boottime_ns = contmon_view_now_boottime_ns(table->view);
	if (!ret)
		ret = list_cgroups(table);
	if (!ret && (table->fields & CONTMON_CGROUP_TASKS))
		ret = add_tasks(table, arg->flags);
	/* A second try may fail before it allocates slots */
	kvfree(table->slots);
	table->slots = NULL;
	arg->nr_entries = table->nr;
	return ret;
}

static int copy_alike(u8 __user *to, const struct table *table)
{
	u32 i, nr;

	for (i = 0; i < table->nr; i += nr) {
		nr = min(table->nr - i, COPY_BATCH);
		if (copy_to_user(to + (size_t)i * table->stride,
				 row_at(table, i), (size_t)nr * table->stride))
			return -EFAULT;
		cond_resched();
	}
	return 0;
}

/* A caller with shorter rows gets the first part of each */
static int copy_rows(const struct contmon_snapshot_cgroups *arg,
		     const struct table *table)
{
	u32 known = min(arg->entry_size, table->stride);
	u8 __user *to = u64_to_user_ptr(arg->entries);
	u32 i;

	if (arg->entry_size == table->stride)
		return copy_alike(to, table);

	for (i = 0; i < table->nr; i++, to += arg->entry_size) {
		if (copy_to_user(to, row_at(table, i), known) ||
		    clear_user(to + known, arg->entry_size - known))
			return -EFAULT;
		if (!(i % COPY_BATCH))
			cond_resched();
	}
	return 0;
}

static int rows_to_user(struct contmon_user *user,
			struct contmon_snapshot_cgroups *arg,
			struct table *table)
{
	int ret;

	table->stride = sizeof(struct contmon_cgroup);
	table->rows = contmon_rows_alloc(user, table->max, table->stride);
	if (!table->rows)
		return -ENOMEM;
	ret = fill_table(table, arg);
	if (!ret)
		ret = copy_rows(arg, table);
	contmon_rows_free(user, table->rows, table->max, table->stride);
	return ret;
}

/* The groups that version 3 added */
#define FIELDS_SINCE_3 (CONTMON_CGROUP_LIMIT | CONTMON_CGROUP_STAT)

static int rows_to_mapping(struct contmon_mapping *map,
			   struct contmon_snapshot_cgroups *arg,
			   struct table *table)
{
	int ret = -EINVAL;

	/* Rows are written in place, so none may extend into the next */
	table->stride = arg->entry_size;
	if (arg->entry_size < sizeof(struct contmon_cgroup))
		table->fields &= ~FIELDS_SINCE_3;
	if (mutex_lock_killable(&map->lock))
		return -EINTR;
	table->rows = contmon_mapping_at(map, arg->entries,
					 (u64)arg->nr_entries *
					 arg->entry_size);
	if (table->rows)
		ret = fill_table(table, arg);
	mutex_unlock(&map->lock);
	return ret;
}

static int check_args(const struct contmon_snapshot_cgroups *arg)
{
	u32 min_size = CONTMON_CGROUP_SIZE_V1;
	int ret;

	BUILD_BUG_ON(offsetof(struct contmon_cgroup, memory_limit_bytes) !=
		     CONTMON_CGROUP_SIZE_V2);
	ret = contmon_check_bits(arg->flags, CONTMON_EXACT_RSS |
				 CONTMON_TO_MAPPING | CONTMON_IN_PARTS);
	if (ret)
		return ret;
	ret = contmon_check_bits(arg->fields, CONTMON_CGROUP_ALL);
	if (ret)
		return ret;
	if (arg->flags & CONTMON_IN_PARTS &&
	    arg->size < offsetofend(struct contmon_snapshot_cgroups, cursor))
		return -EINVAL;
	/* Mapped rows were introduced in version 2 */
	if (arg->flags & CONTMON_TO_MAPPING)
		min_size = CONTMON_CGROUP_SIZE_V2;
	return contmon_check_entries(arg->entry_size, arg->nr_entries,
				     min_size);
}

static u32 count_cgroups(const struct contmon_view *view)
{
	return (u32)READ_ONCE(view->root->nr_descendants) + 1;
}

static void put_place(struct cgroup *place)
{
	if (place)
		css_put(&place->self);
}

static int fill_rows(struct contmon_file *file,
		     struct contmon_snapshot_cgroups *arg, struct table *table)
{
	return arg->flags & CONTMON_TO_MAPPING ?
		       rows_to_mapping(&file->map, arg, table) :
		       rows_to_user(file->user, arg, table);
}

/*
 * Begins again with more rows, after more cgroups than expected were created
 * during the call. The number at least doubles each time, so this ends soon,
 * and a large array of the caller costs no more than what is in it.
 */
static int fill_more_rows(struct contmon_file *file,
			  struct contmon_snapshot_cgroups *arg,
			  struct table *table, u32 room)
{
	u32 expected = clamp(count_cgroups(table->view), table->max, room);

	put_place(table->place);
	table->place = NULL;
	table->fields = arg->fields;
	table->nr = 0;
	table->max = min(2 * expected, room);
	table->last = NULL;
	table->overflows = false;
	arg->nr_entries = room;
	return fill_rows(file, arg, table);
}

/* *@place is as in struct table, and holds a reference on failure, too */
static int snapshot(struct contmon_file *file,
		    struct contmon_snapshot_cgroups *arg, struct cgroup **place)
{
	u32 needed, room = arg->nr_entries;
	struct contmon_view view;
	struct table table = {
		.view = &view,
		.fields = arg->fields,
		.place = *place,
		.in_parts = arg->flags & CONTMON_IN_PARTS,
	};
	int ret;

	contmon_view_init(&view);
	if (*place && !contmon_view_has_cgroup(&view, *place))
		return -EINVAL;
	needed = count_cgroups(&view);
	if (needed > room && !table.in_parts) {
		arg->nr_entries = needed;
		return -EMSGSIZE;
	}

	table.max = min(needed + CGROUP_SLACK, room);
	ret = fill_rows(file, arg, &table);
	while (ret == -EMSGSIZE && table.max < room)
		ret = fill_more_rows(file, arg, &table, room);
	/* Not even all the room that the caller has is enough now */
	if (ret == -EMSGSIZE)
		arg->nr_entries = max(room + 1, count_cgroups(&view));
	*place = table.place;
	return ret;
}

/* file->place_lock held */
static int snapshot_part(struct contmon_file *file,
			 struct contmon_snapshot_cgroups *arg)
{
	struct cgroup *place = NULL;
	int ret;

	if (arg->cursor) {
		place = file->place;
		if (!place || cgroup_id(place) != arg->cursor)
			return -EINVAL;
		css_get(&place->self);
	}
	ret = snapshot(file, arg, &place);
	if (!ret) {
		swap(file->place, place);
		arg->cursor = file->place ? cgroup_id(file->place) : 0;
	}
	put_place(place);
	return ret;
}

long contmon_snapshot_cgroups(struct contmon_file *file, void *_arg)
{
	struct contmon_snapshot_cgroups *arg = _arg;
	struct cgroup *place = NULL;
	int ret;

	ret = check_args(arg);
	if (ret)
		return ret;

	if (arg->flags & CONTMON_IN_PARTS) {
		if (mutex_lock_killable(&file->place_lock))
			return -EINTR;
		ret = snapshot_part(file, arg);
		mutex_unlock(&file->place_lock);
	} else {
		ret = snapshot(file, arg, &place);
		put_place(place);
		if (!ret)
			arg->cursor = 0;
	}
	return ret;
}

void contmon_cgroups_close(struct contmon_file *file)
{
	put_place(file->place);
	file->place = NULL;
}
