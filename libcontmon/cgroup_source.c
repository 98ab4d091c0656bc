// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Rows of cgroups from cgroupfs. What it does not tell of a cgroup by itself is
 * made in cgroup_sums.c.
 */
#include "proc_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int read_limit(struct proc_source *p, int fd, const char *name,
		      uint64_t *ret)
{
	ssize_t n = proc_read(&p->file, fd, name);

	return n < 0 ? (int)n : proc_parse_limit(p->file.text, ret);
}

static int read_events(struct proc_source *p, int fd,
		       struct contmon_cgroup *row)
{
	ssize_t n = proc_read(&p->file, fd, "memory.events");
	uint64_t low, high, max, oom, oom_kill;

	if (n < 0)
		return (int)n;
	if (proc_parse_number(p->file.text, "low ", &low) < 0 ||
	    proc_parse_number(p->file.text, "high ", &high) < 0 ||
	    proc_parse_number(p->file.text, "max ", &max) < 0 ||
	    proc_parse_number(p->file.text, "oom ", &oom) < 0 ||
	    proc_parse_number(p->file.text, "oom_kill ", &oom_kill) < 0)
		return -EPROTO;
	row->events_low = low;
	row->events_high = high;
	row->events_max = max;
	row->events_oom = oom;
	row->events_oom_kill = oom_kill;
	return 0;
}

static int read_memcg(struct proc_source *p, int fd,
		      struct contmon_cgroup *row)
{
	uint64_t current, peak, max, swap, swap_max;
	int r;

	r = read_limit(p, fd, "memory.current", &current);
	if (r == 0)
		r = read_limit(p, fd, "memory.peak", &peak);
	if (r == 0)
		r = read_limit(p, fd, "memory.max", &max);
	if (r == 0)
		r = read_limit(p, fd, "memory.swap.current", &swap);
	if (r == 0)
		r = read_limit(p, fd, "memory.swap.max", &swap_max);
	if (r == 0)
		r = read_events(p, fd, row);
	if (r < 0)
		return r;
	row->memory_current_bytes = current;
	row->memory_peak_bytes = peak;
	row->memory_max_bytes = max;
	row->swap_current_bytes = swap;
	row->swap_max_bytes = swap_max;
	row->valid |= CONTMON_CGROUP_MEMCG;
	return 0;
}

static int read_pressure(struct proc_source *p, int fd, const char *name,
			 uint64_t *ret_some, uint64_t *ret_full)
{
	ssize_t n = proc_read(&p->file, fd, name);
	int r;

	if (n < 0)
		return (int)n;
	r = proc_parse_pressure(p->file.text, "some", ret_some);
	return r < 0 ? r : proc_parse_pressure(p->file.text, "full", ret_full);
}

static int read_psi(struct proc_source *p, int fd,
		    struct contmon_cgroup *row)
{
	uint64_t cpu[2], io[2], memory[2];
	int r;

	r = read_pressure(p, fd, "cpu.pressure", &cpu[0], &cpu[1]);
	if (r == 0)
		r = read_pressure(p, fd, "io.pressure", &io[0], &io[1]);
	if (r == 0)
		r = read_pressure(p, fd, "memory.pressure", &memory[0],
				  &memory[1]);
	if (r < 0)
		return r;
	row->psi_cpu_some_ns = cpu[0];
	row->psi_cpu_full_ns = cpu[1];
	row->psi_io_some_ns = io[0];
	row->psi_io_full_ns = io[1];
	row->psi_memory_some_ns = memory[0];
	row->psi_memory_full_ns = memory[1];
	row->valid |= CONTMON_CGROUP_PSI;
	return 0;
}

/* Of the whole subtree; proc_split_usage() makes it the cgroup's own. */
static int read_usage(struct proc_source *p, int fd,
		      struct contmon_cgroup *row)
{
	ssize_t n = proc_read(&p->file, fd, "cpu.stat");
	uint64_t usage_us;

	if (n < 0)
		return (int)n;
	if (proc_parse_number(p->file.text, "usage_usec ", &usage_us) < 0 ||
	    usage_us > UINT64_MAX / 1000)
		return -EPROTO;
	row->cpu_usage_ns = usage_us * 1000;
	row->valid |= CONTMON_CGROUP_CPU;
	return 0;
}

/*
 * The hierarchy's root has no such file, and is never empty: we are in it or
 * below it. The root of a cgroup namespace has one. Returns 1 for the former.
 */
static int read_populated(struct proc_source *p, int fd, bool is_first,
			  uint32_t *ret)
{
	ssize_t n = proc_read(&p->file, fd, "cgroup.events");
	uint64_t populated;

	if (n == -ENOENT && is_first) {
		*ret = 1;
		return 1;
	}
	if (n < 0)
		return (int)n;
	if (proc_parse_number(p->file.text, "populated ", &populated) < 0)
		return -EPROTO;
	*ret = populated != 0;
	return 0;
}

static int read_row(struct proc_source *p, int fd, uint64_t fields,
		    struct contmon_cgroup *row)
{
	static const struct {
		uint64_t group;
		int (*read)(struct proc_source *p, int fd,
			    struct contmon_cgroup *row);
	} readers[] = {
		{ CONTMON_CGROUP_MEMCG, read_memcg },
		{ CONTMON_CGROUP_PSI, read_psi },
		{ CONTMON_CGROUP_CPU, read_usage },
	};
	size_t i;
	int r;

	r = read_populated(p, fd, row->parent_id == 0, &row->populated);
	if (r < 0)
		return r;
	row->valid = CONTMON_CGROUP_BASE;
	/* As the driver: the host is no container. */
	if (r == 1)
		return 0;
	for (i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		if (!(fields & readers[i].group))
			continue;
		r = readers[i].read(p, fd, row);
		if (proc_is_our_fault(r))
			return r;
	}
	return 0;
}

struct fill {
	struct proc_source *p;
	uint64_t fields;
	struct contmon_cgroups *rows;
};

/* A cgroup that goes away while it is read has no row. */
static int add(void *arg, const struct cgroup_dir *dir)
{
	struct fill *fill = arg;
	struct contmon_cgroup row = {
		.cgroup_id = dir->id,
		.parent_id = dir->parent_id,
		.level = dir->level,
	};
	int fd, r;

	fd = proc_open_place(fill->p->cgroup_fd, proc_relative(dir->path));
	if (fd < 0)
		return proc_is_our_fault(fd) ? fd : 0;
	r = read_row(fill->p, fd, fill->fields, &row);
	close(fd);
	if (r < 0)
		return proc_is_our_fault(r) ? r : 0;

	r = contmon_cgroups_reserve(fill->rows, fill->rows->nr + 1);
	if (r == 0)
		fill->rows->entries[fill->rows->nr++] = row;
	return r;
}

int proc_snapshot_cgroups(struct contmon *c, uint64_t fields,
			     uint32_t flags, struct contmon_cgroups *ret)
{
	struct fill fill = { .p = c->proc, .fields = fields, .rows = ret };
	int r;

	ret->nr = 0;
	if (flags || (fields & ~CONTMON_CGROUP_ALL) || !c->proc->cgroups)
		return -EOPNOTSUPP;
	ret->taken_boottime_ns = contmon_now_ns(CLOCK_BOOTTIME);
	r = contmon_each_cgroup(contmon_paths_root(c->proc->cgroups), add,
				&fill);
	if (r == 0 && (fields & CONTMON_CGROUP_CPU))
		r = proc_split_usage(ret);
	if (r == 0 && (fields & CONTMON_CGROUP_TASKS))
		r = proc_sum_tasks(c, ret);
	if (r < 0)
		ret->nr = 0;
	return r;
}
