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

#define SECOND 1000000000ULL

static struct names *names;
static struct cgroups *cgroups;
static bool has_cgroup1, is_v2_missing, is_hidden;
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

static int owned_by(uid_t user, struct stat *ret)
{
	*ret = (struct stat){ .st_uid = geteuid() + user };
	return 0;
}

int __wrap_stat(const char *path, struct stat *ret)
{
	if (strcmp(path, "/cgroups") == 0)
		return owned_by(is_bobs ? 7 : 0, ret);
	if (strcmp(path, "/v1/bobs.service") == 0)
		return owned_by(7, ret);
	if (strcmp(path, "/v1") == 0 || strcmp(path, "/v1/machine.slice") == 0)
		return owned_by(0, ret);
	errno = ENOENT;
	return -1;
}

int __wrap_contmon_cgroup1_new(struct contmon_cgroup1 **ret);
void __wrap_contmon_cgroup1_free(struct contmon_cgroup1 *cgroup1);
int __wrap_contmon_cgroup1_find(const struct contmon_cgroup1 *cgroup1,
				int32_t pid, const char *controller,
				const char *id, char **ret_directory,
				size_t *ret_root_length);

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
	if (strcmp(controller, "name=systemd") != 0)
		return -ENOENT;
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
	if (is_hidden)
		return -ESRCH;
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

static void say(const char *id, const char *name, const char *cgroup,
		const char *runtime)
{
	const struct name said = { .id = id, .name = name, .cgroup = cgroup,
				   .runtime = runtime };

	assert_int_equal(names_set(names, &said), 0);
}

static int setup(void **state)
{
	(void)state;
	has_cgroup1 = false;
	is_v2_missing = false;
	is_hidden = false;
	now_ns = 1000 * SECOND;
	place = NULL;
	mounted = "/v1";
	is_bobs = false;
	nr_reads = 0;
	nr_paths = 0;
	cgroups = NULL;
	names = names_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	cgroups_free(cgroups);
	names_free(names);
	return 0;
}

static const char *title(const struct cgroup *cgroup)
{
	if (*cgroup->title)
		return cgroup->title;
	return cgroup->is_known ? "host" : "unknown";
}

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

/* A folder that is gone may have been that of a service with a user. */
static void test_one_whose_folder_is_gone(void **state)
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

	place = "/lxc.payload.new";
	nr_paths = 0;
	assert_string_equal(title(cgroups_get(cgroups, 999)), "999");
	assert_int_equal(nr_paths, 1);
	assert_string_equal(title_of(1, 7, 100 * SECOND), "new");
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
	is_hidden = true;
	assert_string_equal(title_of(1, 9, 0), "unknown");
}

/* It has an id of its own, which does not change, and no path. */
static void test_container_of_v1(void **state)
{
	struct contmon_task task = { .pid = 7, .tgid = 7 };
	const struct cgroup *c1, *c2;

	(void)state;
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	assert_null(cgroups_in_v1(cgroups, &task));
	cgroups_free(cgroups);
	has_cgroup1 = true;
	place = "/lxc.payload.c1";
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	c1 = cgroups_in_v1(cgroups, &task);
	assert_null(c1->path);
	assert_string_equal(c1->identity.id, "c1");
	assert_int_equal(c1->id, 0x6b306b06149eb27e);
	assert_false(cgroup_is_own(c1));
	place = "/lxc.payload.c2";
	task.pid++;
	c2 = cgroups_in_v1(cgroups, &task);
	assert_true(c1->id != c2->id);
	place = "/machine.slice/machine-c1.scope";
	task.pid++;
	assert_true(cgroups_in_v1(cgroups, &task)->id != c1->id);
	place = NULL;
	task.pid++;
	assert_int_equal(cgroups_in_v1(cgroups, &task)->id, 0);
}

/* Its names come from the engine, too. */
static void test_container_of_v1_is_named(void **state)
{
	struct contmon_task task = { .pid = 7, .tgid = 7 };
	const struct cgroup *c1;

	(void)state;
	has_cgroup1 = true;
	place = "/lxc.payload.c1";
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	c1 = cgroups_in_v1(cgroups, &task);
	assert_null(c1->name);
	say("c1", "web", NULL, NULL);
	cgroups_rename(cgroups);
	assert_string_equal(c1->name, "web");
	say("c1", "shop", NULL, NULL);
	assert_string_equal(c1->name, "web");
	cgroups_rename(cgroups);
	assert_string_equal(c1->name, "shop");
}

static const struct cgroup *in_v1_at(const char *path)
{
	static struct contmon_task task;

	task.pid = ++task.tgid;
	place = path;
	return cgroups_in_v1(cgroups, &task);
}

/* A user can give a cgroup the id of one of root's containers. */
static void test_container_of_v1_of_a_user(void **state)
{
	const struct cgroup *roots, *anns, *bobs;

	(void)state;
	has_cgroup1 = true;
	say("c1", "web", NULL, NULL);
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	roots = in_v1_at("/lxc.payload.c1");
	anns = in_v1_at("/user.slice/user-1000.slice/lxc.payload.c1");
	bobs = in_v1_at("/bobs.service/lxc.payload.c1");
	assert_int_equal(roots->user_id, 0);
	assert_string_equal(roots->name, "web");
	assert_int_equal(anns->user_id, 1000);
	assert_null(anns->name);
	assert_int_equal(bobs->user_id, geteuid() + 7);
	assert_null(bobs->name);
	assert_true(roots->id != anns->id && roots->id != bobs->id);
	assert_true(anns->id != bobs->id);
	assert_ptr_equal(in_v1_at("/lxc.payload.c1/in"), roots);
	assert_ptr_equal(in_v1_at("/bobs.service/lxc.payload.c1"), bobs);
	cgroups_rename(cgroups);
	assert_null(anns->name);
	assert_string_equal(roots->name, "web");
}

/* Whose it is cannot be seen, so it is not taken for root's. */
static void test_container_of_v1_that_is_not_mounted(void **state)
{
	const struct cgroup *c1;

	(void)state;
	has_cgroup1 = true;
	mounted = NULL;
	say("c1", "web", NULL, NULL);
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	c1 = in_v1_at("/lxc.payload.c1");
	assert_string_equal(c1->identity.id, "c1");
	assert_int_equal(c1->user_id, USER_OF_ELSEWHERE);
	assert_null(c1->name);
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

/*
 * Without cgroup v2 it is unknown which ones are gone, so many are dropped at
 * once.
 */
static void test_containers_of_v1_do_not_pile_up(void **state)
{
	const struct contmon_cgroups none = { 0 };
	struct contmon_task task = { 0 };
	char path[32];

	(void)state;
	has_cgroup1 = true;
	is_v2_missing = true;
	place = path;
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	for (task.pid = 1; task.pid <= 4097; task.pid++) {
		task.tgid = task.pid;
		snprintf(path, sizeof(path), "/lxc.payload.%d", task.pid);
		cgroups_in_v1(cgroups, &task);
	}
	nr_reads = 0;
	task.pid = task.tgid = 4000;
	task.start_boottime_ns = 0;
	assert_string_equal(cgroups_in_v1(cgroups, &task)->short_id, "4000");
	assert_int_equal(nr_reads, 0);
	cgroups_keep(cgroups, &none);
	assert_string_equal(cgroups_in_v1(cgroups, &task)->short_id, "4097");
	assert_int_equal(nr_reads, 1);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

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
		TEST(one_whose_folder_is_gone),
		TEST(a_build),
		TEST(gone_cgroups_are_dropped),
		TEST(a_place_is_cached),
		TEST(a_place_is_cached_for_a_minute),
		TEST(a_place_is_cached_for_one_task),
		TEST(mounts),
		TEST(container_of_v1),
		TEST(container_of_v1_is_named),
		TEST(container_of_v1_of_a_user),
		TEST(container_of_v1_that_is_not_mounted),
		TEST(a_container_called_host),
		TEST(containers_of_v1_do_not_pile_up),
		TEST(the_engine_takes_precedence),
	};

	return cmocka_run_group_tests_name("cgroup", tests, NULL, NULL);
}
