/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_INTERNAL_H
#define CONTMON_INTERNAL_H

#include <linux/contmon.h>
#include <linux/mutex.h>
#include <linux/pid_namespace.h>
#include <linux/radix-tree.h>
#include <linux/sched.h>
#include <linux/types.h>

#define CONTMON_MAX_ENTRIES	(1U << 17)
#define CONTMON_MAX_ENTRY_SIZE	4096U
#define CONTMON_MAX_MAPPING	(64UL << 20)

/* Sizes of version 1: the smallest that a caller may have */
#define CONTMON_TASK_SIZE_V1		288U
#define CONTMON_CONTAINER_SIZE_V1	304U

/* mapping.c: memory shared with the user, one for each open file */

struct contmon_mapping {
	struct mutex lock;	/* members, and who writes to the memory */
	struct page **pages;
	unsigned long nr_pages;
	void *address;		/* the kernel's view; NULL before mmap() */
};

void contmon_mapping_init(struct contmon_mapping *map);
void contmon_mapping_destroy(struct contmon_mapping *map);
int contmon_mapping_mmap(struct contmon_mapping *map,
			 struct vm_area_struct *vma);

static inline u64 contmon_mapping_bytes(const struct contmon_mapping *map)
{
	return (u64)map->nr_pages << PAGE_SHIFT;
}

/* main.c */

struct contmon_file {
	struct contmon_mapping map;
};

/* task.c: one process as its caller may see it */

/**
 * struct contmon_view - who looks, and at what
 * @pid_ns: the caller's; what is not in it does not exist
 * @user_ns: the caller's, for ids
 * @fields: CONTMON_TASK_* groups wanted
 * @exact_rss: sum the per-CPU parts of RSS
 * @see_all: no ptrace right is asked for
 * @oom_pages: RAM and swap in pages, 0 when swap is not known
 * @checked_ns: the user namespace that @checked_capable is about
 *
 * Belongs to one call; the namespaces are kept alive by current.
 */
struct contmon_view {
	struct pid_namespace *pid_ns;
	struct user_namespace *user_ns;
	u64 fields;
	bool exact_rss;
	bool see_all;
	unsigned long oom_pages;
	struct user_namespace *checked_ns;
	bool checked_capable;
};

void contmon_view_init(struct contmon_view *view, u64 fields, u32 flags);
void contmon_view_set_swap(struct contmon_view *view, u64 swap_total_bytes);
void contmon_task_fill(struct contmon_task *rec, struct task_struct *leader,
		       pid_t pid, struct contmon_view *view);

/* Counts of processes by the state of their leader */
struct contmon_states {
	u32 running;
	u32 sleeping;
	u32 uninterruptible;
	u32 stopped;
	u32 zombie;
	u32 idle;
};

void contmon_states_count(struct contmon_states *states, u32 letter);

/* walk.c: every process of a pid namespace, in bounded RCU sections */

/* Tasks looked at before the RCU section is left: see driver/PERFORMANCE.md */
#define CONTMON_WALK_BATCH 256

/**
 * struct contmon_walk - a place among the processes of a pid namespace
 * @ns: the namespace; kept alive by the caller
 * @next: the lowest pid not looked at yet
 * @pid: id of the process that contmon_walk_next() returned
 * @done: nothing is left
 *
 * Goes through the namespace's table of ids in ascending order. A place is a
 * number, so there is nothing to lose when tasks die between two sections,
 * and a process that lives all the time is met exactly once.
 */
struct contmon_walk {
	struct pid_namespace *ns;
	unsigned long next;
	pid_t pid;
	bool done;
	/* private, valid inside one section */
	struct radix_tree_iter iter;
	void __rcu **slot;
	unsigned int budget;
};

void contmon_walk_init(struct contmon_walk *walk, struct pid_namespace *ns,
		       unsigned long next);
void contmon_walk_enter(struct contmon_walk *walk);
struct task_struct *contmon_walk_next(struct contmon_walk *walk);
int contmon_walk_leave(struct contmon_walk *walk);

/* The ioctls; each gets its argument in kernel memory, copied in and out */

long contmon_get_info(struct contmon_file *file, void *arg);
long contmon_snapshot_tasks(struct contmon_file *file, void *arg);
long contmon_get_task(struct contmon_file *file, void *arg);
long contmon_snapshot_containers(struct contmon_file *file, void *arg);
long contmon_get_system(struct contmon_file *file, void *arg);
long contmon_alloc(struct contmon_file *file, void *arg);
void contmon_alloc_undo(struct contmon_file *file, void *arg);
long contmon_free(struct contmon_file *file, void *arg);
long contmon_resident(struct contmon_file *file, void *arg);

/* snapshot.c: checks that several ioctls share */

int contmon_check_bits(u64 value, u64 known);
int contmon_check_entries(u32 entry_size, u32 nr_entries, u32 min_size);

#endif /* CONTMON_INTERNAL_H */
