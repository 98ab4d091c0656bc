// SPDX-License-Identifier: GPL-2.0-only
/*
 * SNAPSHOT_CGROUPS: one row for each cgroup.
 *
 * First the cgroups are listed, a bounded number in each RCU section; then one
 * walk over the processes adds each to the row of its cgroup. Rows are found
 * by cgroup id: ids are not used again while the host runs, addresses are.
 *
 * What ended processes used is read before the walk, so one that is reaped
 * between the two is missing from that snapshot, but never counted twice.
 */

#include <linux/cgroup.h>
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/page_counter.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "ended.h"
#include "exited.h"
#include "internal.h"
#include "sums.h"
#include "trace.h"
#include "usage.h"

/* Cgroups listed in one RCU section */
#define CGROUP_BATCH 64U

/* Room for cgroups that are made between counting and listing */
#define CGROUP_SLACK 32

/**
 * struct table - the rows of one call
 * @view: who asks
 * @rows: kernel memory; parents before children
 * @stride: bytes from one row to the next
 * @nr: rows in use
 * @max: rows that fit
 * @slots: hash of cgroup ids: index into @rows plus 1, 0 for none; NULL when no
 *	row is looked for
 * @slot_bits: log2 of the number of slots, at least twice @max
 * @last: row found last; neighbours often share a cgroup
 * @exact_rss: sum the per-CPU parts of RSS
 */
struct table {
	const struct contmon_view *view;
	u8 *rows;
	u32 stride;
	u32 nr;
	u32 max;
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

/* The slot that has @id, or the empty one where it belongs */
static u32 *slot_of(struct table *table, u64 id)
{
	u32 mask = (1U << table->slot_bits) - 1;
	u32 i = hash_64(id, table->slot_bits);

	while (table->slots[i] &&
	       row_at(table, table->slots[i] - 1)->cgroup_id != id)
		i = (i + 1) & mask;
	return &table->slots[i];
}

static struct contmon_cgroup *table_find(struct table *table, u64 id)
{
	u32 slot;

	if (table->last && table->last->cgroup_id == id)
		return table->last;
	slot = *slot_of(table, id);
	if (!slot)
		return NULL;
	table->last = row_at(table, slot - 1);
	return table->last;
}

#ifdef CONFIG_MEMCG
static u64 pages_limit(unsigned long pages)
{
	return pages >= PAGE_COUNTER_MAX ? CONTMON_UNLIMITED :
					   (u64)pages << PAGE_SHIFT;
}

static u64 memory_event(struct mem_cgroup *memcg, enum memcg_memory_event event)
{
	return (u64)atomic_long_read(&memcg->memory_events[event]);
}

/* The root charges nothing, so it has no numbers */
static void fill_memcg(struct contmon_cgroup *row, struct cgroup *cgrp)
{
	struct cgroup_subsys_state *css;
	struct mem_cgroup *memcg;

	css = rcu_dereference(cgrp->subsys[memory_cgrp_id]);
	if (!css || !cgroup_parent(cgrp))
		return;

	memcg = mem_cgroup_from_css(css);
	row->memory_current_bytes =
		(u64)page_counter_read(&memcg->memory) << PAGE_SHIFT;
	row->memory_peak_bytes =
		(u64)READ_ONCE(memcg->memory.watermark) << PAGE_SHIFT;
	row->memory_max_bytes = pages_limit(READ_ONCE(memcg->memory.max));
	row->swap_current_bytes =
		(u64)page_counter_read(&memcg->swap) << PAGE_SHIFT;
	row->swap_max_bytes = pages_limit(READ_ONCE(memcg->swap.max));
	row->events_low = memory_event(memcg, MEMCG_LOW);
	row->events_high = memory_event(memcg, MEMCG_HIGH);
	row->events_max = memory_event(memcg, MEMCG_MAX);
	row->events_oom = memory_event(memcg, MEMCG_OOM);
	row->events_oom_kill = memory_event(memcg, MEMCG_OOM_KILL);
	row->valid |= CONTMON_CGROUP_MEMCG;
}
#else
static void fill_memcg(struct contmon_cgroup *row, struct cgroup *cgrp)
{
}
#endif

/*
 * The totals as the kernel last brought them up to date. It also does so when
 * the file is read, which a module cannot do. With 0 in cgroup.pressure it
 * keeps none: what was there before stays. The root's group is not exported.
 */
static void fill_psi(struct contmon_cgroup *row, struct cgroup *cgrp)
{
#ifdef CONFIG_PSI
	struct psi_group *group = cgrp->psi;
	u64 *total;

	if (!group || !READ_ONCE(group->enabled) || !cgroup_parent(cgrp))
		return;
	total = group->total[PSI_AVGS];
	row->psi_cpu_some_ns = READ_ONCE(total[PSI_CPU_SOME]);
	row->psi_cpu_full_ns = READ_ONCE(total[PSI_CPU_FULL]);
	row->psi_io_some_ns = READ_ONCE(total[PSI_IO_SOME]);
	row->psi_io_full_ns = READ_ONCE(total[PSI_IO_FULL]);
	row->psi_memory_some_ns = READ_ONCE(total[PSI_MEM_SOME]);
	row->psi_memory_full_ns = READ_ONCE(total[PSI_MEM_FULL]);
	row->valid |= CONTMON_CGROUP_PSI;
#endif
}

/*
 * What each CPU notes first: these are never reset, unlike the sums that the
 * kernel makes of them when cpu.stat is read. The root's is not kept.
 */
static void fill_cpu(struct contmon_cgroup *row, struct cgroup *cgrp)
{
	unsigned int cpu;
	u64 usage = 0;

	if (!cgroup_parent(cgrp))
		return;
	/* Not for_each_possible_cpu(), which takes a call for each CPU */
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (cpu_possible(cpu))
			usage += contmon_cgroup_runtime(cgrp, cpu);
	row->cpu_usage_ns = usage;
	row->valid |= CONTMON_CGROUP_CPU;
}

static void table_add(struct table *table, struct cgroup *cgrp, u64 fields)
{
	const struct cgroup *root = table->view->root;
	struct contmon_cgroup *row = row_at(table, table->nr);
	u64 id = cgroup_id(cgrp);

	/* Of constant size, so that no call is made of it */
	memset(row, 0, sizeof(*row));
	if (unlikely(table->stride > sizeof(*row)))
		memset(row + 1, 0, table->stride - sizeof(*row));
	row->cgroup_id = id;
	row->parent_id = cgrp == root ? 0 : cgroup_id(cgroup_parent(cgrp));
	row->level = cgrp->level - root->level;
	row->populated = cgroup_is_populated(cgrp);
	row->valid = CONTMON_CGROUP_BASE;
	if (fields & CONTMON_CGROUP_MEMCG)
		fill_memcg(row, cgrp);
	if (fields & CONTMON_CGROUP_CPU)
		fill_cpu(row, cgrp);
	if (fields & CONTMON_CGROUP_EXITED && contmon_trace_has_exited())
		contmon_exited_get(id, row);
	if (fields & CONTMON_CGROUP_PSI)
		fill_psi(row, cgrp);
	table->nr++;
	if (fields & CONTMON_CGROUP_TASKS) {
		row->valid |= CONTMON_CGROUP_TASKS;
		*slot_of(table, id) = table->nr;
	}
}

/*
 * One RCU section of the pre-order walk. @pos is pinned from one section to
 * the next; css_next_descendant_pre() copes with a pinned css that was removed
 * meanwhile. Returns the next place, pinned, or NULL at the end.
 */
static struct cgroup_subsys_state *list_section(struct table *table,
						struct cgroup_subsys_state *pos,
						u64 fields)
{
	struct cgroup_subsys_state *root = &table->view->root->self;
	struct cgroup_subsys_state *css = pos;
	unsigned int seen = 0;

	rcu_read_lock();
	while ((css = css_next_descendant_pre(css, root))) {
		/* Removed cgroups stay linked as long as they hold memory */
		if ((css->flags & CSS_ONLINE) && table->nr < table->max)
			table_add(table, css->cgroup, fields);
		if (++seen >= CGROUP_BATCH && css_tryget(css))
			break;
	}
	rcu_read_unlock();
	return css;
}

static int list_cgroups(struct table *table, u64 fields)
{
	struct cgroup_subsys_state *pos = NULL, *next;

	do {
		next = list_section(table, pos, fields);
		if (pos)
			css_put(pos);
		pos = next;
		if (fatal_signal_pending(current))
			break;
		cond_resched();
	} while (pos);

	if (!pos)
		return 0;
	css_put(pos);
	return -EINTR;
}

static void add_task(struct task_struct *task, void *data)
{
	struct table *table = data;
	struct contmon_cgroup *row;
	struct contmon_sums *sums;

	row = table_find(table, cgroup_id(task_dfl_cgroup(task)));
	if (!row)
		return;
	sums = contmon_sums_of(row);
	contmon_sums_count(sums, task);
	contmon_sums_memory(sums, task, table->exact_rss);
	contmon_sums_usage(sums, task);
}

static int add_tasks(struct table *table, u32 flags)
{
	struct contmon_query query;

	contmon_query_init(&query, 0, flags);
	table->exact_rss = flags & CONTMON_EXACT_RSS;
	return contmon_visit_tasks(&query, add_task, table);
}

/* Fills @table, whose rows are there, and counts those in use */
static int fill_table(struct table *table, struct contmon_snapshot_cgroups *arg)
{
	int ret = 0;

	if (arg->fields & CONTMON_CGROUP_EXITED)
		contmon_ended_settle();
	if (arg->fields & CONTMON_CGROUP_TASKS)
		ret = slots_alloc(table);
	if (!ret)
		ret = list_cgroups(table, arg->fields);
	if (!ret && (arg->fields & CONTMON_CGROUP_TASKS))
		ret = add_tasks(table, arg->flags);
	kvfree(table->slots);
	arg->nr_entries = table->nr;
	return ret;
}

static int copy_alike(u8 __user *to, const struct table *table)
{
	u32 i, nr;

	for (i = 0; i < table->nr; i += nr) {
		nr = min(table->nr - i, CGROUP_BATCH);
		if (copy_to_user(to + (size_t)i * table->stride,
				 row_at(table, i), (size_t)nr * table->stride))
			return -EFAULT;
		cond_resched();
	}
	return 0;
}

/* A row may be longer than the caller's: then it gets the first part */
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
		if (!(i % CGROUP_BATCH))
			cond_resched();
	}
	return 0;
}

static int rows_to_user(struct contmon_snapshot_cgroups *arg,
			const struct contmon_view *view, u32 max)
{
	struct table table = {
		.view = view,
		.stride = sizeof(struct contmon_cgroup),
		.max = max,
	};
	int ret;

	table.rows = kvmalloc_array(max, table.stride, GFP_KERNEL_ACCOUNT);
	if (!table.rows)
		return -ENOMEM;
	ret = fill_table(&table, arg);
	if (!ret)
		ret = copy_rows(arg, &table);
	kvfree(table.rows);
	return ret;
}

static int rows_to_mapping(struct contmon_mapping *map,
			   struct contmon_snapshot_cgroups *arg,
			   const struct contmon_view *view, u32 max)
{
	struct table table = {
		.view = view,
		.stride = arg->entry_size,
		.max = max,
	};
	int ret = -EINVAL;

	mutex_lock(&map->lock);
	table.rows = contmon_mapping_at(map, arg->entries,
					(u64)arg->nr_entries * arg->entry_size);
	if (table.rows)
		ret = fill_table(&table, arg);
	mutex_unlock(&map->lock);
	return ret;
}

static int check_args(const struct contmon_snapshot_cgroups *arg)
{
	u32 min_size = CONTMON_CGROUP_SIZE_V1;
	int ret;

	BUILD_BUG_ON(sizeof(struct contmon_cgroup) < CONTMON_CGROUP_SIZE_V1);
	ret = contmon_check_bits(arg->flags,
				 CONTMON_EXACT_RSS | CONTMON_TO_MAPPING);
	if (ret)
		return ret;
	ret = contmon_check_bits(arg->fields, CONTMON_CGROUP_ALL);
	if (ret)
		return ret;
	/* Rows are made in place; this came with version 2 */
	if (arg->flags & CONTMON_TO_MAPPING)
		min_size = sizeof(struct contmon_cgroup);
	return contmon_check_entries(arg->entry_size, arg->nr_entries,
				     min_size);
}

long contmon_snapshot_cgroups(struct contmon_file *file, void *_arg)
{
	struct contmon_snapshot_cgroups *arg = _arg;
	struct contmon_view view;
	u32 needed;
	int ret;

	ret = check_args(arg);
	if (ret)
		return ret;

	contmon_view_init(&view);
	needed = (u32)READ_ONCE(view.root->nr_descendants) + 1;
	if (needed > arg->nr_entries) {
		arg->nr_entries = needed;
		return -EMSGSIZE;
	}

	arg->taken_boottime_ns = contmon_view_now_boottime_ns(&view);
	needed = min(needed + CGROUP_SLACK, arg->nr_entries);
	if (arg->flags & CONTMON_TO_MAPPING)
		return rows_to_mapping(&file->map, arg, &view, needed);
	return rows_to_user(arg, &view, needed);
}
