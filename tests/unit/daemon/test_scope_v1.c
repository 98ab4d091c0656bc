// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finding containers by tasks, where cgroup v1 is in use
 *
 * wrap: contmon_paths_new contmon_paths_find contmon_paths_root
 * wrap: contmon_paths_free contmon_has_cgroup1 contmon_identify_process
 * wrap: contmon_cgroup1_new stat qsort bsearch
 */
#include "tests/unit/scope_world.h"

/* Start again on a host with cgroup v1 */
static void use_v1(void)
{
	size_t i;

	scope_map_free(map);
	cgroups_free(cgroups);
	has_v1 = true;
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	assert_int_equal(scope_map_new(cgroups, names, &map), 0);
	tasks.nr = COUNT(processes);
	for (i = 0; i < tasks.nr; i++)
		processes[i] = (struct contmon_task){
			.valid = CONTMON_TASK_BASE | CONTMON_TASK_CGROUP,
			.pid = (int32_t)i + 1, .tgid = (int32_t)i + 1,
			.cgroup_id = i + 1,
		};
}

static struct scope *scope_of_process(size_t i)
{
	struct scope *scope;

	assert_int_equal(scope_map_find_task(map, &processes[i], &scope), 0);
	return scope;
}

static void test_containers_of_v1(void **state)
{
	struct scope *web, *db;

	(void)state;
	use_v1();
	update();
	assert_int_equal(scope_map_nr_v1(map), 2);
	web = scope_of_process(1);
	db = scope_of_process(3);
	assert_string_equal(web->id, "web");
	assert_int_equal(web->runtime, CONTMON_RUNTIME_LXC);
	assert_null(web->cgroup);
	assert_null(web->directories.paths[DIRECTORY_V2]);
	assert_string_equal(db->id, "db");
	assert_true(web->cgroup_id != db->cgroup_id);
	assert_ptr_equal(scope_of_process(2), web);
	assert_null(scope_of_process(0));
	/* The same as long as it has a process, and no longer */
	update();
	assert_ptr_equal(scope_of_process(1), web);
	tasks.nr = 3;
	update();
	assert_int_equal(scope_map_nr_v1(map), 1);
	assert_ptr_equal(scope_map_v1(map, 0), web);
}

/* Of process 4, the only one of db */
static void start_at(uint64_t start_ns, const char *comm)
{
	processes[3].start_boottime_ns = start_ns;
	snprintf((char *)processes[3].comm, sizeof(processes[3].comm), "%s",
		 comm);
}

/* Its cgroup in one hierarchy: what stands in a sample's place finds it. */
static void see_directory(struct scope *scope, enum directory directory,
			  const char *name)
{
	struct stat status;

	scope->directories.paths[directory] = strdup(in_directory(name));
	assert_int_equal(mkdir(in_directory(name), 0700), 0);
	assert_int_equal(stat(in_directory(name), &status), 0);
	scope->directories.inodes[directory] = status.st_ino;
}

/* While the old one exists, the new one has another inode. */
static void make_again(const char *name)
{
	char old[600];

	snprintf(old, sizeof(old), "%s.old", in_directory(name));
	assert_int_equal(rename(in_directory(name), old), 0);
	assert_int_equal(mkdir(in_directory(name), 0700), 0);
}

static void update_at(uint64_t boottime_ns)
{
	tasks.taken_boottime_ns = boottime_ns;
	update();
}

/* It has the same id, but all of its processes are new. */
static void test_one_of_v1_runs_again(void **state)
{
	struct scope *db;

	(void)state;
	use_v1();
	start_at(50, "db");
	update_at(100);
	db = scope_ref(scope_of_process(3));
	/* It had another process, too, which has ended since. */
	start_at(90, "db");
	update_at(200);
	assert_ptr_equal(scope_of_process(3), db);
	start_at(201, "db");
	update_at(300);
	assert_int_equal(scope_map_nr_v1(map), 1);
	assert_int_equal(scope_map_find(map, db->cgroup_id, &(struct scope *){
			 NULL }), -ENOENT);
	update_at(400);
	assert_int_equal(scope_map_nr_v1(map), 2);
	assert_ptr_not_equal(scope_of_process(3), db);
	assert_int_equal(scope_of_process(3)->cgroup_id, db->cgroup_id);
	scope_unref(db);
}

/* If its cgroup is still there, only its processes are others. */
static void test_new_processes_in_one_of_v1(void **state)
{
	struct scope *db;

	(void)state;
	assert_int_equal(make_directory(state), 0);
	use_v1();
	start_at(50, "db");
	update_at(100);
	db = scope_ref(scope_of_process(3));
	see_directory(db, DIRECTORY_MEMORY, "memory");
	see_directory(db, DIRECTORY_PIDS, "pids");
	start_at(150, "db");
	update_at(200);
	assert_ptr_equal(scope_of_process(3), db);
	/* One is gone: its processes tell. */
	make_again("pids");
	start_at(190, "db");
	update_at(300);
	assert_ptr_equal(scope_of_process(3), db);
	/* Some began while the processes were read. */
	make_again("memory");
	start_at(299, "db");
	update_at(400);
	assert_int_equal(scope_map_nr_v1(map), 1);
	update_at(500);
	assert_ptr_not_equal(scope_of_process(3), db);
	scope_unref(db);
	assert_int_equal(remove_directory(state), 0);
}

/* A process of the runtime ends as soon as the container's own one begins. */
static void test_one_of_v1_that_begins(void **state)
{
	struct scope *db;

	(void)state;
	use_v1();
	start_at(99, "runc:[1:CHILD]");
	update_at(100);
	db = scope_ref(scope_of_process(3));
	start_at(101, "db");
	update_at(200);
	assert_ptr_equal(scope_of_process(3), db);
	/* It started while the processes were read. */
	scope_unref(db);
	use_v1();
	start_at(101, "db");
	update_at(100);
	db = scope_ref(scope_of_process(3));
	update_at(200);
	assert_ptr_equal(scope_of_process(3), db);
	/* It is just being made again. */
	start_at(201, "runc:[1:CHILD]");
	update_at(300);
	start_at(301, "db");
	update_at(400);
	assert_int_equal(scope_map_nr_v1(map), 1);
	scope_unref(db);
}

static void test_v2_comes_before_v1(void **state)
{
	struct scope *scope;

	(void)state;
	use_v1();
	processes[1].cgroup_id = 6;
	update();
	assert_string_equal(scope_of_process(1)->id, ID);
	assert_string_equal(scope_of_process(2)->id, "web");
	assert_int_equal(scope_map_nr_v1(map), 2);
	/* A container that the engine has reported since */
	say("webid", "/batch", "docker");
	processes[2].cgroup_id = 2;
	processes[3].cgroup_id = 1;
	update();
	assert_string_equal(scope_of_process(2)->id, "webid");
	assert_int_equal(scope_map_nr_v1(map), 1);
	/* Unknown, because nothing of it is read without v1. */
	processes[0].pid = processes[0].tgid = 99;
	processes[0].cgroup_id = 99;
	assert_int_equal(scope_map_find_task(map, &processes[0], &scope),
			 -ENOENT);
}

static void test_no_v2(void **state)
{
	struct scope *scope;

	(void)state;
	is_v2_missing = true;
	use_v1();
	update();
	assert_int_equal(scope_map_nr_v1(map), 2);
	assert_string_equal(scope_of_process(1)->id, "web");
	assert_null(scope_of_process(0));
	processes[0].pid = processes[0].tgid = 99;
	assert_int_equal(scope_map_find_task(map, &processes[0], &scope),
			 -ENOENT);
}

/*
 * Fewer comparisons than the logarithm for each task cannot tell the containers
 * apart, so they would be searched in a way that is not counted here.
 */
static void test_many_of_v1_cost_little(void **state)
{
	enum { TASKS = 8192, CONTAINERS = 512, LOG = 9 };
	static struct contmon_task many[TASKS];
	size_t i;

	(void)state;
	use_v1();
	tasks.entries = many;
	tasks.nr = TASKS;
	nr_of_many = CONTAINERS;
	for (i = 0; i < TASKS; i++)
		many[i] = (struct contmon_task){
			.pid = (int32_t)i + 1, .tgid = (int32_t)i + 1,
		};
	for (i = 0; i < 2; i++) {
		nr_comparisons = 0;
		update();
		assert_int_equal(scope_map_nr_v1(map), CONTAINERS);
		assert_in_range(nr_comparisons, TASKS * LOG, 2 * TASKS * LOG);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_containers_of_v1),
		TEST(test_one_of_v1_runs_again),
		TEST(test_new_processes_in_one_of_v1),
		TEST(test_one_of_v1_that_begins),
		TEST(test_v2_comes_before_v1),
		TEST(test_no_v2),
		TEST(test_many_of_v1_cost_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
