// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Records of processes that have not run since they were read.
 *
 * A process's directory is kept open, so its files are read no matter which
 * process has the pid later. schedstat tells how often its leader got a CPU,
 * and for how long. A process with a single thread that did not get a CPU
 * cannot have changed itself.
 */
#include "proc_reuse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/**
 * struct run - what a leader has run so far
 * @slices: number of time slices; 0: it never ran, or the kernel does not count
 */
struct run {
	uint64_t ns;
	uint64_t slices;
};

/**
 * struct kept - one process
 * @fd: its directory
 * @run: as of before @task was read
 * @fields: those of @task
 * @due_ns: when it is read again in any case, CLOCK_BOOTTIME
 * @seen: in the current walk
 */
struct kept {
	int32_t pid;
	int fd;
	struct run run;
	uint64_t fields;
	uint64_t due_ns;
	bool seen;
	struct contmon_task task;
};

/**
 * struct proc_reuse - processes in ascending order of pid
 * @max: limit for their descriptors
 * @nr_sorted: entries of @v that are sorted; later ones were found in the
 *	current walk
 * @scanned: number of pages that the kernel has examined so far to reclaim
 *	memory
 * @now_ns: start of the current walk
 */
struct proc_reuse {
	uint64_t max_age_ns;
	size_t max;
	struct kept *v;
	size_t nr, nr_allocated, nr_sorted;
	uint64_t scanned;
	uint64_t now_ns;
};

int proc_reuse_new(uint64_t max_age_ns, struct proc_reuse **ret)
{
	struct proc_reuse *reuse = calloc(1, sizeof(*reuse));
	struct rlimit limit;

	if (!reuse)
		return -ENOMEM;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		reuse->max = limit.rlim_cur / 2;
	reuse->max_age_ns = max_age_ns;
	*ret = reuse;
	return 0;
}

void proc_reuse_free(struct proc_reuse *reuse)
{
	size_t i;

	if (!reuse)
		return;
	for (i = 0; i < reuse->nr; i++)
		close(reuse->v[i].fd);
	free(reuse->v);
	free(reuse);
}

static int compare(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

/* Reads the kernel's counters of all reclaim, unknown before Linux 5.8. */
static int read_scanned(struct proc_source *p, uint64_t *ret)
{
	ssize_t n = proc_read(&p->file, p->root_fd, "vmstat");
	uint64_t anon, file;

	if (n < 0)
		return (int)n;
	if (proc_parse_number(p->file.text, "pgscan_anon ", &anon) < 0 ||
	    proc_parse_number(p->file.text, "pgscan_file ", &file) < 0)
		return -EPROTO;
	*ret = anon + file;
	return 0;
}

static void forget_records(struct proc_reuse *reuse)
{
	size_t i;

	for (i = 0; i < reuse->nr; i++)
		reuse->v[i].due_ns = 0;
}

/* Reclaim takes memory from sleeping processes. */
int proc_reuse_begin(struct proc_source *p)
{
	struct proc_reuse *reuse = p->reuse;
	uint64_t scanned = 0;
	size_t i;
	int r = read_scanned(p, &scanned);

	if (proc_is_our_fault(r))
		return r;
	if (r < 0 || scanned != reuse->scanned)
		forget_records(reuse);
	if (r == 0)
		reuse->scanned = scanned;
	reuse->now_ns = contmon_now_ns(CLOCK_BOOTTIME);
	reuse->nr_sorted = reuse->nr;
	for (i = 0; i < reuse->nr; i++)
		reuse->v[i].seen = false;
	return 0;
}

void proc_reuse_end(struct proc_source *p)
{
	struct proc_reuse *reuse = p->reuse;
	size_t i, nr = 0;

	for (i = 0; i < reuse->nr; i++) {
		if (reuse->v[i].seen)
			reuse->v[nr++] = reuse->v[i];
		else
			close(reuse->v[i].fd);
	}
	reuse->nr = nr;
	if (nr)
		qsort(reuse->v, nr, sizeof(*reuse->v), compare);
}

static struct kept *find(struct proc_reuse *reuse, int32_t pid)
{
	struct kept key = { .pid = pid };

	if (reuse->nr_sorted == 0)
		return NULL;
	return bsearch(&key, reuse->v, reuse->nr_sorted, sizeof(key), compare);
}

/*
 * Adds an entry for a new process. Returns NULL if it must be read each time.
 */
static struct kept *add(struct proc_reuse *reuse, int32_t pid)
{
	size_t nr = reuse->nr_allocated ? reuse->nr_allocated * 2 : 64;
	struct kept *v;

	if (reuse->nr >= reuse->max)
		return NULL;
	if (reuse->nr == reuse->nr_allocated) {
		v = reallocarray(reuse->v, nr, sizeof(*v));
		if (!v)
			return NULL;
		reuse->v = v;
		reuse->nr_allocated = nr;
	}
	reuse->v[reuse->nr] = (struct kept){ .pid = pid, .fd = -1 };
	return &reuse->v[reuse->nr++];
}

static int read_run(struct proc_source *p, int fd, struct run *ret)
{
	ssize_t n = proc_read(&p->file, fd, "schedstat");
	uint64_t v[3];

	if (n < 0)
		return (int)n;
	if (proc_parse_schedstat(p->file.text, v) < 0)
		return -EPROTO;
	*ret = (struct run){ v[0], v[2] };
	return 0;
}

/*
 * A process that was on a CPU, or waited for one, changes without another
 * slice.
 */
static bool has_changed(const struct kept *kept, const struct run *run,
			uint64_t fields, uint64_t now_ns)
{
	return run->slices == 0 || run->slices != kept->run.slices ||
	       run->ns != kept->run.ns || kept->fields != fields ||
	       now_ns >= kept->due_ns || kept->task.state == 'R' ||
	       kept->task.nr_threads != 1;
}

/* Spreads the due times of processes that were first seen together. */
static void keep(const struct proc_reuse *reuse, struct kept *kept,
		 const struct run *run, uint64_t fields,
		 const struct contmon_task *task)
{
	uint64_t part = kept->due_ns ? 10 : 1 + (uint64_t)kept->pid % 10;

	kept->due_ns = reuse->now_ns + reuse->max_age_ns / 10 * part;
	kept->run = *run;
	kept->fields = fields;
	kept->task = *task;
}

/* Reads a process whose directory is open. */
static int read_kept(struct proc_source *p, struct kept *kept, uint64_t fields,
		     struct contmon_task *ret, char **ret_path)
{
	const struct proc_place place = { .fd = kept->fd, .pid = kept->pid };
	struct run run = { 0 };
	int r = read_run(p, kept->fd, &run);

	if (proc_is_our_fault(r))
		return r;
	if (r < 0 || has_changed(kept, &run, fields, p->reuse->now_ns)) {
		r = proc_read_task(p, &place, fields, ret, ret_path);
		if (r == 0)
			keep(p->reuse, kept, &run, fields, ret);
		return r;
	}
	*ret = kept->task;
	return proc_read_place(p, &place, fields, ret, ret_path);
}

static int read_new(struct proc_source *p, int dir_fd, const char *name,
		    int32_t pid, uint64_t fields, struct contmon_task *ret,
		    char **ret_path)
{
	int fd = proc_open_place(dir_fd, name);
	struct kept here = { .pid = pid, .fd = fd }, *kept;
	int r;

	if (fd < 0)
		return proc_is_gone(fd) ? -ESRCH : fd;
	kept = add(p->reuse, pid);
	if (kept)
		kept->fd = fd;
	r = read_kept(p, kept ?: &here, fields, ret, ret_path);
	if (kept)
		kept->seen = r == 0;
	else
		close(fd);
	return r;
}

int proc_reuse_read(struct proc_source *p, int dir_fd, const char *name,
		    int32_t pid, uint64_t fields, struct contmon_task *ret,
		    char **ret_path)
{
	struct kept *kept = find(p->reuse, pid);
	int r = -ESRCH;

	*ret_path = NULL;
	if (kept && !kept->seen)
		r = read_kept(p, kept, fields, ret, ret_path);
	if (kept && r == 0)
		kept->seen = true;
	/* The pid may belong to another process now. */
	return r == -ESRCH ?
		read_new(p, dir_fd, name, pid, fields, ret, ret_path) : r;
}
