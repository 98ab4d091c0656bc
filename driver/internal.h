/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_INTERNAL_H
#define CONTMON_INTERNAL_H

#include <linux/contmon.h>
#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/pid_namespace.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "view.h"

#define CONTMON_MAX_ENTRIES	(1U << 17)
#define CONTMON_MAX_ENTRY_SIZE	4096U
#define CONTMON_MAX_MAPPING	(64UL << 20)

/* Record sizes of older versions: the smallest that a caller may have */
#define CONTMON_TASK_SIZE_V1	288U
#define CONTMON_CGROUP_SIZE_V1	304U
#define CONTMON_CGROUP_SIZE_V2	480U

/* mapping.c: memory shared with the user, one for each open file */

struct contmon_user;

/**
 * struct contmon_mapping - memory of one open file
 * @lock: guards what follows, and writing to the memory
 * @pages: its pages
 * @nr_pages: how many there are
 * @address: where the kernel sees them; NULL before mmap()
 * @user: the file's
 * @charged_bytes: what @user is charged for them
 */
struct contmon_mapping {
	struct mutex lock;
	struct page **pages;
	unsigned long nr_pages;
	void *address;
	struct contmon_user *user;
	long charged_bytes;
};

void contmon_mapping_init(struct contmon_mapping *map,
			  struct contmon_user *user);
void contmon_mapping_destroy(struct contmon_mapping *map);
int contmon_mapping_mmap(struct contmon_mapping *map,
			 struct vm_area_struct *vma);

void *contmon_mapping_at(struct contmon_mapping *map, u64 offset, u64 bytes);

static inline u64 contmon_mapping_bytes(const struct contmon_mapping *map)
{
	return (u64)map->nr_pages << PAGE_SHIFT;
}

/* main.c */

struct contmon_stream;

/**
 * struct contmon_file - one open file
 * @user: that of the task which opened it
 * @map: memory that snapshots are written to
 * @place_lock: guards @place; taken before the mapping's lock
 * @place: where a snapshot of cgroups in parts goes on: behind this one; a
 *	reference, or NULL
 * @stream_lock: guards @stream
 * @stream: the events it watches, or NULL
 * @wait: where readers of events wait
 * @rcu: a stream that has ended may still wake them
 */
struct contmon_file {
	struct contmon_user *user;
	struct contmon_mapping map;
	struct mutex place_lock;
	struct cgroup *place;
	struct mutex stream_lock;
	struct contmon_stream *stream;
	struct wait_queue_head wait;
	struct rcu_head rcu;
};

/* task.c: one process as its caller may see it */

/**
 * struct contmon_query - what a call wants to know of each task
 * @view: who asks
 * @fields: CONTMON_TASK_* groups wanted
 * @exact_rss: sum the per-CPU parts of RSS
 * @threads: read threads, not processes
 * @usual: what contmond asks for each second: see contmon_task_fill()
 * @oom_pages: RAM and swap in pages, 0 when swap is not known
 */
struct contmon_query {
	struct contmon_view view;
	u64 fields;
	bool exact_rss;
	bool threads;
	bool usual;
	unsigned long oom_pages;
};

void contmon_query_init(struct contmon_query *query, u64 fields, u32 flags);
void contmon_query_set_swap(struct contmon_query *query, u64 swap_total_bytes);
void contmon_task_fill_usual(struct contmon_task *rec, struct task_struct *task,
			     pid_t pid, struct contmon_query *query);
void contmon_task_fill_other(struct contmon_task *rec, struct task_struct *task,
			     pid_t pid, struct contmon_query *query);

/**
 * contmon_task_fill() - read one process, or one thread of query->threads
 * @rec: written whole; may be memory that the user sees, but cannot write
 * @task: the thread group leader, or the thread
 * @pid: its id in the caller's pid namespace
 * @query: who asks, and for what
 *
 * Inside the rcu_read_lock() in which @task was found by its id. Does not sleep
 * or allocate.
 */
static inline void contmon_task_fill(struct contmon_task *rec,
				     struct task_struct *task, pid_t pid,
				     struct contmon_query *query)
{
	if (query->usual)
		contmon_task_fill_usual(rec, task, pid, query);
	else
		contmon_task_fill_other(rec, task, pid, query);
}

/* walk.c: the tasks that a query can see, in short RCU sections */

/*
 * What one RCU section may cost: see PERFORMANCE.md. A process with one thread
 * is 2, for its id and its thread, which is some 400 instructions.
 */
#define CONTMON_WALK_BUDGET 256

/* Tasks that one call of contmon_walk_next() returns at most */
#define CONTMON_WALK_RUN 16

/**
 * struct contmon_walk - a place among the tasks of a pid namespace
 * @ns: the namespace; kept alive by the caller
 * @type: PIDTYPE_TGID for processes, PIDTYPE_PID for threads
 * @list: ascending ids to look at, up to @list_end, or NULL for all; the
 *	caller's
 * @list_end: end of @list
 * @next: the lowest id not looked at yet
 * @task_cost: of a task, beyond its id and threads
 * @budget: what may still be spent in this section
 * @nr: how many tasks contmon_walk_next() found
 * @done: nothing is left
 * @tasks: they; valid until the section is left
 * @pids: their ids
 *
 * Goes through the namespace's table of ids in ascending order. A place is a
 * number, so there is nothing to lose when tasks die between two sections,
 * and a task that lives all the time is met exactly once.
 */
struct contmon_walk {
	struct pid_namespace *ns;
	enum pid_type type;
	const s32 *list;
	const s32 *list_end;
	unsigned long next;
	int task_cost;
	int budget;
	unsigned int nr;
	bool done;
	struct task_struct *tasks[CONTMON_WALK_RUN];
	pid_t pids[CONTMON_WALK_RUN];
};

void contmon_walk_init(struct contmon_walk *walk,
		       const struct contmon_query *query, unsigned long next);
void contmon_walk_enter(struct contmon_walk *walk) __acquires(RCU);
unsigned int contmon_walk_next(struct contmon_walk *walk, unsigned int max);
int contmon_walk_leave(struct contmon_walk *walk) __releases(RCU);

/**
 * contmon_visit_tasks() - call @visit for each task of a query
 * @query: who asks, and for what
 * @visit: in the RCU section in which the task was found; does not sleep
 * @data: for @visit
 *
 * Inline, so that @visit is. Returns 0, or -EINTR when the caller was killed.
 */
static __always_inline int
contmon_visit_tasks(const struct contmon_query *query,
		    void (*visit)(struct task_struct *task, void *data),
		    void *data)
{
	struct contmon_walk walk;
	unsigned int i;
	int ret = 0;

	contmon_walk_init(&walk, query, 0);
	while (!ret && !walk.done) {
		contmon_walk_enter(&walk);
		while (contmon_walk_next(&walk, CONTMON_WALK_RUN))
			for (i = 0; i < walk.nr; i++)
				visit(walk.tasks[i], data);
		ret = contmon_walk_leave(&walk);
	}
	return ret;
}

/* cgroup.c */

void contmon_cgroups_close(struct contmon_file *file);

/* reader.c and watch.c: the stream of events of an open file */

ssize_t contmon_stream_read(struct file *filp, char __user *buf, size_t size,
			    loff_t *pos);
__poll_t contmon_stream_poll(struct file *filp,
			     struct poll_table_struct *table);
void contmon_stream_close(struct contmon_file *file);

/* The ioctls; each gets its argument in kernel memory, copied in and out */

long contmon_get_info(struct contmon_file *file, void *arg);
long contmon_snapshot_tasks(struct contmon_file *file, void *arg);
long contmon_get_task(struct contmon_file *file, void *arg);
long contmon_snapshot_cgroups(struct contmon_file *file, void *arg);
long contmon_get_system(struct contmon_file *file, void *arg);
long contmon_alloc(struct contmon_file *file, void *arg);
void contmon_alloc_undo(struct contmon_file *file, void *arg);
long contmon_free(struct contmon_file *file, void *arg);
long contmon_resident(struct contmon_file *file, void *arg);
long contmon_read_cmdline(struct contmon_file *file, void *arg);
long contmon_watch(struct contmon_file *file, void *arg);

/* snapshot.c: checks that several ioctls share */

int contmon_check_bits(u64 value, u64 known);
int contmon_check_entries(u32 entry_size, u32 nr_entries, u32 min_size);

#endif /* CONTMON_INTERNAL_H */
