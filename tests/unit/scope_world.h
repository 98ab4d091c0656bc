/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A host whose containers are to be found. A test that includes this has the
 * lines " * wrap: contmon_paths_new contmon_paths_find contmon_paths_root",
 * " * wrap: contmon_paths_free contmon_has_cgroup1 contmon_identify_process"
 * and " * wrap: contmon_cgroup1_new stat qsort bsearch".
 */
#ifndef TESTS_UNIT_SCOPE_WORLD_H
#define TESTS_UNIT_SCOPE_WORLD_H

#include "tests/unit/daemon.h"
#include "tests/unit/wrap_cgroup1.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/user_slice.h"
#include "contmond/collect/scope.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

#define OTHER "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

static const char *const paths[] = {
	"/", "/batch", "/batch/job-7", "/batch/job-7/own",
	"/batch/job-7/own/in", "/docker/" ID,
	"/docker/" ID "/docker/" OTHER, "/bobs.service/docker-" ID ".scope",
	"/user.slice/user-1000.slice/docker-" ID ".scope",
	"/closed/in/docker-" ID ".scope", "/gone/docker-" ID ".scope",
};

static struct names *names;
static struct cgroups *cgroups;
static struct scope_map *map;
static bool has_v1, is_v2_missing;
static int paths_error;	/* of looking for a path */
static int stat_error;	/* of looking at a directory; positive */
static struct contmon_cgroup rows[COUNT(paths)];
static struct contmon_cgroups snapshot = { .entries = rows,
					   .nr = COUNT(rows) };

/* Indices from 1 are the pids, and for @paths the ids of cgroups. */
static const char *const in_v1[] = { "/", "/lxc/web", "/lxc/web", "/lxc/db" };
static struct contmon_task processes[COUNT(in_v1)];
static struct contmon_tasks tasks = { .entries = processes };

/* Instead of these: as many processes as @tasks has, in containers of v1 */
static int nr_of_many;

static size_t nr_comparisons;
static int (*compare_counted)(const void *a, const void *b);

int __wrap_contmon_has_cgroup1(void);
int __wrap_contmon_identify_process(int32_t pid, struct contmon_identity *ret);
int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret);
void __wrap_contmon_paths_free(struct contmon_paths *freed);
int __wrap_contmon_paths_find(struct contmon_paths *all, uint64_t id,
			      const char **ret_path);
const char *__wrap_contmon_paths_root(const struct contmon_paths *all);

int __real_stat(const char *path, struct stat *ret);
int __wrap_stat(const char *path, struct stat *ret);

int __wrap_stat(const char *path, struct stat *ret)
{
	static const char root[] = "/sys/fs/cgroup/";
	const char *place = path + sizeof(root) - 1;

	if (strncmp(path, root, sizeof(root) - 1) != 0)
		return __real_stat(path, ret);
	errno = stat_error;
	if (stat_error)
		return -1;
	*ret = (struct stat){ 0 };
	if (strcmp(place, "bobs.service") == 0)
		ret->st_uid = geteuid() + 7;
	errno = strcmp(place, "closed/in") == 0 ? EACCES : ENOENT;
	return strcmp(place, "closed/in") == 0 || strcmp(place, "gone") == 0 ?
	       -1 : 0;
}

void __real_qsort(void *array, size_t nr, size_t size,
		  int (*compare)(const void *a, const void *b));
void __wrap_qsort(void *array, size_t nr, size_t size,
		  int (*compare)(const void *a, const void *b));
void *__real_bsearch(const void *key, const void *array, size_t nr, size_t size,
		     int (*compare)(const void *a, const void *b));
void *__wrap_bsearch(const void *key, const void *array, size_t nr, size_t size,
		     int (*compare)(const void *a, const void *b));

static int count_comparison(const void *a, const void *b)
{
	nr_comparisons++;
	return compare_counted(a, b);
}

void __wrap_qsort(void *array, size_t nr, size_t size,
		  int (*compare)(const void *a, const void *b))
{
	compare_counted = compare;
	__real_qsort(array, nr, size, count_comparison);
}

void *__wrap_bsearch(const void *key, const void *array, size_t nr, size_t size,
		     int (*compare)(const void *a, const void *b))
{
	compare_counted = compare;
	return __real_bsearch(key, array, nr, size, count_comparison);
}

/* Not those of the host that runs the test, where the processes are others */
int __wrap_contmon_cgroup1_new(struct contmon_cgroup1 **ret)
{
	(void)ret;
	return -ENOENT;
}

int __wrap_contmon_has_cgroup1(void)
{
	return has_v1;
}

int __wrap_contmon_identify_process(int32_t pid, struct contmon_identity *ret)
{
	char path[32];

	assert_true(has_v1);
	if (nr_of_many) {
		snprintf(path, sizeof(path), "/lxc/c%d", pid % nr_of_many);
		return contmon_identify(path, ret);
	}
	if (pid > (int32_t)COUNT(in_v1))
		return -ESRCH;
	return contmon_identify(in_v1[pid - 1], ret);
}

int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret)
{
	assert_null(root);
	if (is_v2_missing)
		return -ENOENT;
	*ret = (struct contmon_paths *)&rows;
	return 0;
}

void __wrap_contmon_paths_free(struct contmon_paths *freed)
{
	(void)freed;
}

/* The id of a cgroup is its index in @paths, from 1 on. */
int __wrap_contmon_paths_find(struct contmon_paths *all, uint64_t id,
			      const char **ret_path)
{
	(void)all;
	if (paths_error)
		return paths_error;
	*ret_path = paths[id - 1];
	return 0;
}

const char *__wrap_contmon_paths_root(const struct contmon_paths *all)
{
	(void)all;
	return "/sys/fs/cgroup";
}

static int setup(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		rows[i].cgroup_id = i + 1;
	tasks.nr = 0;
	tasks.entries = processes;
	nr_of_many = 0;
	paths_error = stat_error = 0;
	has_v1 = is_v2_missing = false;
	names = names_new();
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	return scope_map_new(cgroups, names, &map);
}

static int teardown(void **state)
{
	(void)state;
	scope_map_free(map);
	cgroups_free(cgroups);
	names_free(names);
	return 0;
}

__attribute__((unused))
static void say(const char *id, const char *cgroup, const char *runtime)
{
	const struct container_info name = { .id = id, .cgroup = cgroup,
					     .runtime = runtime };

	assert_int_equal(names_set(names, &name), 0);
}

__attribute__((unused))
static struct scope *scope_of(size_t i)
{
	struct scope *scope;

	assert_int_equal(scope_map_find(map, i + 1, &scope), 0);
	return scope;
}

static void update(void)
{
	assert_int_equal(scope_map_update(map, &snapshot, &tasks), 0);
}

#endif /* TESTS_UNIT_SCOPE_WORLD_H */
