// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Memory limits are in the snapshot, but cpu.max is only in files: those of a
 * cgroup and of all its ancestors are read on demand. Containers share
 * ancestors, so the values read are kept for each row.
 */
#include "internal.h"
#include "proc_file.h"
#include "proc_text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* A number from a file; @state is 0 until it is read, then 1, or -errno */
struct reading {
	int state;
	uint64_t value;
};

/* Values of a row's files; @max_fd is cpu.max if it is kept open, or -1 */
struct quota {
	uint64_t cgroup_id;
	struct reading max_ns;
	struct reading throttled_ns;
	int max_fd;
};

struct contmon_limits {
	struct contmon_paths *paths;
	const struct contmon_cgroups *rows;
	struct contmon_cgroup **index;
	struct quota *quotas;	/* of each row */
	size_t nr_quotas;
	size_t nr_kept, max_kept;	/* descriptors of @quotas */
	struct proc_file file;
	int root_fd;
	bool has_memory, has_cpu;	/* controllers of cgroup v2 */
};

/* Is @word on the first line of the text? */
static bool has_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (; *text; text += *text == ' ') {
		size_t n = strcspn(text, " \n");

		if (n == length && memcmp(text, word, n) == 0)
			return true;
		text += n;
		if (*text == '\n')
			return false;
	}
	return false;
}

static int read_controllers(struct contmon_limits *limits)
{
	ssize_t n = proc_read(&limits->file, limits->root_fd,
			      "cgroup.controllers");

	if (n < 0)
		return proc_is_our_fault((int)n) ? (int)n : 0;
	limits->has_memory = has_word(limits->file.text, "memory");
	limits->has_cpu = has_word(limits->file.text, "cpu");
	return 0;
}

static int compare_quotas(const void *a, const void *b)
{
	const struct quota *x = a, *y = b;

	return (x->cgroup_id > y->cgroup_id) - (x->cgroup_id < y->cgroup_id);
}

static void forget_file(struct contmon_limits *limits, struct quota *quota)
{
	if (quota->max_fd < 0)
		return;
	close(quota->max_fd);
	quota->max_fd = -1;
	limits->nr_kept--;
}

static void forget_quotas(struct contmon_limits *limits)
{
	size_t i;

	for (i = 0; i < limits->nr_quotas; i++)
		forget_file(limits, &limits->quotas[i]);
	free(limits->quotas);
}

/* Moves the open files of cgroups that still exist to @quotas. */
static void pass_files(struct contmon_limits *limits, struct quota *quotas,
		       size_t nr)
{
	struct quota *old;
	size_t i;

	if (!limits->nr_quotas)
		return;
	qsort(limits->quotas, limits->nr_quotas, sizeof(*old), compare_quotas);
	for (i = 0; i < nr; i++) {
		old = bsearch(&quotas[i], limits->quotas, limits->nr_quotas,
			      sizeof(*old), compare_quotas);
		if (!old)
			continue;
		quotas[i].max_fd = old->max_fd;
		old->max_fd = -1;
	}
}

static int set_rows(struct contmon_limits *limits,
		    const struct contmon_cgroups *rows)
{
	struct contmon_cgroup **index = contmon_cgroups_index(rows);
	struct quota *quotas = calloc(rows->nr + 1, sizeof(*quotas));
	size_t i;

	if (!index || !quotas) {
		free(index);
		free(quotas);
		return -ENOMEM;
	}
	for (i = 0; i < rows->nr; i++) {
		quotas[i].cgroup_id = rows->entries[i].cgroup_id;
		quotas[i].max_fd = -1;
	}
	pass_files(limits, quotas, rows->nr);
	forget_quotas(limits);
	free(limits->index);
	limits->rows = rows;
	limits->index = index;
	limits->quotas = quotas;
	limits->nr_quotas = rows->nr;
	return 0;
}

int contmon_limits_new(struct contmon_paths *paths,
		       const struct contmon_cgroups *snapshot,
		       struct contmon_limits **ret)
{
	struct contmon_limits *limits = calloc(1, sizeof(*limits));
	int r;

	if (!limits)
		return -ENOMEM;
	limits->paths = paths;
	limits->root_fd = -1;
	r = set_rows(limits, snapshot);
	if (r == 0)
		r = proc_open_place(AT_FDCWD, contmon_paths_root(paths));
	if (r >= 0) {
		limits->root_fd = r;
		r = read_controllers(limits);
	}
	if (r < 0) {
		contmon_limits_free(limits);
		return r;
	}
	*ret = limits;
	return 0;
}

int contmon_limits_update(struct contmon_limits *limits,
			  const struct contmon_cgroups *snapshot)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		limits->max_kept = limit.rlim_cur / 4;
	return set_rows(limits, snapshot);
}

void contmon_limits_free(struct contmon_limits *limits)
{
	if (!limits)
		return;
	if (limits->root_fd >= 0)
		close(limits->root_fd);
	proc_file_done(&limits->file);
	forget_quotas(limits);
	free(limits->index);
	free(limits);
}

/* Distinguishes a missing file from a missing cgroup. */
static int missing_error(struct contmon_limits *limits, const char *path)
{
	int fd = proc_open_place(limits->root_fd, proc_relative(path));

	if (fd < 0)
		return fd;
	close(fd);
	return -ENODATA;
}

/* Opens a file of @row. Returns -ENODATA if it does not exist. */
static int open_file(struct contmon_limits *limits,
		     const struct contmon_cgroup *row, const char *name)
{
	char file[PATH_MAX];
	const char *path;
	int r;

	r = contmon_paths_find(limits->paths, row->cgroup_id, &path);
	if (r < 0)
		return r;
	if (snprintf(file, sizeof(file), "%s/%s", proc_relative(path), name) >=
	    (int)sizeof(file))
		return -ENAMETOOLONG;
	r = proc_open(limits->root_fd, file, O_RDONLY);
	return r == -ENOENT ? missing_error(limits, path) : r;
}

/* Reads a file of @row into limits->file. */
static int read_file(struct contmon_limits *limits,
		     const struct contmon_cgroup *row, const char *name)
{
	int fd = open_file(limits, row, name);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = proc_read_open(&limits->file, fd);
	close(fd);
	return n < 0 ? (int)n : 0;
}

/* Reads cpu.max. An open file fails if the controller was disabled. */
static int read_max_file(struct contmon_limits *limits,
			 const struct contmon_cgroup *row, struct quota *quota)
{
	ssize_t n;

	if (quota->max_fd >= 0) {
		if (proc_read_open(&limits->file, quota->max_fd) >= 0)
			return 0;
		forget_file(limits, quota);
	}
	if (limits->nr_kept >= limits->max_kept)
		return read_file(limits, row, "cpu.max");
	quota->max_fd = open_file(limits, row, "cpu.max");
	if (quota->max_fd < 0)
		return quota->max_fd;
	limits->nr_kept++;
	n = proc_read_open(&limits->file, quota->max_fd);
	return n < 0 ? (int)n : 0;
}

static struct quota *quota_of(struct contmon_limits *limits,
			      const struct contmon_cgroup *row)
{
	return &limits->quotas[row - limits->rows->entries];
}

/* Without the controller there is neither a file nor a quota. */
static const struct reading *read_max(struct contmon_limits *limits,
				      const struct contmon_cgroup *row)
{
	struct quota *quota = quota_of(limits, row);
	struct reading *max_ns = &quota->max_ns;
	int r;

	if (max_ns->state)
		return max_ns;
	max_ns->value = CONTMON_UNLIMITED;
	r = read_max_file(limits, row, quota);
	if (r == 0)
		r = proc_parse_quota(limits->file.text, &max_ns->value);
	max_ns->state = r == 0 || r == -ENODATA ? 1 : r;
	return max_ns;
}

static const struct reading *read_throttled(struct contmon_limits *limits,
					    const struct contmon_cgroup *row)
{
	struct reading *throttled_ns = &quota_of(limits, row)->throttled_ns;
	uint64_t us;
	int r;

	if (throttled_ns->state)
		return throttled_ns;
	r = read_file(limits, row, "cpu.stat");
	if (r == 0)
		r = proc_parse_number(limits->file.text, "throttled_usec ",
				      &us);
	if (r == 0 && us > UINT64_MAX / 1000)
		r = -EPROTO;
	if (r == 0)
		throttled_ns->value = us * 1000;
	throttled_ns->state = r < 0 ? r : 1;
	return throttled_ns;
}

/* Ignores a parent that does not precede its child, so that climbing ends. */
static const struct contmon_cgroup *
parent_of(const struct contmon_limits *limits, const struct contmon_cgroup *row)
{
	const struct contmon_cgroup *parent;

	parent = contmon_cgroups_find(limits->index, limits->rows->nr,
				      row->parent_id);
	return parent && parent < row ? parent : NULL;
}

/**
 * struct climb - one resource, on the way from a cgroup to the root
 * @limit: the lowest limit so far
 * @owner: row of the cgroup that sets it
 * @enabled: a row had the controller, so all its ancestors must have it
 * @unknown: a limit could not be read
 */
struct climb {
	struct contmon_limit limit;
	const struct contmon_cgroup *owner;
	bool enabled;
	bool unknown;
};

static const struct climb at_the_bottom = {
	.limit = { CONTMON_UNLIMITED, CONTMON_UNLIMITED, 0 },
};

static void pass(struct climb *climb, const struct contmon_cgroup *row,
		 uint64_t max)
{
	if (max >= climb->limit.effective)
		return;
	climb->limit.effective = max;
	climb->limit.owner_id = row->cgroup_id;
	climb->owner = row;
}

/* Groups that a cgroup has only if the memory controller is enabled */
#define HAS_MEMORY							\
	(CONTMON_CGROUP_MEMCG | CONTMON_CGROUP_PART_MEMORY_CURRENT |	\
	 CONTMON_CGROUP_PART_MEMORY_MAX)

/* The root of the hierarchy has no limits, and therefore no such files. */
static void pass_memory(struct climb *climb, const struct contmon_cgroup *row,
			uint64_t part, uint64_t max)
{
	climb->enabled |= (row->valid & HAS_MEMORY) != 0;
	if (row->valid & (CONTMON_CGROUP_MEMCG | part))
		pass(climb, row, max);
	else if (climb->enabled && row->parent_id)
		climb->unknown = true;
}

/* Combines the limits of @row and of all its ancestors. */
static int climb_up(struct contmon_limits *limits,
		    const struct contmon_cgroup *row, struct climb *memory,
		    struct climb *swap, struct climb *cpu)
{
	const struct contmon_cgroup *at = row, *top = NULL;
	const struct reading *max_ns;

	for (; at; at = parent_of(limits, at)) {
		top = at;
		pass_memory(memory, at, CONTMON_CGROUP_PART_MEMORY_MAX,
			    at->memory_max_bytes);
		pass_memory(swap, at, CONTMON_CGROUP_PART_SWAP_MAX,
			    at->swap_max_bytes);
		max_ns = read_max(limits, at);
		if (proc_is_our_fault(max_ns->state))
			return max_ns->state;
		cpu->unknown |= max_ns->state < 0;
		pass(cpu, at, max_ns->value);
		if (at != row)
			continue;
		memory->limit.own = memory->limit.effective;
		swap->limit.own = swap->limit.effective;
		cpu->limit.own = cpu->limit.effective;
	}
	if (top->parent_id)
		memory->unknown = swap->unknown = cpu->unknown = true;
	memory->enabled |= limits->has_memory;
	swap->enabled |= limits->has_memory;
	cpu->enabled = limits->has_cpu;
	return 0;
}

static void take(const struct climb *climb, uint64_t part,
		 struct contmon_limit *limit, uint64_t *valid)
{
	if (!climb->enabled || climb->unknown)
		return;
	*limit = climb->limit;
	*valid |= part;
}

static int fill_throttled(struct contmon_limits *limits,
			  const struct contmon_cgroup *owner,
			  struct contmon_cgroup_limits *found)
{
	const struct reading *throttled_ns = read_throttled(limits, owner);

	if (proc_is_our_fault(throttled_ns->state))
		return throttled_ns->state;
	if (throttled_ns->state < 0)
		return 0;
	found->cpu_throttled_ns = throttled_ns->value;
	found->valid |= CONTMON_LIMIT_THROTTLED;
	return 0;
}

int contmon_limits_get(struct contmon_limits *limits, uint64_t cgroup_id,
		       struct contmon_cgroup_limits *ret)
{
	struct climb memory = at_the_bottom, swap = at_the_bottom;
	struct climb cpu = at_the_bottom;
	struct contmon_cgroup_limits found = { 0 };
	const struct contmon_cgroup *row;
	int r;

	row = contmon_cgroups_find(limits->index, limits->rows->nr, cgroup_id);
	if (!row)
		return -ENOENT;
	r = climb_up(limits, row, &memory, &swap, &cpu);
	if (r < 0)
		return r;
	take(&memory, CONTMON_LIMIT_MEMORY, &found.memory_bytes, &found.valid);
	take(&swap, CONTMON_LIMIT_SWAP, &found.swap_bytes, &found.valid);
	take(&cpu, CONTMON_LIMIT_CPU, &found.cpu_ns, &found.valid);
	if (found.memory_bytes.owner_id &&
	    (memory.owner->valid & (CONTMON_CGROUP_MEMCG |
				    CONTMON_CGROUP_PART_MEMORY_CURRENT))) {
		found.memory_used_bytes = memory.owner->memory_current_bytes;
		found.valid |= CONTMON_LIMIT_MEMORY_USED;
	}
	if (found.cpu_ns.owner_id)
		r = fill_throttled(limits, cpu.owner, &found);
	if (r == 0)
		*ret = found;
	return r;
}
