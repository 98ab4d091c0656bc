// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owners of cgroups: what is cached, and for how long a task's place in cgroup
 * v1 is used.
 *
 * wrap: contmon_has_cgroup1 contmon_identify_process clock_boottime_ns
 * wrap: contmon_paths_new contmon_paths_find contmon_paths_keep
 * wrap: contmon_paths_free contmon_paths_root stat
 * wrap: contmon_cgroup1_new contmon_cgroup1_find contmon_cgroup1_free
 */
#include "tests/unit/owner_world.h"

/* Ids in the same slot do not affect each other's results. */
static void test_looked_up_once(void **state)
{
	uint64_t id;
	int round;

	(void)state;
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	for (round = 0; round < 3; round++) {
		for (id = 100; id < 2148; id += 256) {
			char want[16];

			snprintf(want, sizeof(want), "%u", (unsigned int)id);
			assert_string_equal(title(cgroups_get(cgroups, id)),
					    want);
			assert_string_equal(title_of(id, 7, 0), want);
		}
	}
	assert_int_equal(nr_paths, 8);
	assert_int_equal(nr_reads, 0);
}

/* An unknown cgroup may exist later. */
static void test_unknown(void **state)
{
	(void)state;
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	assert_string_equal(title(cgroups_get(cgroups, 99)), "unknown");
	assert_string_equal(title(cgroups_get(cgroups, 99)), "unknown");
	assert_int_equal(nr_paths, 2);
	assert_string_equal(title(cgroups_get(NULL, 1)), "unknown");
	cgroups_learn(cgroups, 99, "/lxc.payload.late");
	assert_string_equal(title(cgroups_get(cgroups, 99)), "late");
}

/* Who may make a cgroup can call it like any container. */
static void test_one_that_others_made(void **state)
{
	(void)state;
	say("100", "web", NULL, NULL);
	say("101", "db", "/lxc.payload.101", "docker");
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	assert_int_equal(cgroups_get(cgroups, 100)->user_id, 0);
	assert_string_equal(cgroups_get(cgroups, 100)->name, "web");
	cgroups_free(cgroups);
	is_bobs = true;
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	assert_int_equal(cgroups_get(cgroups, 1)->user_id, 0);
	assert_int_equal(cgroups_get(cgroups, 100)->user_id, geteuid() + 7);
	assert_null(cgroups_get(cgroups, 100)->name);
	/* What was made below and removed again is bob's as well. */
	cgroups_learn(cgroups, 99, "/a/b/lxc.payload.100");
	assert_int_equal(cgroups_get(cgroups, 99)->user_id, geteuid() + 7);
	/* An engine of root's says that it is its own. */
	assert_string_equal(cgroups_get(cgroups, 101)->name, "db");
}

/* A directory that is gone may have been that of a service with a user. */
static void test_one_whose_directory_is_gone(void **state)
{
	(void)state;
	say("100", "web", NULL, NULL);
	say("101", "db", "/gone.service/lxc.payload.101", "docker");
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	cgroups_learn(cgroups, 97, "/gone.service/lxc.payload.100");
	assert_int_equal(cgroups_get(cgroups, 97)->user_id, USER_OF_ELSEWHERE);
	assert_null(cgroups_get(cgroups, 97)->name);
	cgroups_learn(cgroups, 98, "/gone.service/lxc.payload.101");
	assert_string_equal(cgroups_get(cgroups, 98)->name, "db");
}

/* Its digits alone say little. */
static void test_a_build(void **state)
{
	const struct cgroup *step;

	(void)state;
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	cgroups_learn(cgroups, 99,
		      "/docker/buildkit/l3sxo3k7mqj6rhbvr7u1m1v5q");
	step = cgroups_get(cgroups, 99);
	assert_string_equal(title(step), "build-l3sxo3k7mqj6");
	assert_string_equal(step->short_id, "l3sxo3k7mqj6");
	assert_string_equal(step->identity.id, "l3sxo3k7mqj6rhbvr7u1m1v5q");
}

static void test_gone_cgroups_are_dropped(void **state)
{
	const struct contmon_cgroups none = { 0 };
	uint64_t id;

	(void)state;
	has_cgroup1 = true;
	place = "/lxc.payload.old";
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	assert_string_equal(title_of(1, 7, 100 * SECOND), "old");
	for (id = 100; id < 1000; id++)
		cgroups_get(cgroups, id);
	cgroups_keep(cgroups, &none);
	cgroups_keep(cgroups, &none);	/* no task was asked for in between */

	place = "/lxc.payload.new";
	nr_paths = 0;
	assert_string_equal(title(cgroups_get(cgroups, 999)), "999");
	assert_int_equal(nr_paths, 1);
	assert_string_equal(title_of(1, 7, 100 * SECOND), "new");
}

/* Root has mapped it to a user, and its own engine has removed it. */
static void test_a_name_from_a_user(void **state)
{
	const struct container_info claim = {
		.id = "101", .name = "evil", .cgroup = "/lxc.payload.101",
		.runtime = "docker", .engine = "u", .user_id = 1000,
	};

	(void)state;
	say("101", "db", "/lxc.payload.101", "docker");
	assert_int_equal(names_set(names, &claim), 0);
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	assert_string_equal(cgroups_get(cgroups, 101)->name, "db");
	names_remove(names, "101", NULL);
	cgroups_rename(cgroups);
	assert_null(cgroups_get(cgroups, 101)->name);
}

#define ID16 "0123456789abcdef"
#define ID64 ID16 ID16 ID16 ID16

/* The path names the container, which a user's engine calls another one. */
static void test_an_id_from_a_user(void **state)
{
	struct container_info claim = {
		.id = "evil", .name = "evil", .cgroup = "/lxc.payload.101",
		.runtime = "podman", .engine = "u", .user_id = 1000,
	};

	(void)state;
	assert_int_equal(names_set(names, &claim), 0);
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	assert_string_equal(cgroups_get(cgroups, 101)->identity.id, "101");
	assert_null(cgroups_get(cgroups, 101)->name);
	/* Of one that no path names, it tells more. */
	claim.cgroup = "/host.7";
	assert_int_equal(names_set(names, &claim), 0);
	assert_string_equal(cgroups_get(cgroups, 7)->identity.id, "evil");
}

static enum contmon_runtime runtime_of(uint64_t id)
{
	cgroups_rename(cgroups);
	return cgroups_get(cgroups, id)->identity.runtime;
}

/* It tells the runtime only where the path does not. */
static void test_a_runtime_from_a_user(void **state)
{
	struct container_info claim = {
		.id = "101", .cgroup = "/lxc.payload.101", .runtime = "podman",
		.engine = "u", .user_id = 1000,
	};

	(void)state;
	assert_int_equal(names_set(names, &claim), 0);
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	assert_int_equal(runtime_of(101), CONTMON_RUNTIME_LXC);
	cgroups_learn(cgroups, 99, "/" ID64);
	assert_int_equal(runtime_of(99), CONTMON_RUNTIME_UNKNOWN);
	claim.id = ID64;
	claim.cgroup = "/" ID64;
	assert_int_equal(names_set(names, &claim), 0);
	assert_int_equal(runtime_of(99), CONTMON_RUNTIME_PODMAN);
}

static void look_at_many(void)
{
	uint64_t id;

	for (id = 100; id < 10100; id++)
		assert_non_null(cgroups_get(cgroups, id)->path);
}

/* However many there are, an event of another one costs none of them. */
static void test_many_cgroups_stay_known(void **state)
{
	uint64_t id;

	(void)state;
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	look_at_many();
	cgroups_learn(cgroups, 99, "/lxc.payload.new");
	look_at_many();
	assert_int_equal(nr_paths, 10000);
	/* Most of those that are known only from events are gone. */
	for (id = 20000; id < 25000; id++)
		cgroups_learn(cgroups, id, "/lxc.payload.short");
	look_at_many();
	assert_int_equal(nr_paths, 20000);
}

/*
 * A runtime moves its child right after fork(2), so young tasks are read again.
 */
static void test_a_place_is_cached(void **state)
{
	(void)state;
	has_cgroup1 = true;
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	assert_string_equal(title_of(1, 7, 1 * SECOND), "host");
	place = "/lxc.payload.moved";
	now_ns += SECOND - 1;
	assert_string_equal(title_of(1, 7, 1 * SECOND), "host");
	assert_int_equal(nr_reads, 1);
	now_ns++;
	assert_string_equal(title_of(1, 7, 1 * SECOND), "moved");
	assert_int_equal(nr_reads, 2);

	/* It is 2 s old now, and cached for as long. */
	place = NULL;
	now_ns += 2 * SECOND - 1;
	assert_string_equal(title_of(1, 7, 1 * SECOND), "moved");
	now_ns++;
	assert_string_equal(title_of(1, 7, 1 * SECOND), "host");
	assert_int_equal(nr_reads, 3);
}

static void test_a_place_is_cached_for_a_minute(void **state)
{
	(void)state;
	has_cgroup1 = true;
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	assert_string_equal(title_of(1, 7, 500 * SECOND), "host");
	now_ns += 60 * SECOND - 1;
	assert_string_equal(title_of(1, 7, 500 * SECOND), "host");
	assert_int_equal(nr_reads, 1);
	now_ns++;
	assert_string_equal(title_of(1, 7, 500 * SECOND), "host");
	assert_int_equal(nr_reads, 2);
}

static void test_a_place_is_cached_for_one_task(void **state)
{
	(void)state;
	has_cgroup1 = true;
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	assert_string_equal(title_of(1, 7, 500 * SECOND), "host");
	place = "/lxc.payload.c1";
	/* The same pid reused; another pid with the same last digits */
	assert_string_equal(title_of(1, 7, 499 * SECOND), "c1");
	place = NULL;
	assert_string_equal(title_of(1, 7 + 4096, 499 * SECOND), "host");
	/* cgroup v2 takes precedence. */
	nr_reads = 0;
	assert_string_equal(title_of(100, 8, 500 * SECOND), "100");
	assert_int_equal(nr_reads, 0);
}

static void test_mounts(void **state)
{
	(void)state;
	is_v2_missing = true;
	assert_int_equal(cgroups_new(names, &cgroups), -ENOENT);
	assert_null(cgroups);
	has_cgroup1 = true;
	place = "/lxc.payload.c1";
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	assert_string_equal(title_of(1, 7, 0), "c1");
	place = NULL;
	assert_string_equal(title_of(1, 8, 0), "host");
	read_error = -ESRCH;
	assert_string_equal(title_of(1, 9, 0), "unknown");
}

/* Without memory, nobody can say whose it is: it is looked up again. */
static void test_no_memory_for_whose_it_is(void **state)
{
	(void)state;
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	stat_error = ENOMEM;
	assert_false(cgroups_get(cgroups, 100)->is_known);
	stat_error = 0;
	assert_true(cgroups_get(cgroups, 100)->is_known);
	assert_int_equal(cgroups_get(cgroups, 100)->user_id, 0);
}

/* It stays what it was, until it can be said. */
static void test_no_memory_for_whose_it_is_now(void **state)
{
	const struct cgroup *job;

	(void)state;
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	job = cgroups_get(cgroups, 7);
	say("jobid", NULL, "/host.7", "docker");
	stat_error = ENOMEM;
	assert_int_equal(cgroups_rename(cgroups), -ENOMEM);
	assert_true(job->is_known);
	assert_string_equal(job->identity.id, "");
	assert_int_equal(job->user_id, 0);
	stat_error = 0;
	assert_int_equal(cgroups_rename(cgroups), 0);
	assert_string_equal(job->identity.id, "jobid");
	assert_int_equal(job->user_id, 0);
}

/* "host" is everything outside of containers. */
static void test_a_container_called_host(void **state)
{
	const struct cgroup *c1;

	(void)state;
	say("c1", "host", NULL, NULL);
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	cgroups_learn(cgroups, 99, "/lxc.payload.c1");
	c1 = cgroups_get(cgroups, 99);
	assert_string_equal(c1->name, "host");
	assert_string_equal(c1->title, "host-c1");
	say("c1", "shop", NULL, NULL);
	cgroups_rename(cgroups);
	assert_string_equal(c1->title, "c1");
	cgroups_learn(cgroups, 98, "/lxc.payload.host");
	assert_string_equal(cgroups_get(cgroups, 98)->title, "host-host");
}

/* Whatever the path looks like, even if the engine reports it later */
static void test_the_engine_takes_precedence(void **state)
{
	const struct cgroup *cgroup;

	(void)state;
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	cgroup = cgroups_get(cgroups, 7);
	assert_int_equal(cgroup->identity.runtime, CONTMON_RUNTIME_NONE);
	assert_false(cgroup_is_own(cgroup));
	say("jobid", NULL, "/host.7", "docker");
	cgroups_rename(cgroups);
	assert_int_equal(cgroup->identity.runtime, CONTMON_RUNTIME_DOCKER);
	assert_string_equal(cgroup->identity.id, "jobid");
	assert_true(cgroup_is_own(cgroup));
	cgroup = cgroups_get(cgroups, 70);
	assert_int_equal(cgroup->identity.runtime, CONTMON_RUNTIME_NONE);
	/* The innermost container counts, from either source. */
	say("pod", NULL, "/lxc.payload.700", "podman");
	cgroup = cgroups_get(cgroups, 700);
	assert_string_equal(cgroup->identity.id, "pod");
	assert_int_equal(cgroup->identity.runtime, CONTMON_RUNTIME_PODMAN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(looked_up_once),
		TEST(unknown),
		TEST(one_that_others_made),
		TEST(one_whose_directory_is_gone),
		TEST(a_build),
		TEST(gone_cgroups_are_dropped),
		TEST(many_cgroups_stay_known),
		TEST(a_name_from_a_user),
		TEST(an_id_from_a_user),
		TEST(a_runtime_from_a_user),
		TEST(a_place_is_cached),
		TEST(a_place_is_cached_for_a_minute),
		TEST(a_place_is_cached_for_one_task),
		TEST(mounts),
		TEST(no_memory_for_whose_it_is),
		TEST(no_memory_for_whose_it_is_now),
		TEST(a_container_called_host),
		TEST(the_engine_takes_precedence),
	};

	return cmocka_run_group_tests_name("cgroup", tests, NULL, NULL);
}
