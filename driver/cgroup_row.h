/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The row of one cgroup, except for the sums over its tasks.
 *
 * Runs in the RCU section in which the cgroup was found, and never sleeps. The
 * functions are inline because a call costs as much as reading a group.
 */
#ifndef CONTMON_CGROUP_ROW_H
#define CONTMON_CGROUP_ROW_H

#include <linux/cgroup.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/page_counter.h>
#include <linux/rcupdate.h>

#include "compat.h"
#include "exited.h"
#include "internal.h"
#include "trace.h"

#ifdef CONFIG_MEMCG
static inline u64 pages_limit(unsigned long pages)
{
	return pages >= PAGE_COUNTER_MAX ? CONTMON_UNLIMITED :
					   (u64)pages << PAGE_SHIFT;
}

static inline u64 memory_event(struct mem_cgroup *memcg,
			       enum memcg_memory_event event)
{
	return (u64)atomic_long_read(&memcg->memory_events[event]);
}

static inline struct mem_cgroup *memcg_of(struct cgroup *cgrp)
{
	struct cgroup_subsys_state *css;

	css = rcu_dereference(cgrp->subsys[memory_cgrp_id]);
	return css ? mem_cgroup_from_css(css) : NULL;
}

/* The root is not charged, so it has no values */
static inline void fill_memcg(struct contmon_cgroup *row, struct cgroup *cgrp)
{
	struct mem_cgroup *memcg = memcg_of(cgrp);

	if (!memcg || !cgroup_parent(cgrp))
		return;

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

/* The lowest limit applies: a child's may be above its parent's */
static inline void fill_limit(struct contmon_cgroup *row, struct cgroup *cgrp,
			      const struct cgroup *root)
{
	struct cgroup *at, *owner = NULL;
	unsigned long pages = PAGE_COUNTER_MAX, max;
	bool known = false;

	for (at = cgrp; at; at = at == root ? NULL : cgroup_parent(at)) {
		struct mem_cgroup *memcg = memcg_of(at);

		if (!memcg)
			continue;
		known = true;
		max = READ_ONCE(memcg->memory.max);
		if (max < pages) {
			pages = max;
			owner = at;
		}
	}
	if (!known)
		return;
	row->memory_limit_bytes = pages_limit(pages);
	row->memory_limit_cgroup_id = owner ? cgroup_id(owner) : 0;
	row->valid |= CONTMON_CGROUP_LIMIT;
}
#else
static inline void fill_memcg(struct contmon_cgroup *row, struct cgroup *cgrp)
{
}

static inline void fill_limit(struct contmon_cgroup *row, struct cgroup *cgrp,
			      const struct cgroup *root)
{
}
#endif

/*
 * The totals as of the kernel's last update. Reading the file would update
 * them, but a module cannot do that. With 0 in cgroup.pressure the kernel stops
 * updating them and leaves the old values. The root's group is not exported.
 */
static inline void fill_psi(struct contmon_cgroup *row, struct cgroup *cgrp)
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
 * The sum of the per-CPU times. These are always current, unlike the total that
 * the kernel updates when cpu.stat is read. There are none for the root.
 */
static inline void fill_cpu(struct contmon_cgroup *row, struct cgroup *cgrp)
{
	unsigned int cpu;
	u64 usage = 0;

	if (!cgroup_parent(cgrp))
		return;
	/* for_each_possible_cpu() would take a function call for each CPU */
	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (cpu_possible(cpu))
			usage += contmon_cgroup_runtime(cgrp, cpu);
	row->cpu_usage_ns = usage;
	row->valid |= CONTMON_CGROUP_CPU;
}

static inline void fill_stat(struct contmon_cgroup *row, struct cgroup *cgrp)
{
	row->nr_descendants = (u32)READ_ONCE(cgrp->nr_descendants);
	row->nr_dying_descendants = (u32)READ_ONCE(cgrp->nr_dying_descendants);
	row->valid |= CONTMON_CGROUP_STAT;
}

/* Reading the times of this many CPUs, or this many ancestors, costs a row */
#define CPUS_A_ROW 16
#define LEVELS_A_ROW 16

/**
 * contmon_cgroup_fill() - read one cgroup
 * @row: zeroed
 * @cgrp: the root of @view, or a cgroup below it
 * @view: the caller's view
 * @fields: CONTMON_CGROUP_* groups wanted; sums over tasks are not filled
 *
 * Returns the cost, in rows without groups.
 */
static __always_inline int
contmon_cgroup_fill(struct contmon_cgroup *row, struct cgroup *cgrp,
		    const struct contmon_view *view, u64 fields)
{
	const struct cgroup *root = view->root;
	int cost = 1;

	row->cgroup_id = cgroup_id(cgrp);
	row->parent_id = cgrp == root ? 0 : cgroup_id(cgroup_parent(cgrp));
	row->level = cgrp->level - root->level;
	row->populated = cgroup_is_populated(cgrp);
	row->valid = CONTMON_CGROUP_BASE;
	if (fields & CONTMON_CGROUP_MEMCG)
		fill_memcg(row, cgrp);
	if (fields & CONTMON_CGROUP_CPU) {
		fill_cpu(row, cgrp);
		cost += nr_cpu_ids / CPUS_A_ROW;
	}
	if (fields & CONTMON_CGROUP_EXITED && contmon_trace_has_exited())
		contmon_exited_get(row->cgroup_id, row);
	if (fields & CONTMON_CGROUP_PSI)
		fill_psi(row, cgrp);
	if (fields & CONTMON_CGROUP_LIMIT) {
		fill_limit(row, cgrp, root);
		cost += row->level / LEVELS_A_ROW;
	}
	if (fields & CONTMON_CGROUP_STAT)
		fill_stat(row, cgrp);
	return cost;
}

#endif /* CONTMON_CGROUP_ROW_H */
