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

#include "owner.h"
#include "view.h"

#define CONTMON_MAX_ENTRIES	(1U << 17)
#define CONTMON_MAX_ENTRY_SIZE	4096U
#define CONTMON_MAX_MAPPING	(64UL << 20)

/* Record sizes of older versions: the smallest that a caller may use */
#define CONTMON_TASK_SIZE_V1	288U
#define CONTMON_CGROUP_SIZE_V1	304U
#define CONTMON_CGROUP_SIZE_V2	480U

/* mapping.c: memory shared with the user, one for each open file */

struct contmon_user;

/**
 * struct contmon_mapping - memory of one open file
 * @lock: guards the other members, and writing to the memory
 * @pages: its pages
 * @nr_pages: how many there are
 * @address: the kernel's address of them; NULL before mmap()
 * @user: the user of the file
 * @charged_bytes: bytes charged to @user
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
 * @user: the user of the task that opened it
 * @map: memory that snapshots are written to
 * @place_lock: guards @place; taken before the mapping's lock
 * @place: a snapshot of cgroups in parts continues after this cgroup; holds a
 *	reference, or NULL
 * @stream_lock: guards changes of @stream
 * @stream: its stream of events, or NULL
 * @wait: wait queue of the readers of events
 * @rcu: delays freeing, since a stream that has ended may still wake @wait
 */
struct contmon_file {
	struct contmon_user *user;
	struct contmon_mapping map;
	struct mutex place_lock;
	struct cgroup *place;
	struct mutex stream_lock;
	struct contmon_stream __rcu *stream;
	struct wait_queue_head wait;
	struct rcu_head rcu;
};

/* task.c: the record of one process */

/**
 * struct contmon_query - what a call reads of each task
 * @view: the caller's view
 * @fields: CONTMON_TASK_* groups wanted
 * @exact_rss: sum the per-CPU parts of RSS
 * @threads: read threads, not processes
 * @usual: the query that contmond makes every second: see usual_query
 * @oom_pages: RAM and swap in pages, 0 when swap is not known
 * @owner: for threads without memory
 */
struct contmon_query {
	struct contmon_view view;
	u64 fields;
	bool exact_rss;
	bool threads;
	bool usual;
	unsigned long oom_pages;
	struct contmon_owner owner;
};

void contmon_query_init(struct contmon_query *query, u64 fields, u32 flags);
void contmon_query_set_swap(struct contmon_query *query, u64 swap_total_bytes);
void contmon_task_fill_usual(struct contmon_task *rec, struct task_struct *task,
			     pid_t pid, struct contmon_query *query);
void contmon_task_fill_other(struct contmon_task *rec, struct task_struct *task,
			     pid_t pid, struct contmon_query *query);

/**
 * contmon_task_fill() - read one process, or one thread of query->threads
 * @rec: written whole; may be memory that the user can read, but not write
 * @task: the thread group leader, or the thread
 * @pid: its id in the caller's pid namespace
 * @query: the caller's view, and what to read
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

/* cgroup.c */

void contmon_cgroups_close(struct contmon_file *file);

/* reader.c and watch.c: the stream of events of an open file */

ssize_t contmon_stream_read(struct kiocb *iocb, struct iov_iter *to);
__poll_t contmon_stream_poll(struct file *filp,
			     struct poll_table_struct *table);
void contmon_stream_close(struct contmon_file *file);

/* The ioctls; main.c copies their arguments in and out */

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
