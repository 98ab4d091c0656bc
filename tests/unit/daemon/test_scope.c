// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whose cgroup is it: by its path, and by what the engine says.
 *
 * wrap: contmon_paths_find contmon_paths_root
 */
#include "tests/unit/daemon.h"

#include "contmond/collect/scope.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char *const paths[] = {
	"/", "/batch", "/batch/job-7", "/batch/job-7/own",
	"/batch/job-7/own/in", "/docker/" ID,
};

static struct names *names;
static struct scope_map *map;
static struct contmon_cgroup rows[COUNT(paths)];
static struct contmon_cgroups snapshot = { .entries = rows,
					   .nr = COUNT(rows) };

int __wrap_contmon_paths_find(struct contmon_paths *cgroups, uint64_t id,
			      const char **ret_path);
const char *__wrap_contmon_paths_root(const struct contmon_paths *cgroups);

/* The id of a cgroup is its place in @paths, from 1 on. */
int __wrap_contmon_paths_find(struct contmon_paths *cgroups, uint64_t id,
			      const char **ret_path)
{
	(void)cgroups;
	*ret_path = paths[id - 1];
	return 0;
}

const char *__wrap_contmon_paths_root(const struct contmon_paths *cgroups)
{
	(void)cgroups;
	return "/sys/fs/cgroup";
}

static int setup(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		rows[i].cgroup_id = i + 1;
	names = names_new();
	return scope_map_new(NULL, names, &map);
}

static int teardown(void **state)
{
	(void)state;
	scope_map_free(map);
	names_free(names);
	return 0;
}

static void say(const char *id, const char *cgroup, const char *runtime)
{
	const struct name name = { .id = id, .cgroup = cgroup,
				   .runtime = runtime };

	assert_int_equal(names_set(names, &name), 0);
}

static struct scope *scope_of(size_t i)
{
	struct scope *scope;

	assert_int_equal(scope_map_find(map, i + 1, &scope), 0);
	return scope;
}

static void update(void)
{
	assert_int_equal(scope_map_update(map, &snapshot), 0);
}

static void test_a_cgroup_that_looks_like_none(void **state)
{
	struct scope *scope;

	(void)state;
	update();
	assert_null(scope_of(3));
	say("webid", "/batch/job-7/own", "podman");
	update();
	scope = scope_of(3);
	assert_non_null(scope);
	assert_string_equal(scope->id, "webid");
	assert_int_equal(scope->runtime, CONTMON_RUNTIME_PODMAN);
	assert_string_equal(scope->cgroup, "/batch/job-7/own");
	assert_string_equal(scope->directory, "/sys/fs/cgroup/batch/job-7/own");
	assert_ptr_equal(scope_of(4), scope);
	assert_null(scope_of(2));
	say("webid", NULL, "podman");	/* it has ended */
	update();
	assert_null(scope_of(3));
}

static void test_what_stays_is_kept(void **state)
{
	struct scope *scope;

	(void)state;
	say(ID, "/docker/" ID, "docker");
	update();
	scope = scope_of(5);
	assert_int_equal(scope->runtime, CONTMON_RUNTIME_DOCKER);
	say("webid", "/batch/job-7/own", "docker");
	update();
	assert_ptr_equal(scope_of(5), scope);
}

/* A container in a container is the inner one's, whose path says so. */
static void test_the_innermost_counts(void **state)
{
	(void)state;
	say("outer", "/docker", "podman");
	say("job", "/batch", "docker");
	update();
	assert_string_equal(scope_of(5)->id, ID);
	assert_int_equal(scope_of(5)->runtime, CONTMON_RUNTIME_DOCKER);
	assert_string_equal(scope_of(4)->id, "job");
	say("webid", "/batch/job-7/own", "docker");
	update();
	assert_string_equal(scope_of(2)->id, "job");
	assert_string_equal(scope_of(4)->id, "webid");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_a_cgroup_that_looks_like_none),
		TEST(test_what_stays_is_kept),
		TEST(test_the_innermost_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
