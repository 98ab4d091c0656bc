/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A contmon device made of functions that the linker puts in place of the C
 * library's. Like the driver it follows the rules of <linux/contmon.h>, so a
 * library that makes an invalid call gets the driver's error. A test that
 * includes this needs the line " * wrap: open close ioctl mmap munmap sysinfo".
 */
#ifndef FAKE_DEVICE_H
#define FAKE_DEVICE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>

#include "contmon.h"

#define FAKE_FD 7777
#define FAKE_TASK_FIRST_SIZE 288
#define FAKE_PAGE 4096
#define FAKE_FILTERS (CONTMON_FILTER_PIDS | CONTMON_FILTER_UID | \
		      CONTMON_FILTER_CGROUP | CONTMON_FILTER_RSS | \
		      CONTMON_FILTER_CHANGED)

/* A test with threads gives each thread a device: __thread */
#ifndef FAKE_STORAGE
#define FAKE_STORAGE
#endif

/* Properties of the device, and the calls made; reset by fake_setup() */
static FAKE_STORAGE struct fake {
	int open_errno;
	int ioctl_errno;
	int mmap_errno;
	int sysinfo_errno;
	int nr_eintr;		/* ioctls that fail with EINTR first */
	int nr_open_eintr;
	struct contmon_get_info info;

	size_t nr_tasks;
	size_t task_size;	/* of the driver's own record */
	uint64_t task_known;	/* groups that it can fill */
	uint64_t cgroup_known;	/* the same */
	char comm[16];
	uint64_t limit_bytes;	/* memory.max of every container */
	bool endless;		/* no records, but a cursor */
	bool boastful;		/* returns too many records */
	uint64_t stamps[3];	/* stamps of successive calls */
	size_t nr_cgroups;
	bool lacks_cgroups;	/* there is no cgroup v2 */
	size_t nr_more;		/* new containers with each failed call */

	void *mapping;
	size_t mapping_length;
	const char *opened_path;
	int opened_flags;
	struct contmon_snapshot_tasks tasks_arg;	/* the last one */
	struct contmon_snapshot_cgroups containers_arg;
	int nr_opened, nr_closed, nr_ioctls, nr_mapped, nr_unmapped;
} fake;

int __real_open(const char *path, int flags, ...);
int __real_close(int fd);
int __wrap_open(const char *path, int flags, ...);
int __wrap_close(int fd);
int __wrap_ioctl(int fd, unsigned long request, ...);
void *__wrap_mmap(void *address, size_t length, int prot, int flags, int fd,
		  off_t offset);
int __wrap_munmap(void *address, size_t length);
int __wrap_sysinfo(struct sysinfo *info);

static inline int fake_setup(void **state)
{
	(void)state;
	fake = (struct fake){
		.info = {
			.api_version = CONTMON_API_VERSION,
			.max_entries = 65536,
			.max_mapping_bytes = 64 << 20,
			.max_entry_size = FAKE_PAGE,
			.task_fields = CONTMON_TASK_ALL,
			.cgroup_fields = CONTMON_CGROUP_ALL,
			.task_entry_size = sizeof(struct contmon_task),
			.cgroup_entry_size =
				sizeof(struct contmon_cgroup),
			.release = "fake",
		},
		.nr_tasks = 10,
		.task_size = sizeof(struct contmon_task),
		.task_known = CONTMON_TASK_ALL,
		.cgroup_known = CONTMON_CGROUP_ALL,
		.comm = "fake",
		.limit_bytes = CONTMON_UNLIMITED,
		.nr_cgroups = 10,
	};
	return 0;
}

static inline int fake_error(int error)
{
	errno = error;
	return -1;
}

int __wrap_open(const char *path, int flags, ...)
{
	if (strcmp(path, "/fake") != 0 && strcmp(path, CONTMON_DEVICE) != 0)
		return __real_open(path, flags, 0600);

	fake.opened_path = path;
	fake.opened_flags = flags;
	if (fake.nr_open_eintr && fake.nr_open_eintr--)
		return fake_error(EINTR);
	if (fake.open_errno)
		return fake_error(fake.open_errno);
	fake.nr_opened++;
	return FAKE_FD;
}

int __wrap_close(int fd)
{
	if (fd != FAKE_FD)
		return __real_close(fd);
	fake.nr_closed++;
	return 0;
}

void *__wrap_mmap(void *address, size_t length, int prot, int flags, int fd,
		  off_t offset)
{
	assert_null(address);
	assert_int_equal(prot, PROT_READ);
	assert_int_equal(flags, MAP_SHARED);
	assert_int_equal(fd, FAKE_FD);
	assert_int_equal(offset, 0);
	assert_int_equal(length % FAKE_PAGE, 0);

	/* A file that is not open for writing cannot be mapped shared. */
	fake.nr_mapped++;
	if (fake.mmap_errno || length == 0 ||
	    (fake.opened_flags & O_ACCMODE) != O_RDWR ||
	    length > fake.info.max_mapping_bytes) {
		errno = fake.mmap_errno ? fake.mmap_errno : EINVAL;
		return MAP_FAILED;
	}
	fake.mapping = malloc(length);
	assert_non_null(fake.mapping);
	memset(fake.mapping, 0, length);
	fake.mapping_length = length;
	return fake.mapping;
}

int __wrap_munmap(void *address, size_t length)
{
	assert_ptr_equal(address, fake.mapping);
	assert_int_equal(length, fake.mapping_length);
	free(address);
	fake.mapping = NULL;
	fake.nr_unmapped++;
	return 0;
}

int __wrap_sysinfo(struct sysinfo *info)
{
	if (fake.sysinfo_errno)
		return fake_error(fake.sysinfo_errno);
	*info = (struct sysinfo){
		.totalswap = 5, .freeswap = 3, .mem_unit = 4096,
	};
	return 0;
}

/* Record @i of the driver, which may be longer than this library knows */
static inline void fake_task(size_t i, uint64_t fields, void *to, size_t size)
{
	unsigned char record[1024];
	struct contmon_task task = {
		.valid = CONTMON_TASK_BASE | (fields & fake.task_known),
		.pid = (int32_t)(i * 3 + 1),
		.tgid = (int32_t)(i * 3 + 1),
		.state = 'S',
		.cgroup_id = i + 1,
		.vsz_bytes = 1 << 20,
		.rss_anon_bytes = 1 << 12,
		.rss_file_bytes = 2 << 12,
		.rss_shmem_bytes = 3 << 12,
		.oom_score_adj = -1000,
		.oom_score = (uint32_t)i,
	};

	memcpy(task.comm, fake.comm, sizeof(task.comm));
	memset(record, 0xee, sizeof(record));
	memcpy(record, &task, sizeof(task));
	memset(to, 0, size);
	memcpy(to, record, size < fake.task_size ? size : fake.task_size);
}

static inline int fake_check_task_flags(uint32_t flags, uint32_t known)
{
	if (flags & ~known)
		return EOPNOTSUPP;
	return 0;
}

/* Where to write the records of a call, or NULL for a wrong address */
static inline char *fake_array(const struct contmon_snapshot_tasks *arg)
{
	size_t length = (size_t)arg->entry_size * arg->nr_entries;

	if (!(arg->flags & CONTMON_TO_MAPPING))
		return (char *)(uintptr_t)arg->entries;
	if (!fake.mapping || arg->entries % 8 ||
	    arg->entries + length > fake.mapping_length)
		return NULL;
	return (char *)fake.mapping + arg->entries;
}

static inline int fake_snapshot_tasks(struct contmon_snapshot_tasks *arg)
{
	uint32_t known = CONTMON_EXACT_RSS | CONTMON_SWAP_KNOWN |
			 CONTMON_TO_MAPPING;
	char *to = fake_array(arg);
	size_t i;

	if (fake.info.features & CONTMON_FEATURE_THREADS)
		known |= CONTMON_THREADS;
	if (fake.info.features & CONTMON_FEATURE_FILTERS)
		known |= FAKE_FILTERS;

	fake.tasks_arg = *arg;
	if (fake_check_task_flags(arg->flags, known))
		return fake_error(EOPNOTSUPP);
	if (!to || arg->size != sizeof(*arg) || arg->nr_entries == 0 ||
	    arg->nr_entries > fake.info.max_entries ||
	    arg->entry_size < FAKE_TASK_FIRST_SIZE || arg->entry_size % 8 ||
	    arg->entry_size > fake.info.max_entry_size ||
	    arg->cursor > fake.nr_tasks)
		return fake_error(EINVAL);

	for (i = 0; i < arg->nr_entries && arg->cursor < fake.nr_tasks; i++)
		fake_task((size_t)arg->cursor++, arg->fields,
			  to + i * arg->entry_size, arg->entry_size);
	arg->nr_entries = (uint32_t)i;
	if (arg->cursor == fake.nr_tasks)
		arg->cursor = 0;
	arg->taken_boottime_ns = 1000 + (uint64_t)fake.nr_ioctls;
	arg->nr_seen = i + 2;
	if (arg->flags & CONTMON_FILTER_CHANGED)
		arg->stamp = fake.stamps[fake.nr_ioctls % 3];
	if (fake.boastful)
		arg->nr_entries = fake.tasks_arg.nr_entries + 1;
	if (fake.endless) {
		arg->nr_entries = 0;
		arg->cursor = 1;
	}
	return 0;
}

static inline int fake_get_task(struct contmon_get_task *arg)
{
	if (fake_check_task_flags(arg->flags,
				  CONTMON_EXACT_RSS | CONTMON_SWAP_KNOWN))
		return fake_error(EOPNOTSUPP);
	if (arg->size != sizeof(*arg) || arg->pid < 1)
		return fake_error(EINVAL);
	if (arg->pid % 3 != 1 || (size_t)arg->pid / 3 >= fake.nr_tasks)
		return fake_error(ESRCH);
	fake_task((size_t)arg->pid / 3, arg->fields,
		  (void *)(uintptr_t)arg->entry, arg->entry_size);
	return 0;
}

static inline int
fake_snapshot_cgroups(struct contmon_snapshot_cgroups *arg)
{
	struct contmon_cgroup *to = (void *)(uintptr_t)arg->entries;
	uint32_t i;

	bool parts = arg->flags & CONTMON_IN_PARTS;
	uint32_t first = parts ? (uint32_t)arg->cursor : 0, room;

	fake.containers_arg = *arg;
	if ((arg->flags & ~(CONTMON_EXACT_RSS | CONTMON_IN_PARTS)) ||
	    (arg->fields & ~fake.info.cgroup_fields) || fake.lacks_cgroups)
		return fake_error(EOPNOTSUPP);
	if (!to || arg->size != sizeof(*arg) ||
	    arg->entry_size != sizeof(*to) || arg->nr_entries == 0 ||
	    arg->nr_entries > fake.info.max_entries)
		return fake_error(EINVAL);

	if (arg->nr_entries < fake.nr_cgroups && !parts) {
		arg->nr_entries = (uint32_t)fake.nr_cgroups;
		fake.nr_cgroups += fake.nr_more;
		return fake_error(EMSGSIZE);
	}
	room = arg->nr_entries;
	for (i = 0; i < room && first + i < fake.nr_cgroups; i++)
		to[i] = (struct contmon_cgroup){
			.valid = CONTMON_CGROUP_BASE |
				 (arg->fields & fake.cgroup_known),
			.cgroup_id = first + i + 1,
			.parent_id = first + i,
			.nr_tasks = 1,
			.rss_anon_sum_bytes = 4096,
			.memory_current_bytes = 65536,
			.memory_max_bytes = fake.limit_bytes,
		};
	arg->nr_entries = fake.boastful ? fake.info.max_entries : i;
	arg->taken_boottime_ns = 4711 + first;
	arg->cursor = parts && i == room ? first + i : 0;
	return 0;
}

static inline int fake_get_info(struct contmon_get_info *arg)
{
	if (arg->size != sizeof(*arg) || arg->flags)
		return fake_error(EINVAL);
	*arg = fake.info;
	arg->size = sizeof(*arg);
	return 0;
}

/* Tests may handle other ioctls themselves. */
static int (*fake_ioctl)(unsigned long request, void *arg);

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);

	assert_int_equal(fd, FAKE_FD);
	fake.nr_ioctls++;
	if (fake.nr_eintr && fake.nr_eintr--)
		return fake_error(EINTR);
	if (fake.ioctl_errno)
		return fake_error(fake.ioctl_errno);

	switch (request) {
	case CONTMON_GET_INFO:
		return fake_get_info(arg);
	case CONTMON_SNAPSHOT_TASKS:
		return fake_snapshot_tasks(arg);
	case CONTMON_GET_TASK:
		return fake_get_task(arg);
	case CONTMON_SNAPSHOT_CGROUPS:
		return fake_snapshot_cgroups(arg);
	default:
		return fake_ioctl ? fake_ioctl(request, arg) :
				    fake_error(ENOTTY);
	}
}

#endif /* FAKE_DEVICE_H */
