/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A temporary directory as the mount of cgroup v2, for limits; it contains
 * /job.slice/job-1.slice/box/inner and /other. Calls may be made to fail.
 */
#ifndef TESTS_UNIT_LIMITS_TREE_H
#define TESTS_UNIT_LIMITS_TREE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libcontmon/internal.h"
#include "remove_tree.h"

#define MIB (1ULL << 20)
#define CPU 1000000000ULL
#define NONE CONTMON_UNLIMITED

enum { TOP, JOB, JOB_1, BOX, INNER, OTHER, NR };

static const struct {
	const char *path;
	int parent;
} cgroups[NR] = {
	[TOP] = { "/", -1 },
	[JOB] = { "/job.slice", TOP },
	[JOB_1] = { "/job.slice/job-1.slice", JOB },
	[BOX] = { "/job.slice/job-1.slice/box", JOB_1 },
	[INNER] = { "/job.slice/job-1.slice/box/inner", BOX },
	[OTHER] = { "/other", TOP },
};

static char root[32];
static struct contmon_cgroup rows[NR];
static struct contmon_cgroups snapshot;
static struct contmon_paths *paths;
static struct contmon_limits *limits;
static struct contmon_cgroup_limits got;

int __real_openat(int fd, const char *path, int flags, ...);
int __wrap_openat(int fd, const char *path, int flags, ...);
void *__real_calloc(size_t nr, size_t size);
void *__wrap_calloc(size_t nr, size_t size);

ssize_t __real_pread(int fd, void *to, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset);

static int pread_errno;
static int nr_quotas_read;
static int fail_at;	/* the call that fails, counted down; 0: none */
static int fail_errno;

static inline bool fails(int error)
{
	if (!fail_at || fail_errno != error || --fail_at)
		return false;
	errno = error;
	return true;
}

/* The next read fails with pread_errno. */
ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset)
{
	int error = pread_errno;

	pread_errno = 0;
	if (!error)
		return __real_pread(fd, to, size, offset);
	errno = error;
	return -1;
}

int __wrap_openat(int fd, const char *path, int flags, ...)
{
	nr_quotas_read += strstr(path, "/cpu.max") != NULL;
	return fails(EMFILE) ? -1 : __real_openat(fd, path, flags);
}

void *__wrap_calloc(size_t nr, size_t size)
{
	return fails(ENOMEM) ? NULL : __real_calloc(nr, size);
}

static inline const char *in_root(int cgroup, const char *name)
{
	static char full[256];

	snprintf(full, sizeof(full), "%s%s/%s", root, cgroups[cgroup].path,
		 name);
	return full;
}

static inline void put(int cgroup, const char *name, const char *text)
{
	FILE *f = fopen(in_root(cgroup, name), "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static inline void make(int cgroup)
{
	struct contmon_cgroup *row = &rows[cgroup];
	struct stat st;

	if (cgroup != TOP)
		assert_int_equal(mkdir(in_root(cgroup, ""), 0700), 0);
	assert_int_equal(stat(in_root(cgroup, ""), &st), 0);
	*row = (struct contmon_cgroup){
		.valid = CONTMON_CGROUP_BASE,
		.cgroup_id = st.st_ino,
	};
	if (cgroup == TOP)
		return;
	row->valid |= CONTMON_CGROUP_MEMCG;
	row->parent_id = rows[cgroups[cgroup].parent].cgroup_id;
	row->memory_max_bytes = NONE;
	row->swap_max_bytes = NONE;
	put(cgroup, "cpu.max", "max 100000\n");
	put(cgroup, "cpu.stat", "usage_usec 9\nnr_throttled 1\n"
	    "throttled_usec 5\n");
}

static inline int setup(void **state)
{
	int i;

	(void)state;
	strcpy(root, "/tmp/contmon-test-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	for (i = 0; i < NR; i++)
		make(i);
	put(TOP, "cgroup.controllers", "cpuset cpu io memory hugetlb\n");
	snapshot = (struct contmon_cgroups){ .entries = rows, .nr = NR };
	nr_quotas_read = fail_at = 0;
	memset(&got, 0xff, sizeof(got));
	return contmon_paths_new(root, &paths);
}

static inline int teardown(void **state)
{
	(void)state;
	contmon_limits_free(limits);
	limits = NULL;
	contmon_paths_free(paths);
	return remove_tree(root);
}

static inline void ask(int cgroup)
{
	contmon_limits_free(limits);
	limits = NULL;
	assert_int_equal(contmon_limits_new(paths, &snapshot, &limits), 0);
	assert_int_equal(contmon_limits_get(limits, rows[cgroup].cgroup_id,
					    &got), 0);
}

/* @owner: of the effective limit; -1: it is NONE */
static inline void assert_limit(const struct contmon_limit *limit,
				uint64_t own, uint64_t effective, int owner)
{
	assert_int_equal(limit->own, own);
	assert_int_equal(limit->effective, effective);
	assert_int_equal(limit->owner_id,
			 owner < 0 ? 0 : rows[owner].cgroup_id);
}

static inline void assert_known(uint64_t parts)
{
	const uint64_t all = CONTMON_LIMIT_MEMORY | CONTMON_LIMIT_SWAP |
			     CONTMON_LIMIT_CPU;

	assert_int_equal(got.valid & all, parts);
}

#define MEMORY_AND_SWAP (CONTMON_LIMIT_MEMORY | CONTMON_LIMIT_SWAP)
#define ALL (MEMORY_AND_SWAP | CONTMON_LIMIT_CPU)

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

#endif /* TESTS_UNIT_LIMITS_TREE_H */
