// SPDX-License-Identifier: GPL-2.0-only
/*
 * Containers that are only in cgroup v1
 *
 * wrap: contmon_has_cgroup1 contmon_identify_process clock_boottime_ns
 * wrap: contmon_paths_new contmon_paths_find contmon_paths_keep
 * wrap: contmon_paths_free contmon_paths_root stat
 * wrap: contmon_cgroup1_new contmon_cgroup1_find contmon_cgroup1_free
 */
#include "tests/unit/owner_world.h"

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
	/* No user can choose a name that leads to the id of one of root's. */
	assert_int_equal(roots->id >> 62, 1);
	assert_int_equal(anns->id >> 60, 1);
	assert_int_equal(bobs->id >> 60, 1);
	assert_int_equal(anns->id, 0x1e26a74e68a53807);
	assert_true(anns->id != bobs->id);
	assert_ptr_equal(in_v1_at("/lxc.payload.c1/in"), roots);
	assert_ptr_equal(in_v1_at("/bobs.service/lxc.payload.c1"), bobs);
	cgroups_rename(cgroups);
	assert_null(anns->name);
	assert_string_equal(roots->name, "web");
}

/* A process that has just ended is no container of its own. */
static void test_one_that_ends_meanwhile(void **state)
{
	(void)state;
	has_cgroup1 = true;
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	find_error = -ESRCH;
	assert_null(in_v1_at("/lxc.payload.c1"));
	find_error = 0;
	assert_int_equal(in_v1_at("/lxc.payload.c1")->user_id, 0);
}

static const char *id_of(const struct contmon_task *task)
{
	const struct cgroup *cgroup = cgroups_in_v1(cgroups, task);

	return cgroup ? cgroup->identity.id : "unknown";
}

/* For lack of descriptors or memory, which says nothing of the process */
static void test_errors_that_pass(void **state)
{
	struct contmon_task task = { .pid = 7, .tgid = 7 };

	(void)state;
	has_cgroup1 = true;
	place = "/lxc.payload.c1";
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	read_error = -EMFILE;
	assert_string_equal(id_of(&task), "unknown");
	read_error = 0;
	find_error = -ENOMEM;
	assert_string_equal(id_of(&task), "unknown");
	find_error = 0;
	stat_error = ENOMEM;
	assert_string_equal(id_of(&task), "unknown");
	stat_error = 0;
	assert_string_equal(id_of(&task), "c1");
	/* What was known holds as long as it cannot be read again. */
	now_ns += 60 * SECOND;
	read_error = -ENFILE;
	assert_string_equal(id_of(&task), "c1");
	read_error = 0;
	place = "/lxc.payload.c2";
	assert_string_equal(id_of(&task), "c2");
	/* But not for another process with its pid */
	task.start_boottime_ns++;
	read_error = -EMFILE;
	assert_string_equal(id_of(&task), "unknown");
	read_error = 0;
	assert_string_equal(id_of(&task), "c2");
}

/* A process that is gone, or hidden, is not read each time. */
static void test_errors_that_last(void **state)
{
	struct contmon_task task = { .pid = 7, .tgid = 7 };

	(void)state;
	has_cgroup1 = true;
	place = "/lxc.payload.c1";
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	read_error = -ESRCH;
	assert_string_equal(id_of(&task), "unknown");
	read_error = 0;
	assert_string_equal(id_of(&task), "unknown");
	now_ns += 60 * SECOND;
	assert_string_equal(id_of(&task), "c1");
	now_ns += 60 * SECOND;
	read_error = -ESRCH;
	assert_string_equal(id_of(&task), "unknown");
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

#define MANY 10000

/* As of a sample in which the processes up to @last have one container each */
static void ask_for_all(int32_t last)
{
	struct contmon_task task = { 0 };
	const struct cgroup *cgroup;
	char path[32], id[16];

	place = path;
	for (task.pid = 1; task.pid <= last; task.pid++) {
		task.tgid = task.pid;
		snprintf(path, sizeof(path), "/lxc.payload.%d", task.pid);
		snprintf(id, sizeof(id), "%d", task.pid);
		cgroup = cgroups_in_v1(cgroups, &task);
		assert_string_equal(cgroup->short_id, id);
	}
	place = NULL;
}

/* However many there are, none is read again at the next sample. */
static void test_many_of_v1_stay_known(void **state)
{
	const struct contmon_cgroups none = { 0 };
	int i;

	(void)state;
	has_cgroup1 = true;
	is_v2_missing = true;
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	for (i = 0; i < 3; i++) {
		cgroups_keep(cgroups, &none);
		ask_for_all(MANY);
		assert_int_equal(nr_reads, MANY);
	}
}

/* Those that were not in the last sample are gone. */
static void test_containers_of_v1_do_not_pile_up(void **state)
{
	const struct contmon_cgroups none = { 0 };

	(void)state;
	has_cgroup1 = true;
	is_v2_missing = true;
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	ask_for_all(MANY);
	cgroups_keep(cgroups, &none);
	ask_for_all(10);
	assert_int_equal(nr_reads, MANY);
	cgroups_keep(cgroups, &none);
	ask_for_all(10);
	assert_int_equal(nr_reads, MANY);
	ask_for_all(MANY);
	assert_int_equal(nr_reads, 2 * MANY - 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(container_of_v1),
		TEST(container_of_v1_is_named),
		TEST(container_of_v1_of_a_user),
		TEST(one_that_ends_meanwhile),
		TEST(errors_that_pass),
		TEST(errors_that_last),
		TEST(container_of_v1_that_is_not_mounted),
		TEST(many_of_v1_stay_known),
		TEST(containers_of_v1_do_not_pile_up),
	};

	return cmocka_run_group_tests_name("cgroup_v1", tests, NULL, NULL);
}
