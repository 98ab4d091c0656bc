/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A host with cgroups for struct cgroups. A test that includes this has the
 * lines
 * " * wrap: contmon_has_cgroup1 contmon_identify_process clock_boottime_ns",
 * " * wrap: contmon_paths_new contmon_paths_find contmon_paths_keep",
 * " * wrap: contmon_paths_free contmon_paths_root stat" and
 * " * wrap: contmon_cgroup1_new contmon_cgroup1_find contmon_cgroup1_free".
 */
#ifndef TESTS_UNIT_OWNER_WORLD_H
#define TESTS_UNIT_OWNER_WORLD_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/user_slice.h"
#include "owner/cgroup.h"
#include "wrap_cgroup1.h"

#define SECOND 1000000000ULL

static struct names *names;
static struct cgroups *cgroups;
static bool has_cgroup1, is_v2_missing;
static int read_error;	/* of reading where a process is */
static int stat_error;	/* of looking at a directory */
static uint64_t now_ns;
static const char *place;	/* of all processes in cgroup v1; NULL: none */
static unsigned int nr_reads, nr_paths;

int __wrap_contmon_has_cgroup1(void);
int __wrap_contmon_identify_process(int32_t pid, struct contmon_identity *ret);
uint64_t __wrap_clock_boottime_ns(void);
int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret);
int __wrap_contmon_paths_find(struct contmon_paths *paths, uint64_t id,
				const char **ret_path);
void __wrap_contmon_paths_keep(struct contmon_paths *paths,
				 const struct contmon_cgroups *live);
void __wrap_contmon_paths_free(struct contmon_paths *paths);
const char *__wrap_contmon_paths_root(const struct contmon_paths *paths);
int __wrap_stat(const char *path, struct stat *ret);

/* The root of the hierarchy is bob's if @is_bobs, and nothing else is left. */
static bool is_bobs;

/* Hierarchies of v1 in which all processes are at @place; NULL: none */
static const char *mounted = "/v1";
static int find_error;	/* of looking for a place there */

static int owned_by(uid_t user, struct stat *ret)
{
	*ret = (struct stat){ .st_uid = geteuid() + user };
	return 0;
}

int __wrap_stat(const char *path, struct stat *ret)
{
	if (stat_error) {
		errno = stat_error;
		return -1;
	}
	if (strcmp(path, "/cgroups") == 0)
		return owned_by(is_bobs ? 7 : 0, ret);
	if (strcmp(path, "/v1/bobs.service") == 0)
		return owned_by(7, ret);
	if (strcmp(path, "/v1") == 0 || strcmp(path, "/v1/machine.slice") == 0)
		return owned_by(0, ret);
	errno = ENOENT;
	return -1;
}

int __wrap_contmon_cgroup1_new(struct contmon_cgroup1 **ret)
{
	if (!mounted)
		return -ENOENT;
	*ret = (struct contmon_cgroup1 *)&mounted;
	return 0;
}

void __wrap_contmon_cgroup1_free(struct contmon_cgroup1 *cgroup1)
{
	assert_ptr_equal(cgroup1, mounted && has_cgroup1 ? &mounted : NULL);
}

int __wrap_contmon_cgroup1_find(const struct contmon_cgroup1 *cgroup1,
				int32_t pid, const char *controller,
				const char *id, char **ret_directory,
				size_t *ret_root_length)
{
	struct contmon_identity who;

	assert_ptr_equal(cgroup1, &mounted);
	assert_true(pid > 0);
	if (find_error || strcmp(controller, "name=systemd") != 0)
		return find_error ?: -ENOENT;
	assert_int_equal(contmon_identify(place, &who), 1);
	assert_string_equal(id, who.id);
	assert_true(asprintf(ret_directory, "%s%.*s", mounted,
			     (int)who.path_length, place) > 0);
	*ret_root_length = strlen(mounted);
	return 0;
}

const char *__wrap_contmon_paths_root(const struct contmon_paths *paths)
{
	(void)paths;
	return "/cgroups";
}

int __wrap_contmon_has_cgroup1(void)
{
	return has_cgroup1;
}

int __wrap_contmon_identify_process(int32_t pid, struct contmon_identity *ret)
{
	assert_true(pid > 0);
	nr_reads++;
	if (read_error)
		return read_error;
	return place ? contmon_identify(place, ret) : 0;
}

uint64_t __wrap_clock_boottime_ns(void)
{
	return now_ns;
}

int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret)
{
	assert_null(root);
	if (is_v2_missing)
		return -ENOENT;
	*ret = (struct contmon_paths *)&cgroups;
	return 0;
}

/* All but 99 exist: "/lxc.payload.ID" from 100 on, the host's below */
int __wrap_contmon_paths_find(struct contmon_paths *paths, uint64_t id,
				const char **ret_path)
{
	static char path[64];

	(void)paths;
	nr_paths++;
	if (id == 99)
		return -ENOENT;
	snprintf(path, sizeof(path), id < 100 ? "/host.%u" : "/lxc.payload.%u",
		 (unsigned int)id);
	*ret_path = path;
	return 0;
}

void __wrap_contmon_paths_keep(struct contmon_paths *paths,
				 const struct contmon_cgroups *live)
{
	(void)paths;
	(void)live;
}

void __wrap_contmon_paths_free(struct contmon_paths *paths)
{
	(void)paths;
}

__attribute__((unused))
static void say(const char *id, const char *name, const char *cgroup,
		const char *runtime)
{
	const struct container_info said = {
		.id = id, .name = name, .cgroup = cgroup, .runtime = runtime,
	};

	assert_int_equal(names_set(names, &said), 0);
}

__attribute__((unused))
static int setup(void **state)
{
	(void)state;
	has_cgroup1 = false;
	is_v2_missing = false;
	read_error = 0;
	stat_error = 0;
	now_ns = 1000 * SECOND;
	place = NULL;
	mounted = "/v1";
	find_error = 0;
	is_bobs = false;
	nr_reads = 0;
	nr_paths = 0;
	cgroups = NULL;
	names = names_new();
	return 0;
}

__attribute__((unused))
static int teardown(void **state)
{
	(void)state;
	cgroups_free(cgroups);
	names_free(names);
	return 0;
}

__attribute__((unused))
static const char *title(const struct cgroup *cgroup)
{
	if (*cgroup->title)
		return cgroup->title;
	return cgroup->is_known ? "host" : "unknown";
}

__attribute__((unused))
static const char *title_of(uint64_t cgroup_id, int32_t pid, uint64_t age_ns)
{
	struct contmon_task task = {
		.valid = CONTMON_TASK_BASE | CONTMON_TASK_CGROUP,
		.pid = pid,
		.tgid = pid,
		.start_boottime_ns = 1000 * SECOND - age_ns,
		.cgroup_id = cgroup_id,
	};

	return title(cgroups_of_task(cgroups, &task));
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

#endif /* TESTS_UNIT_OWNER_WORLD_H */
