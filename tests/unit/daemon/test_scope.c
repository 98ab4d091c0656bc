// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finding containers: by the paths of cgroups, by the engine, and by tasks
 * where cgroup v1 is in use.
 *
 * wrap: contmon_paths_new contmon_paths_find contmon_paths_root
 * wrap: contmon_paths_free contmon_has_cgroup1 contmon_identify_process
 * wrap: contmon_cgroup1_new stat qsort bsearch
 */
#include "tests/unit/daemon.h"
#include "tests/unit/wrap_cgroup1.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/user_slice.h"
#include "contmond/collect/scope.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

#define OTHER "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

static const char *const paths[] = {
	"/", "/batch", "/batch/job-7", "/batch/job-7/own",
	"/batch/job-7/own/in", "/docker/" ID,
	"/docker/" ID "/docker/" OTHER, "/bobs.service/docker-" ID ".scope",
	"/user.slice/user-1000.slice/docker-" ID ".scope",
	"/closed/in/docker-" ID ".scope", "/gone/docker-" ID ".scope",
};

static struct names *names;
static struct cgroups *cgroups;
static struct scope_map *map;
static bool has_v1, is_v2_missing;
static int paths_error;	/* of looking for a path */
static struct contmon_cgroup rows[COUNT(paths)];
static struct contmon_cgroups snapshot = { .entries = rows,
					   .nr = COUNT(rows) };

/* Indices from 1 are the pids, and for @paths the ids of cgroups. */
static const char *const in_v1[] = { "/", "/lxc/web", "/lxc/web", "/lxc/db" };
static struct contmon_task processes[COUNT(in_v1)];
static struct contmon_tasks tasks = { .entries = processes };

/* Instead of these: as many processes as @tasks has, in containers of v1 */
static int nr_of_many;

static size_t nr_comparisons;
static int (*compare_counted)(const void *a, const void *b);

int __wrap_contmon_has_cgroup1(void);
int __wrap_contmon_identify_process(int32_t pid, struct contmon_identity *ret);
int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret);
void __wrap_contmon_paths_free(struct contmon_paths *freed);
int __wrap_contmon_paths_find(struct contmon_paths *all, uint64_t id,
			      const char **ret_path);
const char *__wrap_contmon_paths_root(const struct contmon_paths *all);

int __real_stat(const char *path, struct stat *ret);
int __wrap_stat(const char *path, struct stat *ret);

int __wrap_stat(const char *path, struct stat *ret)
{
	static const char root[] = "/sys/fs/cgroup/";
	const char *place = path + sizeof(root) - 1;

	if (strncmp(path, root, sizeof(root) - 1) != 0)
		return __real_stat(path, ret);
	*ret = (struct stat){ 0 };
	if (strcmp(place, "bobs.service") == 0)
		ret->st_uid = geteuid() + 7;
	errno = strcmp(place, "closed/in") == 0 ? EACCES : ENOENT;
	return strcmp(place, "closed/in") == 0 || strcmp(place, "gone") == 0 ?
	       -1 : 0;
}

void __real_qsort(void *array, size_t nr, size_t size,
		  int (*compare)(const void *a, const void *b));
void __wrap_qsort(void *array, size_t nr, size_t size,
		  int (*compare)(const void *a, const void *b));
void *__real_bsearch(const void *key, const void *array, size_t nr, size_t size,
		     int (*compare)(const void *a, const void *b));
void *__wrap_bsearch(const void *key, const void *array, size_t nr, size_t size,
		     int (*compare)(const void *a, const void *b));

static int count_comparison(const void *a, const void *b)
{
	nr_comparisons++;
	return compare_counted(a, b);
}

void __wrap_qsort(void *array, size_t nr, size_t size,
		  int (*compare)(const void *a, const void *b))
{
	compare_counted = compare;
	__real_qsort(array, nr, size, count_comparison);
}

void *__wrap_bsearch(const void *key, const void *array, size_t nr, size_t size,
		     int (*compare)(const void *a, const void *b))
{
	compare_counted = compare;
	return __real_bsearch(key, array, nr, size, count_comparison);
}

/* Not those of the host that runs the test, where the processes are others */
int __wrap_contmon_cgroup1_new(struct contmon_cgroup1 **ret)
{
	(void)ret;
	return -ENOENT;
}

int __wrap_contmon_has_cgroup1(void)
{
	return has_v1;
}

int __wrap_contmon_identify_process(int32_t pid, struct contmon_identity *ret)
{
	char path[32];

	assert_true(has_v1);
	if (nr_of_many) {
		snprintf(path, sizeof(path), "/lxc/c%d", pid % nr_of_many);
		return contmon_identify(path, ret);
	}
	if (pid > (int32_t)COUNT(in_v1))
		return -ESRCH;
	return contmon_identify(in_v1[pid - 1], ret);
}

int __wrap_contmon_paths_new(const char *root, struct contmon_paths **ret)
{
	assert_null(root);
	if (is_v2_missing)
		return -ENOENT;
	*ret = (struct contmon_paths *)&rows;
	return 0;
}

void __wrap_contmon_paths_free(struct contmon_paths *freed)
{
	(void)freed;
}

/* The id of a cgroup is its index in @paths, from 1 on. */
int __wrap_contmon_paths_find(struct contmon_paths *all, uint64_t id,
			      const char **ret_path)
{
	(void)all;
	if (paths_error)
		return paths_error;
	*ret_path = paths[id - 1];
	return 0;
}

const char *__wrap_contmon_paths_root(const struct contmon_paths *all)
{
	(void)all;
	return "/sys/fs/cgroup";
}

static int setup(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		rows[i].cgroup_id = i + 1;
	tasks.nr = 0;
	tasks.entries = processes;
	nr_of_many = 0;
	paths_error = 0;
	has_v1 = is_v2_missing = false;
	names = names_new();
	assert_int_equal(cgroups_new(names, &cgroups), 0);
	return scope_map_new(cgroups, names, &map);
}

static int teardown(void **state)
{
	(void)state;
	scope_map_free(map);
	cgroups_free(cgroups);
	names_free(names);
	return 0;
}

static void say(const char *id, const char *cgroup, const char *runtime)
{
	const struct container_info name = { .id = id, .cgroup = cgroup,
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
	assert_int_equal(scope_map_update(map, &snapshot, &tasks), 0);
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
		TEST(test_a_cgroup_that_looks_like_none),
		TEST(test_unchanged_cgroups_are_kept),
		TEST(test_containers_stay_when_reading_fails),
		TEST(test_whose_they_are),
		TEST(test_the_innermost_container_counts),
		TEST(test_containers_of_v1),
		TEST(test_one_of_v1_runs_again),
		TEST(test_one_of_v1_that_begins),
		TEST(test_v2_comes_before_v1),
		TEST(test_no_v2),
		TEST(test_many_of_v1_cost_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
