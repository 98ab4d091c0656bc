// SPDX-License-Identifier: GPL-2.0-only
/*
 * When the directories of a container in cgroup v1 are looked for.
 *
 * wrap: contmon_cgroup1_find contmon_get_task
 */
#include "tests/unit/daemon.h"
#include "tests/unit/wrap_cgroup1.h"

#include "contmond/collect/directories.h"

#define SECOND UINT64_C(1000000000)

static struct contmon *const device = (struct contmon *)&device;
static struct contmon_cgroup1 *const mounts = (struct contmon_cgroup1 *)&mounts;
static struct directories directories;
static struct tally tally;
static const char *present;	/* the controllers in whose hierarchies it is */
static int32_t pid_to_ask;
static const char *mounted_in = "";
static int find_error;
static int nr_asked;
static uint64_t start_now_ns;	/* of the process that has the pid; 0: none */
static int task_error;

int __wrap_contmon_get_task(struct contmon *c, int32_t pid, uint64_t fields,
			    uint32_t flags, struct contmon_task *ret);
int __wrap_contmon_get_task(struct contmon *c, int32_t pid, uint64_t fields,
			    uint32_t flags, struct contmon_task *ret)
{
	assert_ptr_equal(c, device);
	assert_int_equal(pid, pid_to_ask);
	assert_int_equal(fields, CONTMON_TASK_BASE);
	assert_int_equal(flags, 0);
	assert_true(nr_asked > 0);
	if (task_error || start_now_ns == 0)
		return task_error ?: -ESRCH;
	*ret = (struct contmon_task){ .pid = pid,
				      .start_boottime_ns = start_now_ns };
	return 0;
}

int __wrap_contmon_cgroup1_find(const struct contmon_cgroup1 *cgroup1,
				int32_t pid, const char *controller,
				const char *id, char **ret_directory,
				size_t *ret_root_length)
{
	assert_ptr_equal(cgroup1, mounts);
	assert_int_equal(pid, pid_to_ask);
	assert_string_equal(id, "web");
	nr_asked++;
	if (find_error)
		return find_error;
	if (!strstr(present, controller))
		return -ENOENT;
	assert_true(asprintf(ret_directory, "%s/%s/%d", mounted_in, controller,
			     pid) > 0);
	*ret_root_length = strlen(mounted_in) + 1 + strlen(controller);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	tally = (struct tally){
		.processes = 1, .first_pid = 10, .first_start_ns = 5,
	};
	pid_to_ask = 10;
	present = "memory pids";
	find_error = nr_asked = task_error = 0;
	start_now_ns = 5;
	directories.paths[DIRECTORY_V2] = strdup("/v2");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	directories_done(&directories);
	assert_null(directories.paths[DIRECTORY_V2]);
	return 0;
}

static int follow_at(uint64_t now_ns)
{
	return directories_follow(&directories, device, mounts, "web", &tally,
				  now_ns);
}

static void test_found_and_kept(void **state)
{
	(void)state;
	assert_int_equal(follow_at(SECOND), 0);
	assert_string_equal(directories.paths[DIRECTORY_MEMORY], "/memory/10");
	assert_int_equal(directories.root_lengths[DIRECTORY_MEMORY], 7);
	assert_string_equal(directories.paths[DIRECTORY_PIDS], "/pids/10");
	assert_null(directories.paths[DIRECTORY_CPU]);
	assert_string_equal(directories.paths[DIRECTORY_V2], "/v2");
	nr_asked = 0;
	assert_int_equal(follow_at(2 * SECOND), 0);
	assert_int_equal(nr_asked, 0);
	/* Another process: what is known stays, what is missing may be there */
	tally.first_pid = pid_to_ask = 11;
	present = "memory pids cpu";
	assert_int_equal(follow_at(2 * SECOND), 0);
	assert_string_equal(directories.paths[DIRECTORY_MEMORY], "/memory/10");
	assert_string_equal(directories.paths[DIRECTORY_CPU], "/cpu/11");
}

/* A runtime puts a process into one hierarchy after the other. */
static void test_missing_ones_are_looked_for_again(void **state)
{
	(void)state;
	assert_int_equal(follow_at(SECOND), 0);
	present = "memory pids cpu";
	assert_int_equal(follow_at((1 + DIRECTORIES_AGE) * SECOND - 1), 0);
	assert_null(directories.paths[DIRECTORY_CPU]);
	assert_int_equal(follow_at((1 + DIRECTORIES_AGE) * SECOND), 0);
	assert_string_equal(directories.paths[DIRECTORY_CPU], "/cpu/10");
}

/* Count the processes, as at each sample. */
static void count_processes(void)
{
	static const struct contmon_task tasks[] = {
		{ .pid = 12, .start_boottime_ns = 6 },
		{ .pid = 10, .start_boottime_ns = 5 },
		{ .pid = 11, .start_boottime_ns = 6 },
	};
	size_t i;

	tally = (struct tally){
		.asked_pid = directories.asked_pid,
		.asked_start_ns = directories.asked_start_ns,
	};
	for (i = 0; i < COUNT(tasks); i++)
		tally_add(&tally, &tasks[i]);
}

/* The oldest process may have been put elsewhere in some hierarchies. */
static void test_other_processes_are_asked(void **state)
{
	static const int32_t pids[] = { 10, 11, 12, 10 };
	size_t i;

	(void)state;
	present = "memory";
	for (i = 0; i < COUNT(pids); i++) {
		count_processes();
		pid_to_ask = pids[i];
		nr_asked = 0;
		start_now_ns = pids[i] == 10 ? 5 : 6;
		assert_int_equal(follow_at((1 + i * DIRECTORIES_AGE) * SECOND),
				 0);
		assert_true(nr_asked > 0);
		present = "memory cpu";
	}
	assert_string_equal(directories.paths[DIRECTORY_MEMORY], "/memory/10");
	assert_string_equal(directories.paths[DIRECTORY_CPU], "/cpu/11");
}

static void test_forgotten_ones_are_found_at_once(void **state)
{
	(void)state;
	assert_int_equal(follow_at(SECOND), 0);
	directories_forget(&directories);
	assert_null(directories.paths[DIRECTORY_MEMORY]);
	assert_string_equal(directories.paths[DIRECTORY_V2], "/v2");
	assert_int_equal(follow_at(SECOND), 0);
	assert_string_equal(directories.paths[DIRECTORY_MEMORY], "/memory/10");
}

static void test_errors(void **state)
{
	(void)state;
	find_error = -EMFILE;
	assert_int_equal(follow_at(SECOND), -EMFILE);
	find_error = 0;
	assert_int_equal(follow_at(SECOND), 0);
	assert_string_equal(directories.paths[DIRECTORY_MEMORY], "/memory/10");
	directories_forget(&directories);
	task_error = -ENFILE;
	assert_int_equal(follow_at(2 * SECOND), -ENFILE);
	assert_null(directories.paths[DIRECTORY_MEMORY]);
	task_error = 0;
	assert_int_equal(follow_at(2 * SECOND), 0);
	assert_string_equal(directories.paths[DIRECTORY_MEMORY], "/memory/10");
	/* The process has ended since. */
	directories_forget(&directories);
	find_error = -ESRCH;
	assert_int_equal(follow_at(2 * SECOND), 0);
	assert_null(directories.paths[DIRECTORY_MEMORY]);
}

/* Another process has the pid, in a container of the same id. */
static void test_a_pid_that_is_used_again(void **state)
{
	(void)state;
	start_now_ns = 7;
	assert_int_equal(follow_at(SECOND), 0);
	assert_true(nr_asked > 0);
	assert_null(directories.paths[DIRECTORY_MEMORY]);
	start_now_ns = 0;
	assert_int_equal(follow_at((1 + DIRECTORIES_AGE) * SECOND), 0);
	assert_null(directories.paths[DIRECTORY_MEMORY]);
	/* The next process tells it. */
	tally.next_pid = pid_to_ask = 11;
	tally.next_start_ns = start_now_ns = 8;
	assert_int_equal(follow_at((1 + 2 * DIRECTORIES_AGE) * SECOND), 0);
	assert_string_equal(directories.paths[DIRECTORY_MEMORY], "/memory/11");
	/* What was known before stays. */
	present = "memory pids cpu";
	start_now_ns = 9;
	assert_int_equal(follow_at((1 + 3 * DIRECTORIES_AGE) * SECOND), 0);
	assert_string_equal(directories.paths[DIRECTORY_MEMORY], "/memory/11");
	assert_null(directories.paths[DIRECTORY_CPU]);
}

static void test_nothing_to_look_for(void **state)
{
	(void)state;
	assert_int_equal(directories_follow(&directories, device, NULL, "web",
					    &tally, SECOND), 0);
	tally.processes = 0;
	assert_int_equal(follow_at(SECOND), 0);
	assert_int_equal(nr_asked, 0);
}

static void make_place(const char *name)
{
	char inner[32];

	snprintf(inner, sizeof(inner), "%s/10", name);
	mkdir(in_directory(name), 0700);
	assert_int_equal(mkdir(in_directory(inner), 0700), 0);
}

/* Instead of its directory there is another of the same name. */
static void make_place_again(const char *name)
{
	char old[600];

	snprintf(old, sizeof(old), "%s.old", in_directory(name));
	assert_int_equal(rename(in_directory(name), old), 0);
	make_place(name);
}

static void test_whether_they_are_the_same(void **state)
{
	(void)state;
	assert_int_equal(make_directory(state), 0);
	assert_int_equal(directories_are_there(&directories), -ENODATA);
	/* What cannot be looked at is not known to be another. */
	present = "cpu";
	assert_int_equal(follow_at(SECOND), 0);
	assert_int_equal(directories_are_there(&directories), -ENODATA);
	mounted_in = test_directory;
	present = "memory pids";
	make_place("memory");
	make_place("pids");
	assert_int_equal(follow_at(20 * SECOND), 0);
	assert_int_equal(directories_are_there(&directories), 1);
	make_place_again("pids");
	assert_int_equal(directories_are_there(&directories), -ENODATA);
	assert_int_equal(rename(in_directory("memory"),
				in_directory("away")), 0);
	assert_int_equal(directories_are_there(&directories), 0);
	mounted_in = "";
	assert_int_equal(remove_directory(state), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_found_and_kept),
		TEST(test_missing_ones_are_looked_for_again),
		TEST(test_other_processes_are_asked),
		TEST(test_forgotten_ones_are_found_at_once),
		TEST(test_errors),
		TEST(test_a_pid_that_is_used_again),
		TEST(test_nothing_to_look_for),
		TEST(test_whether_they_are_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
