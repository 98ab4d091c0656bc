// SPDX-License-Identifier: GPL-2.0-only
/* What policies see of the containers, and which of them contmond is in */
#include "tests/unit/world.h"

#include <unistd.h>

#include "contmond/candidates.h"

static struct world world;
static struct sample sample;

static int begin(void **state)
{
	(void)state;
	world_init(&world);
	return 0;
}

static int end(void **state)
{
	(void)state;
	world_done(&world);
	return 0;
}

/* What is listed after a sample of both cgroups */
static void list(struct candidates *candidates)
{
	world_sample(&sample, 1000);
	world_fill(&sample, world.web, world.db, 1);
	assert_int_equal(model_update(&world.model, NULL, &sample,
				      world.names), 0);
	assert_int_equal(candidates_fill(candidates, &world.model,
					 world.names), 0);
}

/* Ended containers come from the engine. */
static void test_candidates(void **state)
{
	struct candidates candidates = { 0 };
	struct container_info name = { .id = ID64("e"), .name = "old",
				       .runtime = "docker", .state = "exited",
				       .created_ms = 5, .finished_ms = 9,
				       .anonymous_volumes = 1 };

	(void)state;
	assert_int_equal(names_set(world.names, &name), 0);
	name.id = ID64("f");
	name.user_id = 1000;
	assert_int_equal(names_set(world.names, &name), 0);
	names_remove(world.names, ID64("b"), NULL);
	list(&candidates);
	assert_int_equal(candidates.nr, 4);
	assert_string_equal(candidates.all[0].name, "web");
	assert_true(candidates.all[0].is_described);
	assert_true(isnan(candidates.all[0].ended_ms));
	assert_int_equal(candidates.all[0].anonymous_volumes, POLICY_NO);
	/* The engine has not told of it. */
	assert_int_equal(candidates.all[1].anonymous_volumes,
			 POLICY_NOT_KNOWN);
	assert_null(candidates.all[1].name);
	assert_false(candidates.all[1].is_described);
	assert_true(candidates.targets[1].has_engine);
	assert_string_equal(candidates.all[2].name, "old");
	assert_near(candidates.all[2].ended_ms, 9, 0);
	assert_int_equal(candidates.all[2].anonymous_volumes, POLICY_YES);
	assert_near(candidates.all[2].row->created_ms, 5, 0);
	assert_int_equal(candidates.all[2].user_id, 0);
	assert_int_equal(candidates.all[3].user_id, 1000);
	candidates_done(&candidates);
	model_clear(&world.model);
	world_sample_done(&sample);
}

#define BOTH 2

/*
 * Which of the two is its own when contmond is in @owner: a number, -1: none,
 * BOTH
 */
static int own_in(int32_t pid, int32_t owner)
{
	struct candidates candidates = { 0 };
	int own = -1;
	size_t i;

	world_sample(&sample, 1000);
	world_fill(&sample, world.web, world.db, 1);
	world_task(&sample, pid, owner);
	assert_int_equal(model_update(&world.model, NULL, &sample,
				      world.names), 0);
	assert_int_equal(candidates_fill(&candidates, &world.model,
					 world.names), 0);
	assert_int_equal(candidates.nr, 2);
	for (i = 0; i < candidates.nr; i++) {
		if (!candidates.all[i].is_own)
			continue;
		own = own < 0 ? (int)i : BOTH;
	}
	candidates_done(&candidates);
	model_clear(&world.model);
	world_sample_done(&sample);
	return own;
}

static void put(struct scope *scope, enum directory hierarchy, const char *path)
{
	free(scope->directories.paths[hierarchy]);
	scope->directories.paths[hierarchy] = path ? strdup(path) : NULL;
}

static void test_the_container_that_contmond_is_in(void **state)
{
	(void)state;
	put(world.web, DIRECTORY_V2, "/cgroups/a");
	put(world.db, DIRECTORY_V2, "/cgroups/b");
	assert_int_equal(own_in(getpid(), 0), 0);
	assert_int_equal(own_in(getpid(), 1), 1);
	assert_int_equal(own_in(getpid(), SAMPLE_HOST), -1);
	assert_int_equal(own_in(getpid(), SAMPLE_UNKNOWN), -1);
	assert_int_equal(own_in(getpid() + 1, 0), -1);
}

/* Whoever stops one around it stops contmond. */
static void test_a_container_in_another(void **state)
{
	(void)state;
	put(world.web, DIRECTORY_V2, "/cgroups/a");
	put(world.db, DIRECTORY_V2, "/cgroups/a/in");
	assert_int_equal(own_in(getpid(), 0), 0);
	assert_int_equal(own_in(getpid(), 1), BOTH);
	put(world.db, DIRECTORY_V2, "/cgroups/ab");
	assert_int_equal(own_in(getpid(), 1), 1);
	/* In cgroup v1 alone, it has directories only there. */
	put(world.web, DIRECTORY_V2, NULL);
	put(world.web, DIRECTORY_MEMORY, "/memory/a");
	put(world.db, DIRECTORY_V2, NULL);
	put(world.db, DIRECTORY_MEMORY, "/memory/a/in");
	assert_int_equal(own_in(getpid(), 1), BOTH);
}

/* How many there are when the second one is in a cgroup of this parent */
static size_t nr_candidates_in(const char *parent, int64_t user_id)
{
	struct candidates candidates = { 0 };
	size_t nr;

	world.db->user_id = user_id;
	free(world.db->cgroup);
	assert_true(asprintf(&world.db->cgroup, "%s/docker-%s.scope", parent,
			     world.db->id) > 0);
	list(&candidates);
	nr = candidates.nr;
	candidates_done(&candidates);
	model_clear(&world.model);
	world_sample_done(&sample);
	return nr;
}

/* Anybody can make a cgroup that is called like one that has ended. */
static void test_an_ended_one_whose_id_runs(void **state)
{
	struct container_info name = {
		.id = ID64("b"), .name = "old", .state = "exited",
		.finished_ms = 9,
	};

	(void)state;
	assert_int_equal(names_set(world.names, &name), 0);
	assert_int_equal(nr_candidates_in("/system.slice", 0), 2);
	assert_int_equal(nr_candidates_in("/user.slice/user-1000.slice", 1000),
			 3);
	assert_int_equal(nr_candidates_in("/system.slice/bobs.service", 998),
			 3);
	name.user_id = 1000;
	assert_int_equal(names_set(world.names, &name), 0);
	assert_int_equal(nr_candidates_in("/system.slice", 0), 2);
	assert_int_equal(nr_candidates_in("/user.slice/user-1000.slice", 1000),
			 2);
	assert_int_equal(nr_candidates_in("/user.slice/user-1001.slice", 1001),
			 3);
}

/* In a service that has a user, it is no container of root's, either. */
static void test_a_cgroup_that_others_made(void **state)
{
	struct container_info name = { .id = ID64("b"), .name = "old",
				       .cgroup = "/system.slice/docker-b.scope",
				       .state = "running" };
	struct candidates candidates = { 0 };

	(void)state;
	world.db->user_id = 998;
	model_clear(&world.model);
	assert_int_equal(names_set(world.names, &name), 0);
	list(&candidates);
	assert_int_equal(candidates.nr, 2);
	assert_null(candidates.all[1].name);
	assert_int_equal(candidates.all[1].user_id, 998);
	candidates_done(&candidates);
	model_clear(&world.model);
	world_sample_done(&sample);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(test_candidates),
		TEST(test_the_container_that_contmond_is_in),
		TEST(test_a_container_in_another),
		TEST(test_an_ended_one_whose_id_runs),
		TEST(test_a_cgroup_that_others_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
