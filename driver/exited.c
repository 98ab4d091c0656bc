// SPDX-License-Identifier: GPL-2.0-only
/*
 * What processes that have ended used, kept for the cgroup they were in.
 *
 * A process is in the walk until it is reaped; when its task_struct is let go,
 * an RCU grace period later, sched_process_free tells, and its final numbers
 * are added here. The process still belongs to its cgroup then, but that may
 * have been removed: then they go to the nearest ancestor that is left. When
 * a cgroup is removed its own entry moves to the parent, so nothing is lost
 * from the sum over a subtree, and there are never more entries than cgroups.
 *
 * One lock orders it all: a cgroup is marked offline before cgroup_rmdir is
 * reported, so whoever finds it online under the lock comes before the move.
 */

#include <linux/cgroup.h>
#include <linux/hashtable.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "compat.h"
#include "internal.h"
#include "usage.h"

struct entry {
	struct hlist_node node;
	u64 cgroup_id;
	u64 nr_tasks;
	struct contmon_usage usage;
};

static DEFINE_HASHTABLE(entries, 10);
static DEFINE_RAW_SPINLOCK(entries_lock);
static bool exited_available;

static struct entry *find_entry(u64 cgroup_id)
{
	struct entry *entry;

	hash_for_each_possible(entries, entry, node, cgroup_id)
		if (entry->cgroup_id == cgroup_id)
			return entry;
	return NULL;
}

/*
 * Adds to the entry of @cgrp or of its nearest ancestor that is online. The
 * root is always online. entries_lock is held; @spare is used up when a new
 * entry is needed. Without one, and without memory, the numbers are lost.
 */
static void add_to(struct cgroup *cgrp, u64 nr_tasks,
		   const struct contmon_usage *usage, struct entry **spare)
{
	struct entry *entry;

	while (!(cgrp->self.flags & CSS_ONLINE) && cgroup_parent(cgrp))
		cgrp = cgroup_parent(cgrp);

	entry = find_entry(cgroup_id(cgrp));
	if (!entry) {
		entry = *spare;
		*spare = NULL;
		if (!entry)
			return;
		entry->cgroup_id = cgroup_id(cgrp);
		hash_add(entries, &entry->node, entry->cgroup_id);
	}
	entry->nr_tasks += nr_tasks;
	contmon_usage_add(&entry->usage, usage);
}

static bool has_entry(struct cgroup *cgrp)
{
	unsigned long flags;
	bool found;

	raw_spin_lock_irqsave(&entries_lock, flags);
	found = find_entry(cgroup_id(cgrp));
	raw_spin_unlock_irqrestore(&entries_lock, flags);
	return found;
}

/* sched_process_free: runs in the RCU callback that lets a task go */
static void probe_free(void *data, struct task_struct *task)
{
	struct entry *spare = NULL;
	struct contmon_usage usage;
	struct cgroup *cgrp;
	unsigned long flags;

	/* A thread's numbers are in its process'; a failed fork never ran */
	if (!thread_group_leader(task) || !task->exit_state)
		return;

	rcu_read_lock();
	contmon_usage_process(&usage, task, true);
	cgrp = task_dfl_cgroup(task);
	/* Seldom: the first process of a cgroup to end */
	if (!has_entry(cgrp))
		spare = kzalloc(sizeof(*spare), GFP_ATOMIC | __GFP_NOWARN);
	raw_spin_lock_irqsave(&entries_lock, flags);
	add_to(cgrp, 1, &usage, &spare);
	raw_spin_unlock_irqrestore(&entries_lock, flags);
	rcu_read_unlock();
	kfree(spare);
}

/* cgroup_rmdir: @cgrp is offline */
static void probe_rmdir(void *data, struct cgroup *cgrp, const char *path)
{
	struct entry *entry;
	unsigned long flags;

	raw_spin_lock_irqsave(&entries_lock, flags);
	entry = find_entry(cgroup_id(cgrp));
	if (entry) {
		struct entry *spare = entry;
		struct contmon_usage usage = entry->usage;
		u64 nr_tasks = entry->nr_tasks;

		/* The entry itself serves the parent if that has none */
		hash_del(&entry->node);
		memset(entry, 0, sizeof(*entry));
		add_to(cgrp, nr_tasks, &usage, &spare);
		entry = spare;
	}
	raw_spin_unlock_irqrestore(&entries_lock, flags);
	kfree(entry);
	contmon_events_cgroup_removed(cgrp, path);
}

static struct contmon_probe probes[] = {
	{ .name = "sched_process_free", .function = probe_free },
	{ .name = "cgroup_rmdir", .function = probe_rmdir },
};

/* contmon_exited_get() - fill the EXITED group of a row */
void contmon_exited_get(u64 cgroup_id, struct contmon_cgroup *row)
{
	struct contmon_usage *usage;
	struct entry *entry;
	unsigned long flags;

	if (!exited_available)
		return;

	usage = contmon_usage_of(row, exited_utime_ns,
				 exited_cancelled_write_bytes);
	raw_spin_lock_irqsave(&entries_lock, flags);
	entry = find_entry(cgroup_id);
	if (entry) {
		row->exited_tasks = entry->nr_tasks;
		*usage = entry->usage;
	}
	raw_spin_unlock_irqrestore(&entries_lock, flags);
	row->valid |= CONTMON_CGROUP_EXITED;
}

/* contmon_exited_init() - whether this kernel lets us keep account */
bool contmon_exited_init(void)
{
	exited_available =
		contmon_probes_find(probes, ARRAY_SIZE(probes)) &&
		!contmon_probes_register(probes, ARRAY_SIZE(probes));
	return exited_available;
}

void contmon_exited_exit(void)
{
	struct hlist_node *next;
	struct entry *entry;
	int bucket;

	if (exited_available)
		contmon_probes_unregister(probes, ARRAY_SIZE(probes));
	hash_for_each_safe(entries, bucket, next, entry, node) {
		hash_del(&entry->node);
		kfree(entry);
	}
}
