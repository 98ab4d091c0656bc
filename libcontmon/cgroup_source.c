// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Reads rows of cgroups from cgroupfs. cgroup_sums.c computes what no file has.
 */
#include "proc_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * A missing or malformed file makes only its own part unknown. Functions that
 * read files return 0, or an error of this process.
 */
static int our_fault(int error)
{
	return proc_is_our_fault(error) ? error : 0;
}

/* A group is valid only if all its parts are. */
static void set_group(struct contmon_cgroup *row, uint64_t group,
		      uint64_t parts)
{
	if ((row->valid & parts) == parts)
		row->valid = (row->valid & ~parts) | group;
}

static int read_events(struct proc_source *p, int fd,
		       struct contmon_cgroup *row)
{
	ssize_t n = proc_read(&p->file, fd, "memory.events");
	const char *text = p->file.text;
	uint64_t low, high, max, oom, oom_kill;

	if (n < 0)
		return our_fault((int)n);
	if (proc_parse_number(text, "low ", &low) == 0 &&
	    proc_parse_number(text, "high ", &high) == 0 &&
	    proc_parse_number(text, "max ", &max) == 0 &&
	    proc_parse_number(text, "oom ", &oom) == 0) {
		row->events_low = low;
		row->events_high = high;
		row->events_max = max;
		row->events_oom = oom;
		row->valid |= CONTMON_CGROUP_PART_EVENTS;
	}
	if (proc_parse_number(text, "oom_kill ", &oom_kill) == 0) {
		row->events_oom_kill = oom_kill;
		row->valid |= CONTMON_CGROUP_PART_OOM_KILLS;
	}
	return 0;
}

#define MEMORY_PARTS							\
	(CONTMON_CGROUP_PART_MEMORY_CURRENT |				\
	 CONTMON_CGROUP_PART_MEMORY_PEAK |				\
	 CONTMON_CGROUP_PART_MEMORY_MAX |				\
	 CONTMON_CGROUP_PART_SWAP_CURRENT |				\
	 CONTMON_CGROUP_PART_SWAP_MAX |					\
	 CONTMON_CGROUP_PART_EVENTS | CONTMON_CGROUP_PART_OOM_KILLS)

/* Files with a single number */
static const struct {
	const char *name;
	uint64_t part;
	size_t offset;
} memory_files[] = {
#define MEMORY_FILE(name, part, member)					\
	{ name, CONTMON_CGROUP_PART_##part,				\
	  offsetof(struct contmon_cgroup, member) }
	MEMORY_FILE("memory.current", MEMORY_CURRENT, memory_current_bytes),
	MEMORY_FILE("memory.peak", MEMORY_PEAK, memory_peak_bytes),
	MEMORY_FILE("memory.max", MEMORY_MAX, memory_max_bytes),
	MEMORY_FILE("memory.swap.current", SWAP_CURRENT, swap_current_bytes),
	MEMORY_FILE("memory.swap.max", SWAP_MAX, swap_max_bytes),
#undef MEMORY_FILE
};

static int read_memcg(struct proc_source *p, int fd,
		      struct contmon_cgroup *row)
{
	uint64_t value;
	size_t i;
	int r;

	for (i = 0; i < sizeof(memory_files) / sizeof(memory_files[0]); i++) {
		r = (int)proc_read(&p->file, fd, memory_files[i].name);
		if (proc_is_our_fault(r))
			return r;
		if (r < 0 || proc_parse_limit(p->file.text, &value) < 0)
			continue;
		memcpy((char *)row + memory_files[i].offset, &value,
		       sizeof(value));
		row->valid |= memory_files[i].part;
	}
	r = read_events(p, fd, row);
	set_group(row, CONTMON_CGROUP_MEMCG, MEMORY_PARTS);
	return r;
}

#define PSI_PARTS							\
	(CONTMON_CGROUP_PART_PSI_CPU_SOME |				\
	 CONTMON_CGROUP_PART_PSI_CPU_FULL |				\
	 CONTMON_CGROUP_PART_PSI_IO | CONTMON_CGROUP_PART_PSI_MEMORY)

/* Reads both lines of a file. */
static int read_pressure(struct proc_source *p, int fd, const char *name,
			 uint64_t part, struct contmon_cgroup *row,
			 __u64 *some_ns, __u64 *full_ns)
{
	int n = (int)proc_read(&p->file, fd, name);
	uint64_t some, full;

	if (n < 0)
		return our_fault(n);
	if (proc_parse_pressure(p->file.text, "some", &some) < 0 ||
	    proc_parse_pressure(p->file.text, "full", &full) < 0)
		return 0;
	*some_ns = some;
	*full_ns = full;
	row->valid |= part;
	return 0;
}

/* Before Linux 5.13 the file has only one line. */
static int read_cpu_pressure(struct proc_source *p, int fd,
			     struct contmon_cgroup *row)
{
	int n = (int)proc_read(&p->file, fd, "cpu.pressure");
	uint64_t ns;

	if (n < 0)
		return our_fault(n);
	if (proc_parse_pressure(p->file.text, "some", &ns) == 0) {
		row->psi_cpu_some_ns = ns;
		row->valid |= CONTMON_CGROUP_PART_PSI_CPU_SOME;
	}
	if (proc_parse_pressure(p->file.text, "full", &ns) == 0) {
		row->psi_cpu_full_ns = ns;
		row->valid |= CONTMON_CGROUP_PART_PSI_CPU_FULL;
	}
	return 0;
}

static int read_psi(struct proc_source *p, int fd,
		    struct contmon_cgroup *row)
{
	int r = read_cpu_pressure(p, fd, row);

	if (r == 0)
		r = read_pressure(p, fd, "io.pressure",
				  CONTMON_CGROUP_PART_PSI_IO, row,
				  &row->psi_io_some_ns, &row->psi_io_full_ns);
	if (r == 0)
		r = read_pressure(p, fd, "memory.pressure",
				  CONTMON_CGROUP_PART_PSI_MEMORY, row,
				  &row->psi_memory_some_ns,
				  &row->psi_memory_full_ns);
	set_group(row, CONTMON_CGROUP_PSI, PSI_PARTS);
	return r;
}

/*
 * The value covers the whole subtree; proc_split_usage() reduces it to the
 * cgroup itself.
 */
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
 * The root of the hierarchy lacks this file, and is never empty, because this
 * process is in it or below it. The root of a cgroup namespace has the file.
 * Returns 1 for the root of the hierarchy.
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
	/* Like the driver: the host is not a container. */
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

/* A cgroup that is removed while it is read has no row. */
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
