/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cgroups made from a table, without cgroup v1. A test that includes this has
 * the lines
 * " * wrap: contmon_paths_new contmon_paths_find contmon_paths_free" and
 * " * wrap: contmon_paths_root stat" and
 * " * wrap: contmon_has_cgroup1 contmon_identify_process" and
 * " * wrap: contmon_limits_new contmon_limits_get contmon_limits_free".
 */
#ifndef FAKE_PATHS_H
#define FAKE_PATHS_H

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contmon.h"

/**
 * struct fake_paths - set it before each test
 * @v: path of the cgroup whose id is the index; NULL: it is gone
 * @is_missing: no cgroup v2 is mounted
 * @has_cgroup1: cgroup v1 is in use, and process @pid1 is at @path1 in it
 * @lacks_controllers: of cgroup v2, so that it has no limits
 */
static struct fake_paths {
	const char *const *v;
	size_t nr;
	bool is_missing;
	bool has_cgroup1;
	int32_t pid1;
	const char *path1;
	bool lacks_controllers;
} fake_paths;

int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret);
int __wrap_contmon_paths_find(struct contmon_paths *paths, uint64_t id,
			      const char **ret_path);
void __wrap_contmon_paths_free(struct contmon_paths *paths);
const char *__wrap_contmon_paths_root(const struct contmon_paths *paths);
int __wrap_contmon_has_cgroup1(void);
int __wrap_contmon_identify_process(int32_t pid, struct contmon_identity *ret);

int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret)
{
	assert_null(root);
	if (fake_paths.is_missing)
		return -ENOENT;
	*ret = (struct contmon_paths *)&fake_paths;
	return 0;
}

int __wrap_contmon_paths_find(struct contmon_paths *paths, uint64_t id,
			      const char **ret_path)
{
	(void)paths;
	if (id >= fake_paths.nr || !fake_paths.v[id])
		return -ENOENT;
	*ret_path = fake_paths.v[id];
	return 0;
}

void __wrap_contmon_paths_free(struct contmon_paths *paths)
{
	(void)paths;
}

#define FAKE_CGROUPS "/nowhere"

/* Whose they are is told by their paths alone. */
const char *__wrap_contmon_paths_root(const struct contmon_paths *paths)
{
	(void)paths;
	return FAKE_CGROUPS;
}

int __real_stat(const char *path, struct stat *ret);
int __wrap_stat(const char *path, struct stat *ret);

int __wrap_stat(const char *path, struct stat *ret)
{
	if (strncmp(path, FAKE_CGROUPS, strlen(FAKE_CGROUPS)) != 0)
		return __real_stat(path, ret);
	*ret = (struct stat){ .st_uid = geteuid() };
	return 0;
}

int __wrap_contmon_has_cgroup1(void)
{
	return fake_paths.has_cgroup1;
}

int __wrap_contmon_identify_process(int32_t pid, struct contmon_identity *ret)
{
	assert_true(fake_paths.has_cgroup1);
	if (pid != fake_paths.pid1)
		return -ESRCH;
	return contmon_identify(fake_paths.path1, ret);
}

/* The limit of memory is the lowest memory.max up to the root; CPU has none. */
int __wrap_contmon_limits_new(struct contmon_paths *paths,
			      const struct contmon_cgroups *snapshot,
			      struct contmon_limits **ret);
int __wrap_contmon_limits_get(struct contmon_limits *limits, uint64_t id,
			      struct contmon_cgroup_limits *ret);
void __wrap_contmon_limits_free(struct contmon_limits *limits);

int __wrap_contmon_limits_new(struct contmon_paths *paths,
			      const struct contmon_cgroups *snapshot,
			      struct contmon_limits **ret)
{
	(void)paths;
	*ret = (struct contmon_limits *)snapshot;
	return 0;
}

int __wrap_contmon_limits_get(struct contmon_limits *limits, uint64_t id,
			      struct contmon_cgroup_limits *ret)
{
	const struct contmon_cgroups *all = (const void *)limits;
	struct contmon_limit *memory = &ret->memory_bytes;
	size_t i;

	*ret = (struct contmon_cgroup_limits){
		.valid = CONTMON_LIMIT_MEMORY | CONTMON_LIMIT_CPU,
		.memory_bytes = { CONTMON_UNLIMITED, CONTMON_UNLIMITED, 0 },
		.cpu_ns = { CONTMON_UNLIMITED, CONTMON_UNLIMITED, 0 },
	};
	if (fake_paths.lacks_controllers)
		ret->valid = 0;
	/* Parents come before children. */
	for (i = all->nr; i-- > 0;) {
		const struct contmon_cgroup *row = &all->entries[i];

		if (row->cgroup_id != id)
			continue;
		if (row->memory_max_bytes < memory->effective) {
			memory->effective = row->memory_max_bytes;
			memory->owner_id = id;
		}
		id = row->parent_id;
	}
	return 0;
}

void __wrap_contmon_limits_free(struct contmon_limits *limits)
{
	(void)limits;
}

#endif /* FAKE_PATHS_H */
