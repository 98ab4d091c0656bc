// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owners of cgroups: what is remembered, and for how long a task's place in
 * cgroup v1 is believed.
 *
 * wrap: contmon_has_cgroup1 contmon_identify_process clock_boottime_ns
 * wrap: contmon_paths_new contmon_paths_find contmon_paths_keep
 * wrap: contmon_paths_free cli_names_new cli_names_free cli_names_find
 * wrap: cli_names_find_owner cli_names_follow
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "contmon/owner/cgroup.h"
#include "base/clock.h"
#include "contmon/owner/names.h"

#define SECOND 1000000000ULL

static struct cli_cgroups *cgroups;
static bool has_cgroup1, is_v2_missing;
static uint64_t now_ns;
static const char *place;	/* of all processes in cgroup v1; NULL: none */
static unsigned int nr_reads, nr_paths;
static const struct name *owner;	/* by what the engine says */

int __wrap_contmon_has_cgroup1(void);
int __wrap_contmon_identify_process(int32_t pid, struct contmon_identity *ret);
uint64_t __wrap_clock_boottime_ns(void);
int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret);
int __wrap_contmon_paths_find(struct contmon_paths *paths, uint64_t id,
				const char **ret_path);
void __wrap_contmon_paths_keep(struct contmon_paths *paths,
				 const struct contmon_cgroups *live);
void __wrap_contmon_paths_free(struct contmon_paths *paths);
struct cli_names *__wrap_cli_names_new(const char *path);
void __wrap_cli_names_free(struct cli_names *names);
const char *__wrap_cli_names_find(const struct cli_names *names,
				  const char *id);
const struct name *__wrap_cli_names_find_owner(const struct cli_names *names,
					       const char *path,
					       size_t *ret_length);
bool __wrap_cli_names_follow(struct cli_names *names);

int __wrap_contmon_has_cgroup1(void)
{
	return has_cgroup1;
}

int __wrap_contmon_identify_process(int32_t pid, struct contmon_identity *ret)
{
	assert_true(pid > 0);
	nr_reads++;
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

/* Any but 99 is there: "/lxc.payload.ID" from 100 on, the host's below */
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

struct cli_names *__wrap_cli_names_new(const char *path)
{
	(void)path;
	return (struct cli_names *)&cgroups;
}

void __wrap_cli_names_free(struct cli_names *names)
{
	(void)names;
}

const struct name *__wrap_cli_names_find_owner(const struct cli_names *names,
					       const char *path,
					       size_t *ret_length)
{
	size_t length = owner ? strlen(owner->cgroup) : 0;

	(void)names;
	if (!owner || strncmp(path, owner->cgroup, length) != 0)
		return NULL;
	*ret_length = length;
	return owner;
}

bool __wrap_cli_names_follow(struct cli_names *names)
{
	(void)names;
	return true;
}

const char *__wrap_cli_names_find(const struct cli_names *names, const char *id)
{
	(void)names;
	(void)id;
	return NULL;
}

static int setup(void **state)
{
	(void)state;
	has_cgroup1 = false;
	is_v2_missing = false;
	now_ns = 1000 * SECOND;
	place = NULL;
	owner = NULL;
	nr_reads = 0;
	nr_paths = 0;
	cgroups = NULL;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	cli_cgroups_free(cgroups);
	return 0;
}

static const char *title(const struct cli_cgroup *cgroup)
{
	return cli_cgroup_title(cgroup) ?: "unknown";
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

	return title(cli_cgroups_of_task(cgroups, &task));
}

/* Ids that fall together do not push each other's answers about. */
static void test_looked_up_once(void **state)
{
	uint64_t id;
	int round;

	(void)state;
	assert_int_equal(cli_cgroups_new(&cgroups), 0);
	for (round = 0; round < 3; round++) {
		for (id = 100; id < 2148; id += 256) {
			char want[16];

			snprintf(want, sizeof(want), "%u", (unsigned int)id);
			assert_string_equal(title(cli_cgroups_get(cgroups, id)),
					    want);
			assert_string_equal(title_of(id, 7, 0), want);
		}
	}
	assert_int_equal(nr_paths, 8);
	assert_int_equal(nr_reads, 0);
}

/* One that is not there may be there later. */
static void test_unknown(void **state)
{
	(void)state;
	assert_int_equal(cli_cgroups_new(&cgroups), 0);
	assert_string_equal(title(cli_cgroups_get(cgroups, 99)), "unknown");
	assert_string_equal(title(cli_cgroups_get(cgroups, 99)), "unknown");
	assert_int_equal(nr_paths, 2);
	assert_string_equal(title(cli_cgroups_get(NULL, 1)), "unknown");
	cli_cgroups_learn(cgroups, 99, "/lxc.payload.late");
	assert_string_equal(title(cli_cgroups_get(cgroups, 99)), "late");
}

/* Its digits do not say what it is. */
static void test_a_build(void **state)
{
	const struct cli_cgroup *step;

	(void)state;
	assert_int_equal(cli_cgroups_new(&cgroups), 0);
	cli_cgroups_learn(cgroups, 99,
			  "/docker/buildkit/l3sxo3k7mqj6rhbvr7u1m1v5q");
	step = cli_cgroups_get(cgroups, 99);
	assert_string_equal(title(step), "build-l3sxo3k7mqj6");
	assert_string_equal(step->short_id, "l3sxo3k7mqj6");
	assert_string_equal(step->identity.id, "l3sxo3k7mqj6rhbvr7u1m1v5q");
}

static void test_forgotten(void **state)
{
	const struct contmon_cgroups none = { 0 };
	uint64_t id;

	(void)state;
	has_cgroup1 = true;
	place = "/lxc.payload.old";
	assert_int_equal(cli_cgroups_new(&cgroups), 0);
	assert_string_equal(title_of(1, 7, 100 * SECOND), "old");
	for (id = 100; id < 1000; id++)
		cli_cgroups_get(cgroups, id);
	cli_cgroups_keep(cgroups, &none);

	place = "/lxc.payload.new";
	nr_paths = 0;
	assert_string_equal(title(cli_cgroups_get(cgroups, 999)), "999");
	assert_int_equal(nr_paths, 1);
	assert_string_equal(title_of(1, 7, 100 * SECOND), "new");
}

/* A runtime moves its child right after fork(2): look at young tasks again. */
static void test_believed(void **state)
{
	(void)state;
	has_cgroup1 = true;
	assert_int_equal(cli_cgroups_new(&cgroups), 0);
	assert_string_equal(title_of(1, 7, 1 * SECOND), "host");
	place = "/lxc.payload.moved";
	now_ns += SECOND - 1;
	assert_string_equal(title_of(1, 7, 1 * SECOND), "host");
	assert_int_equal(nr_reads, 1);
	now_ns++;
	assert_string_equal(title_of(1, 7, 1 * SECOND), "moved");
	assert_int_equal(nr_reads, 2);

	/* It is 2 s old now, and believed for as long. */
	place = NULL;
	now_ns += 2 * SECOND - 1;
	assert_string_equal(title_of(1, 7, 1 * SECOND), "moved");
	now_ns++;
	assert_string_equal(title_of(1, 7, 1 * SECOND), "host");
	assert_int_equal(nr_reads, 3);
}

static void test_believed_a_minute(void **state)
{
	(void)state;
	has_cgroup1 = true;
	assert_int_equal(cli_cgroups_new(&cgroups), 0);
	assert_string_equal(title_of(1, 7, 500 * SECOND), "host");
	now_ns += 60 * SECOND - 1;
	assert_string_equal(title_of(1, 7, 500 * SECOND), "host");
	assert_int_equal(nr_reads, 1);
	now_ns++;
	assert_string_equal(title_of(1, 7, 500 * SECOND), "host");
	assert_int_equal(nr_reads, 2);
}

static void test_believed_of_one_task(void **state)
{
	(void)state;
	has_cgroup1 = true;
	assert_int_equal(cli_cgroups_new(&cgroups), 0);
	assert_string_equal(title_of(1, 7, 500 * SECOND), "host");
	place = "/lxc.payload.c1";
	/* The same pid used again; another pid with the same last digits */
	assert_string_equal(title_of(1, 7, 499 * SECOND), "c1");
	place = NULL;
	assert_string_equal(title_of(1, 7 + 4096, 499 * SECOND), "host");
	/* cgroup v2 knows better. */
	nr_reads = 0;
	assert_string_equal(title_of(100, 8, 500 * SECOND), "100");
	assert_int_equal(nr_reads, 0);
}

static void test_mounts(void **state)
{
	(void)state;
	is_v2_missing = true;
	assert_int_equal(cli_cgroups_new(&cgroups), -ENOENT);
	assert_null(cgroups);
	has_cgroup1 = true;
	place = "/lxc.payload.c1";
	assert_int_equal(cli_cgroups_new(&cgroups), 0);
	assert_string_equal(title_of(1, 7, 0), "c1");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

/* Whatever the path looks like, and also if it says so only later */
static void test_what_the_engine_says_counts(void **state)
{
	static const struct name job = { .id = "jobid", .cgroup = "/host.7",
					 .runtime = "docker" };
	static const struct name inner = { .id = "inner", .runtime = "podman",
					   .cgroup = "/lxc.payload.7" };
	const struct cli_cgroup *cgroup;

	(void)state;
	assert_int_equal(cli_cgroups_new(&cgroups), 0);
	cgroup = cli_cgroups_get(cgroups, 7);
	assert_int_equal(cgroup->identity.runtime, CONTMON_RUNTIME_NONE);
	assert_false(cli_cgroup_is_own(cgroup));
	owner = &job;
	cli_cgroups_follow(cgroups);
	assert_int_equal(cgroup->identity.runtime, CONTMON_RUNTIME_DOCKER);
	assert_string_equal(cgroup->identity.id, "jobid");
	assert_true(cli_cgroup_is_own(cgroup));
	cgroup = cli_cgroups_get(cgroups, 70);
	assert_string_equal(cgroup->identity.id, "jobid");
	assert_false(cli_cgroup_is_own(cgroup));
	/* What is known from the path is deeper. */
	owner = &inner;
	cgroup = cli_cgroups_get(cgroups, 700);
	assert_string_equal(cgroup->identity.id, "700");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(looked_up_once),
		TEST(unknown),
		TEST(a_build),
		TEST(forgotten),
		TEST(believed),
		TEST(believed_a_minute),
		TEST(believed_of_one_task),
		TEST(mounts),
		TEST(what_the_engine_says_counts),
	};

	return cmocka_run_group_tests_name("cli_cgroup", tests, NULL, NULL);
}
