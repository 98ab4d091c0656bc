// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finding containers by the paths of cgroups and by the engine
 *
 * wrap: contmon_paths_new contmon_paths_find contmon_paths_root
 * wrap: contmon_paths_free contmon_has_cgroup1 contmon_identify_process
 * wrap: contmon_cgroup1_new stat qsort bsearch
 */
#include "tests/unit/scope_world.h"

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
	assert_string_equal(scope->title, "webid");
	assert_int_equal(scope->runtime, CONTMON_RUNTIME_PODMAN);
	assert_string_equal(scope->cgroup, "/batch/job-7/own");
	assert_string_equal(scope->directories.paths[DIRECTORY_V2],
			    "/sys/fs/cgroup/batch/job-7/own");
	assert_ptr_equal(scope_of(4), scope);
	assert_null(scope_of(2));
	say("webid", NULL, "podman");	/* it has ended */
	update();
	assert_null(scope_of(3));
}

static void test_unchanged_cgroups_are_kept(void **state)
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

/* So many are created that those that were looked up are forgotten. */
static void forget_all_cgroups(void)
{
	uint64_t id;

	for (id = 1000; id < 6000; id++)
		cgroups_learn(cgroups, id, "/batch");
}

/* All cgroups are looked up again, and cannot be, for lack of descriptors. */
static void test_containers_stay_when_reading_fails(void **state)
{
	struct scope *scope;

	(void)state;
	update();
	scope = scope_of(5);
	forget_all_cgroups();
	paths_error = -EMFILE;
	say("webid", "/batch/job-7/own", "podman");
	update();
	assert_ptr_equal(scope_of(5), scope);
	assert_null(scope_of(3));
	paths_error = 0;
	update();
	assert_ptr_equal(scope_of(5), scope);
	assert_string_equal(scope_of(3)->id, "webid");
}

/* Without memory, nobody can say whose a new one is: it is asked again. */
static void test_no_memory_for_whose_it_is(void **state)
{
	(void)state;
	update();
	say("webid", "/batch/job-7/own", "podman");
	stat_error = ENOMEM;
	update();
	assert_null(scope_of(3));
	stat_error = 0;
	update();
	assert_string_equal(scope_of(3)->id, "webid");
	assert_int_equal(scope_of(3)->user_id, 0);
}

/* Who may make a cgroup can call it like any container. */
static void test_whose_they_are(void **state)
{
	(void)state;
	update();
	assert_int_equal(scope_of(5)->user_id, 0);
	assert_int_equal(scope_of(6)->user_id, USER_OF_ELSEWHERE);
	assert_int_equal(scope_of(7)->user_id, geteuid() + 7);
	assert_int_equal(scope_of(8)->user_id, 1000);
	assert_int_equal(scope_of(9)->user_id, USER_OF_ELSEWHERE);
	assert_int_equal(scope_of(10)->user_id, USER_OF_ELSEWHERE);
}

/* For a container inside a container, the inner one counts. */
static void test_the_innermost_container_counts(void **state)
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
		TEST(test_unchanged_cgroups_are_kept),
		TEST(test_containers_stay_when_reading_fails),
		TEST(test_no_memory_for_whose_it_is),
		TEST(test_whose_they_are),
		TEST(test_the_innermost_container_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
