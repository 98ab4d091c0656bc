// SPDX-License-Identifier: LGPL-2.1-or-later
/* Takes snapshots of tasks by a walk through /proc */
#include "proc_reuse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A walk; @cgroup is the path of the filter's cgroup, owned by the cache */
struct walk {
	struct proc_source *p;
	const struct contmon_query *query;
	uint64_t fields;
	const char *cgroup;
	struct contmon_tasks *tasks;
};

static int check(const struct contmon_query *query)
{
	const uint32_t known = CONTMON_THREADS | CONTMON_FILTER_PIDS |
			       CONTMON_FILTER_UID | CONTMON_FILTER_CGROUP |
			       CONTMON_FILTER_RSS;
	size_t i;

	if ((query->flags & ~known) || (query->fields & ~CONTMON_TASK_ALL))
		return -EOPNOTSUPP;
	if (!(query->flags & CONTMON_FILTER_PIDS))
		return 0;
	if (query->nr_pids < 1 || query->nr_pids > CONTMON_MAX_PIDS)
		return -EINVAL;
	for (i = 0; i < query->nr_pids; i++)
		if (query->pids[i] < 1)
			return -EINVAL;
	return 0;
}

static bool wants_pid(const struct contmon_query *query, int32_t pid)
{
	size_t i;

	if (!(query->flags & CONTMON_FILTER_PIDS))
		return true;
	for (i = 0; i < query->nr_pids; i++)
		if (query->pids[i] == pid)
			return true;
	return false;
}

static bool is_below(const char *path, const char *cgroup)
{
	size_t length = strlen(cgroup);

	if (!path || strcmp(cgroup, "/") == 0)
		return path;
	return strncmp(path, cgroup, length) == 0 &&
	       (path[length] == 0 || path[length] == '/');
}

static bool passes(const struct walk *walk, const struct contmon_task *task,
		   const char *path)
{
	const struct contmon_query *query = walk->query;
	uint64_t rss = task->rss_anon_bytes + task->rss_file_bytes +
		       task->rss_shmem_bytes;

	if ((query->flags & CONTMON_FILTER_UID) && task->uid != query->uid)
		return false;
	if ((query->flags & CONTMON_FILTER_RSS) && rss < query->min_rss_bytes)
		return false;
	if ((query->flags & CONTMON_FILTER_CGROUP) &&
	    !is_below(path, walk->cgroup))
		return false;
	return true;
}

/* Adds a record that was read with the result @r; frees @path. */
static int add_record(struct walk *walk, int r,
		      const struct contmon_task *task, char *path)
{
	struct contmon_tasks *tasks = walk->tasks;

	if (r == 0 && passes(walk, task, path)) {
		r = contmon_tasks_reserve(tasks, tasks->nr + 1);
		if (r == 0)
			tasks->entries[tasks->nr++] = *task;
	}
	free(path);
	return r == -ESRCH ? 0 : r;
}

static int add(void *arg, const struct proc_place *place)
{
	struct walk *walk = arg;
	struct contmon_task task;
	char *path = NULL;
	int r;

	walk->tasks->nr_seen++;
	if (!wants_pid(walk->query, place->pid))
		return 0;
	r = proc_read_task(walk->p, place, walk->fields, &task, &path);
	return add_record(walk, r, &task, path);
}

static int add_or_reuse(void *arg, int dir_fd, const char *id, int32_t pid)
{
	struct walk *walk = arg;
	struct contmon_task task;
	char *path = NULL;
	int r;

	walk->tasks->nr_seen++;
	if (!wants_pid(walk->query, pid))
		return 0;
	r = proc_reuse_read(walk->p, dir_fd, id, pid, walk->fields, &task,
			    &path);
	return add_record(walk, r, &task, path);
}

static int walk_reusing(struct walk *walk)
{
	int r = proc_reuse_begin(walk->p);

	if (r == 0)
		r = proc_each_id(walk->p->root_fd, ".", add_or_reuse, walk);
	proc_reuse_end(walk->p);
	return r;
}

static int add_threads(void *arg, const struct proc_place *place)
{
	int r = proc_each_task(place->fd, "task", true, add, arg);

	return proc_is_gone(r) ? 0 : r;
}

static int compare_pids(const void *a, const void *b)
{
	const struct contmon_task *x = a, *y = b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

static uint64_t needed_fields(const struct contmon_query *query)
{
	uint64_t fields = query->fields | CONTMON_TASK_BASE;

	if (query->flags & CONTMON_FILTER_UID)
		fields |= CONTMON_TASK_CRED;
	if (query->flags & CONTMON_FILTER_RSS)
		fields |= CONTMON_TASK_MEM;
	if (query->flags & CONTMON_FILTER_CGROUP)
		fields |= CONTMON_TASK_CGROUP;
	return fields;
}

static int find_cgroup(struct walk *walk)
{
	if (!(walk->query->flags & CONTMON_FILTER_CGROUP))
		return 0;
	if (!walk->p->cgroups)
		return -ENOENT;
	return contmon_paths_find(walk->p->cgroups, walk->query->cgroup_id,
				  &walk->cgroup);
}

int proc_query_tasks(struct contmon *c, const struct contmon_query *query,
		     struct contmon_tasks *tasks)
{
	struct walk walk = {
		.p = c->proc,
		.query = query,
		.fields = needed_fields(query),
		.tasks = tasks,
	};
	bool threads = query->flags & CONTMON_THREADS;
	int r;

	tasks->nr = 0;
	tasks->nr_seen = 0;
	tasks->stamp = 0;
	r = check(query);
	if (r == 0)
		r = find_cgroup(&walk);
	if (r < 0)
		return r;

	tasks->taken_boottime_ns = contmon_now_ns(CLOCK_BOOTTIME);
	tasks->done_boottime_ns = tasks->taken_boottime_ns;
	if (c->proc->reuse && !threads)
		r = walk_reusing(&walk);
	else
		r = proc_each_task(c->proc->root_fd, ".", false,
				   threads ? add_threads : add, &walk);
	if (r < 0) {
		tasks->nr = 0;
		return r;
	}
	if (tasks->nr)
		qsort(tasks->entries, tasks->nr, sizeof(*tasks->entries),
		      compare_pids);
	return 0;
}
