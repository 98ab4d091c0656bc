// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The source for hosts without the driver: procfs and cgroupfs. Its records are
 * like the driver's, but with fewer groups.
 */
#include "proc_reuse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int get_task(struct contmon *c, int32_t pid, uint64_t fields,
		    uint32_t flags, struct contmon_task *ret)
{
	struct proc_place place;
	int r;

	if (pid < 1)
		return -EINVAL;
	if ((flags & ~CONTMON_THREADS) || (fields & ~CONTMON_TASK_ALL))
		return -EOPNOTSUPP;
	r = proc_find(c->proc, pid, flags & CONTMON_THREADS, &place);
	if (r < 0)
		return r;
	r = proc_read_task(c->proc, &place, fields, ret, NULL);
	close(place.fd);
	return r;
}

static int read_cmdline(struct contmon *c, int32_t pid, char *buffer,
			size_t size, uint64_t *ret_total_bytes)
{
	struct proc_place place;
	ssize_t n;
	int r;

	if (pid < 1 || size == 0)
		return -EINVAL;
	if (size > CONTMON_MAX_CMDLINE)
		size = CONTMON_MAX_CMDLINE;
	r = proc_find(c->proc, pid, false, &place);
	if (r < 0)
		return r;
	n = proc_read(&c->proc->file, place.fd, "cmdline");
	close(place.fd);
	if (n < 0)
		return n == -EACCES ? -EPERM : n == -ENOENT ? -ESRCH : (int)n;

	if (ret_total_bytes)
		*ret_total_bytes = (uint64_t)n;
	if ((size_t)n < size)
		size = (size_t)n;
	memcpy(buffer, c->proc->file.text, size);
	return (int)size;
}

static int get_info(struct contmon *c, struct contmon_get_info *ret)
{
	struct contmon_get_info info = {
		.size = sizeof(info),
		.api_version = CONTMON_API_VERSION,
		.max_entries = UINT32_MAX,
		.features = CONTMON_FEATURE_THREADS | CONTMON_FEATURE_FILTERS |
			    CONTMON_FEATURE_CMDLINE,
		.task_fields = CONTMON_TASK_ALL & ~CONTMON_TASK_DELAY,
		.cgroup_fields = CONTMON_CGROUP_BASE |
				    CONTMON_CGROUP_MEMCG |
				    CONTMON_CGROUP_PSI |
				    CONTMON_CGROUP_CPU,
		.max_entry_size = sizeof(struct contmon_cgroup),
		.task_entry_size = sizeof(struct contmon_task),
		.cgroup_entry_size = sizeof(struct contmon_cgroup),
		.nr_cpus = (uint32_t)sysconf(_SC_NPROCESSORS_ONLN),
		.now_boottime_ns = contmon_now_ns(CLOCK_BOOTTIME),
		.now_monotonic_ns = contmon_now_ns(CLOCK_MONOTONIC),
		.now_realtime_ns = contmon_now_ns(CLOCK_REALTIME),
		.release = "procfs",
	};

	if (c->proc->cgroup_fd < 0)
		info.task_fields &= ~(uint64_t)CONTMON_TASK_CGROUP;
	*ret = info;
	return 0;
}

static int open_events(struct contmon *c, const struct contmon_watch *watch,
		       struct contmon_events **ret)
{
	(void)c;
	(void)watch;
	(void)ret;
	return -EOPNOTSUPP;
}

static uint64_t round_up(uint64_t length_bytes)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	return (length_bytes + page - 1) / page * page;
}

static int alloc(struct contmon *c, uint64_t length_bytes, void **ret_address,
		 uint64_t *ret_length_bytes)
{
	uint64_t length = round_up(length_bytes);
	void *address;

	(void)c;
	if (length_bytes == 0)
		return -EINVAL;
	if (length < length_bytes)
		return -EOVERFLOW;
	if (length > SIZE_MAX)	/* on 32 bits */
		return -ENOMEM;
	address = mmap(NULL, (size_t)length, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (address == MAP_FAILED)
		return -errno;
	*ret_address = address;
	if (ret_length_bytes)
		*ret_length_bytes = length;
	return 0;
}

static int give_back(struct contmon *c, void *address, uint64_t length_bytes)
{
	uint64_t length = round_up(length_bytes);

	(void)c;
	if (length < length_bytes)
		return -EOVERFLOW;
	if (length > SIZE_MAX)
		return -EINVAL;
	return munmap(address, (size_t)length) < 0 ? -errno : 0;
}

/* No file distinguishes written pages from those that were only read. */
static int resident(struct contmon *c, const void *address,
		    uint64_t length_bytes, uint64_t *ret_bytes)
{
	(void)c;
	(void)address;
	(void)length_bytes;
	(void)ret_bytes;
	return -EOPNOTSUPP;
}

static void free_source(struct proc_source *p)
{
	if (!p)
		return;
	proc_reuse_free(p->reuse);
	contmon_paths_free(p->cgroups);
	if (p->cgroup_fd >= 0)
		close(p->cgroup_fd);
	if (p->root_fd >= 0)
		close(p->root_fd);
	free(p->file.text);
	free(p);
}

static void close_source(struct contmon *c)
{
	free_source(c->proc);
}

static const struct source_ops proc_ops = {
	.close = close_source,
	.get_info = get_info,
	.query_tasks = proc_query_tasks,
	.get_task = get_task,
	.read_cmdline = read_cmdline,
	.snapshot_cgroups = proc_snapshot_cgroups,
	.get_system = proc_get_system,
	.open_events = open_events,
	.alloc = alloc,
	.free = give_back,
	.resident = resident,
};

/*
 * A host without cgroup v2 still has processes. So has one whose mount of it is
 * not accessible, because it is below another mount or a closed directory.
 */
static int open_cgroups(struct proc_source *p, const char *root)
{
	int r = contmon_paths_new(root, &p->cgroups);

	if (r == 0)
		r = proc_open(AT_FDCWD, contmon_paths_root(p->cgroups),
				    O_RDONLY | O_DIRECTORY);
	if (r >= 0) {
		p->cgroup_fd = r;
		return 0;
	}
	contmon_paths_free(p->cgroups);
	p->cgroups = NULL;
	return proc_is_our_fault(r) ? r : 0;
}

int contmon_reuse(struct contmon *c, uint64_t max_age_ns)
{
	struct proc_reuse *reuse = NULL;
	int r = 0;

	if (!c->proc)
		return 0;
	if (max_age_ns)
		r = proc_reuse_new(max_age_ns, &reuse);
	if (r < 0)
		return r;
	proc_reuse_free(c->proc->reuse);
	c->proc->reuse = reuse;
	return 0;
}

int contmon_open_procfs(struct contmon *c, const char *proc_root,
			const char *cgroup_root)
{
	struct proc_source *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return -ENOMEM;
	p->root_fd = -1;
	p->cgroup_fd = -1;
	p->tick_ns = 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK);

	r = proc_open(AT_FDCWD, proc_root, O_RDONLY | O_DIRECTORY);
	if (r < 0)
		goto err;
	p->root_fd = r;
	r = open_cgroups(p, cgroup_root);
	if (r < 0)
		goto err;

	c->proc = p;
	c->ops = &proc_ops;
	return 0;
err:
	free_source(p);
	return r;
}
