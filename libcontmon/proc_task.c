// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Reads one task's record from its files. A group is filled only if its file
 * can be read and has all of it. No file has the context switches of a
 * process's dead threads, so only a part of its FAULTS is known.
 */
#include "proc_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* PF_* of the kernel, as in "flags" of /proc/PID/stat */
#define FLAG_EXITING 0x00000004
#define FLAG_KTHREAD 0x00200000

static void fill_stat(const struct proc_source *p, const struct proc_stat *stat,
		      struct contmon_task *task)
{
	memcpy(task->comm, stat->comm, sizeof(task->comm));
	task->state = (uint32_t)stat->state;
	task->ppid = stat->ppid;
	task->nr_threads = stat->nr_threads;
	task->start_boottime_ns = stat->start_ticks * p->tick_ns;
	if (stat->flags & FLAG_KTHREAD)
		task->flags |= CONTMON_TASK_KTHREAD;
	if ((stat->flags & FLAG_EXITING) || strchr("ZX", stat->state))
		task->flags |= CONTMON_TASK_EXITING;
	task->valid |= CONTMON_TASK_BASE;
}

static void fill_sched(const struct proc_stat *stat, struct contmon_task *task)
{
	task->nice = stat->nice;
	task->policy = stat->policy;
	task->rt_priority = stat->rt_priority;
	task->last_cpu = stat->last_cpu;
	task->valid |= CONTMON_TASK_SCHED;
}

/* utime and stime divide up the run time, each rounded down to ticks. */
static void fill_cpu(const struct proc_source *p, const struct proc_stat *stat,
		     struct contmon_task *task)
{
	task->utime_ns = stat->utime_ticks * p->tick_ns;
	task->stime_ns = stat->stime_ticks * p->tick_ns;
	task->runtime_ns = task->utime_ns + task->stime_ns;
	task->valid |= CONTMON_TASK_CPU;
}

static void fill_cred(const struct proc_status *status,
		      struct contmon_task *task)
{
	task->uid = status->uid;
	task->gid = status->gid;
	task->euid = status->euid;
	task->egid = status->egid;
	task->valid |= CONTMON_TASK_CRED;
}

static void fill_mem(const struct proc_status *status,
		     struct contmon_task *task)
{
	task->vsz_bytes = status->vsz;
	task->rss_anon_bytes = status->rss_anon;
	task->rss_file_bytes = status->rss_file;
	task->rss_shmem_bytes = status->rss_shmem;
	task->swap_bytes = status->swap;
	task->pgtables_bytes = status->pgtables;
	task->locked_bytes = status->locked;
	task->rss_peak_bytes = status->rss_peak;
	task->valid |= CONTMON_TASK_MEM;
}

static void fill_faults(const struct proc_stat *stat,
			const struct proc_status *status, bool thread,
			struct contmon_task *task)
{
	task->minor_faults = stat->minor_faults;
	task->major_faults = stat->major_faults;
	task->valid |= CONTMON_TASK_PART_PAGE_FAULTS;
	if (!thread)
		return;
	task->voluntary_switches = status->voluntary_switches;
	task->involuntary_switches = status->involuntary_switches;
	task->valid |= CONTMON_TASK_FAULTS;
}

/* This and similar functions read groups whose absence is not an error. */
static int read_io(struct proc_source *p, const struct proc_place *place,
		   struct contmon_task *task)
{
	static const char *const keys[] = {
		"rchar:", "wchar:", "syscr:", "syscw:", "read_bytes:",
		"write_bytes:", "cancelled_write_bytes:",
	};
	uint64_t v[sizeof(keys) / sizeof(keys[0])];
	ssize_t n = proc_read(&p->file, place->fd, "io");
	size_t i;

	if (n < 0)
		return (int)n;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (proc_parse_number(p->file.text, keys[i], &v[i]) < 0)
			return -EPROTO;

	task->read_chars = v[0];
	task->write_chars = v[1];
	task->read_syscalls = v[2];
	task->write_syscalls = v[3];
	task->read_bytes = v[4];
	task->write_bytes = v[5];
	task->cancelled_write_bytes = v[6];
	task->valid |= CONTMON_TASK_IO;
	return 0;
}

static int read_oom_adj(struct proc_source *p, const struct proc_place *place,
			struct contmon_task *task)
{
	ssize_t n = proc_read(&p->file, place->fd, "oom_score_adj");
	int32_t adj;
	char end;

	if (n < 0)
		return (int)n;
	if (sscanf(p->file.text, "%d%c", &adj, &end) != 2)
		return -EPROTO;
	task->oom_score_adj = adj;
	task->valid |= CONTMON_TASK_OOM_ADJ;
	return 0;
}

static int read_oom_score(struct proc_source *p, const struct proc_place *place,
			  struct contmon_task *task)
{
	ssize_t n = proc_read(&p->file, place->fd, "oom_score");
	uint64_t score;

	if (n < 0)
		return (int)n;
	if (proc_parse_limit(p->file.text, &score) < 0 || score > UINT32_MAX)
		return -EPROTO;
	task->oom_score = (uint32_t)score;
	task->valid |= CONTMON_TASK_OOM_SCORE;
	return 0;
}

static int read_namespace(const struct proc_place *place, const char *name,
			  uint32_t *ret)
{
	char text[64];
	ssize_t n = readlinkat(place->fd, name, text, sizeof(text) - 1);

	if (n < 0)
		return -errno;
	text[n] = 0;
	return proc_parse_namespace(text, ret);
}

static int read_ns(struct proc_source *p, const struct proc_place *place,
		   struct contmon_task *task)
{
	const uint64_t parts = CONTMON_TASK_PART_PID_NS |
			       CONTMON_TASK_PART_NET_NS;
	uint32_t ns;

	(void)p;
	if (read_namespace(place, "ns/pid", &ns) == 0) {
		task->pid_ns = ns;
		task->valid |= CONTMON_TASK_PART_PID_NS;
	}
	if (read_namespace(place, "ns/net", &ns) == 0) {
		task->net_ns = ns;
		task->valid |= CONTMON_TASK_PART_NET_NS;
	}
	if ((task->valid & parts) == parts)
		task->valid = (task->valid & ~parts) | CONTMON_TASK_NS;
	return 0;
}

/*
 * The id is that of the current directory: a path that is reused has another
 * id, and a directory that was removed while it had zombies does not exist.
 */
static int read_cgroup(struct proc_source *p, const struct proc_place *place,
		       struct contmon_task *task, char **ret_path)
{
	ssize_t n = proc_read(&p->file, place->fd, "cgroup");
	const char *path;
	struct stat st;
	size_t length;
	char *copy;
	int r;

	if (n < 0)
		return (int)n;
	r = proc_parse_cgroup(p->file.text, &path, &length);
	if (r < 0 || p->cgroup_fd < 0)
		return r < 0 ? r : -ENOENT;
	r = contmon_paths_below(p->cgroups, path, length, &copy);
	if (r < 0)
		return r;

	if (fstatat(p->cgroup_fd, proc_relative(copy), &st,
		    AT_SYMLINK_NOFOLLOW) < 0) {
		r = -errno;
		free(copy);
		return r;
	}
	task->cgroup_id = st.st_ino;
	task->valid |= CONTMON_TASK_CGROUP;
	if (ret_path)
		*ret_path = copy;
	else
		free(copy);
	return 0;
}

/* A leader that exits before other threads no longer has their memory. */
static int read_headless_mem(struct proc_source *p,
			     const struct proc_place *place,
			     struct contmon_task *task)
{
	struct proc_status status;
	int r;

	if ((task->valid & CONTMON_TASK_MEM) || task->nr_threads < 2)
		return 0;
	r = proc_find_mem(p, place, &status);
	if (r == 1)
		fill_mem(&status, task);
	return r < 0 ? r : 0;
}

static int read_optional(struct proc_source *p, const struct proc_place *place,
			 uint64_t fields, struct contmon_task *task)
{
	static const struct {
		uint64_t group;
		int (*read)(struct proc_source *p,
			    const struct proc_place *place,
			    struct contmon_task *task);
	} readers[] = {
		{ CONTMON_TASK_NS, read_ns },
		{ CONTMON_TASK_IO, read_io },
		{ CONTMON_TASK_OOM_ADJ, read_oom_adj },
		{ CONTMON_TASK_OOM_SCORE, read_oom_score },
		{ CONTMON_TASK_RUNQ, proc_read_waits },
		{ CONTMON_TASK_MEM, read_headless_mem },
	};
	size_t i;
	int r;

	for (i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		if (!(fields & readers[i].group))
			continue;
		r = readers[i].read(p, place, task);
		if (proc_is_our_fault(r))
			return r;
	}
	return 0;
}

/* Reads /proc/PID/stat, and status if a group needs it. */
static int read_base(struct proc_source *p, const struct proc_place *place,
		     uint64_t fields, struct contmon_task *task)
{
	struct proc_status status;
	struct proc_stat stat;
	ssize_t n;

	n = proc_read(&p->file, place->fd, "stat");
	if (n < 0)
		return (int)n;
	if (proc_parse_stat(p->file.text, (size_t)n, &stat) < 0)
		return -EPROTO;
	n = proc_read(&p->file, place->fd, "status");
	if (n < 0)
		return (int)n;
	if (proc_parse_status(p->file.text, &status) < 0)
		return -EPROTO;

	task->pid = place->pid;
	task->tgid = status.tgid;
	fill_stat(p, &stat, task);
	if (fields & CONTMON_TASK_SCHED)
		fill_sched(&stat, task);
	if (fields & CONTMON_TASK_CPU)
		fill_cpu(p, &stat, task);
	if (fields & CONTMON_TASK_CRED)
		fill_cred(&status, task);
	if ((fields & CONTMON_TASK_MEM) && status.has_mm)
		fill_mem(&status, task);
	if (fields & CONTMON_TASK_FAULTS)
		fill_faults(&stat, &status, place->thread, task);
	return 0;
}

int proc_read_place(struct proc_source *p, const struct proc_place *place,
		    uint64_t fields, struct contmon_task *task,
		    char **ret_path)
{
	int r = 0;

	if (ret_path)
		*ret_path = NULL;
	task->cgroup_id = 0;
	task->valid &= ~(uint64_t)CONTMON_TASK_CGROUP;
	if (fields & CONTMON_TASK_CGROUP)
		r = read_cgroup(p, place, task, ret_path);
	return proc_is_our_fault(r) ? r : 0;
}

int proc_read_task(struct proc_source *p, const struct proc_place *place,
		   uint64_t fields, struct contmon_task *ret, char **ret_path)
{
	struct contmon_task task = { 0 };
	int r;

	if (ret_path)
		*ret_path = NULL;
	r = read_base(p, place, fields, &task);
	if (r == 0)
		r = read_optional(p, place, fields, &task);
	if (r < 0)
		return proc_is_gone(r) ? -ESRCH : r;
	r = proc_read_place(p, place, fields, &task, ret_path);
	if (r == 0)
		*ret = task;
	return r;
}
