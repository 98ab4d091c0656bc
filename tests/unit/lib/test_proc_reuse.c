// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records of processes that have not run: when they are used again, and when
 * not
 *
 * wrap: clock_gettime
 */
#include "tests/unit/proc_tree.h"
#include "tests/unit/descriptors.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <time.h>

#define SECOND 1000000000ULL
#define FIELDS (CONTMON_TASK_BASE | CONTMON_TASK_CRED | CONTMON_TASK_CGROUP | \
		CONTMON_TASK_MEM | CONTMON_TASK_IO | CONTMON_TASK_OOM_ADJ)

static time_t added_s;

int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	int r = __real_clock_gettime(clock, ret);

	ret->tv_sec += added_s;
	return r;
}

static void put_scanned(int anon, int file)
{
	char text[128];

	snprintf(text, sizeof(text), "nr_free_pages 1\npgscan_anon %d\n"
		 "pgscan_file %d\n", anon, file);
	put("proc/vmstat", text);
}

static void put_stat(int pid, char state, int nr_threads)
{
	char dir[32], text[256];

	snprintf(dir, sizeof(dir), "proc/%d", pid);
	snprintf(text, sizeof(text), "%d (a) %c 1 1 1 0 -1 0 100 0 3 0 5 6 0 0 "
		 "20 1 %d 0 7 8 9 1 1 1 0 0 0 0 0 0 0 0 0 0 17 3 0 0 0 0 0\n",
		 pid, state, nr_threads);
	put_in(dir, "stat", text);
}

static int begin(void **state)
{
	int r = setup(state);

	added_s = 0;
	put_scanned(1, 1);
	put_stat(4, 'S', 1);
	put_stat(30, 'S', 1);
	put_stat(200, 'S', 1);
	return r ? r : contmon_reuse(c, 10 * SECOND);
}

static void look(void)
{
	assert_int_equal(contmon_snapshot_tasks(c, FIELDS, 0, &tasks), 0);
}

static const struct contmon_task *task_of(int pid)
{
	size_t i;

	for (i = 0; i < tasks.nr; i++)
		if (tasks.entries[i].pid == pid)
			return &tasks.entries[i];
	return NULL;
}

static int written;

static void change(int pid)
{
	char dir[32], text[16];

	snprintf(dir, sizeof(dir), "proc/%d", pid);
	snprintf(text, sizeof(text), "%d\n", ++written);
	put_in(dir, "oom_score_adj", text);
}

/* Is what its files have now in the record? */
static bool sees(int pid)
{
	const struct contmon_task *task;

	change(pid);
	look();
	task = task_of(pid);
	assert_non_null(task);
	assert_int_equal(tasks.nr, 3);
	assert_int_equal(task->valid & FIELDS, FIELDS);
	assert_int_equal(task->uid, 1000 + pid);
	return task->oom_score_adj == written;
}

static void test_a_process_is_read_when_it_has_run(void **state)
{
	(void)state;
	assert_true(sees(4));
	assert_false(sees(4));
	put("proc/4/schedstat", "901 40 3\n");
	assert_true(sees(4));
	assert_false(sees(4));
	put("proc/4/schedstat", "901 40 4\n");
	assert_true(sees(4));
	/* How long it waited says nothing. */
	put("proc/4/schedstat", "901 41 4\n");
	assert_false(sees(4));
	assert_false(sees(30));
}

/* It may change without another time slice, or that is unknown. */
static void test_processes_that_are_always_read(void **state)
{
	static const struct {
		char state;
		int nr_threads;
		const char *schedstat;
		bool read;
	} cases[] = {
		{ 'R', 1, "1 2 3\n", true },
		{ 'S', 2, "1 2 3\n", true },
		{ 'S', 1, "0 0 0\n", true },
		{ 'S', 1, "", true },
		{ 'D', 1, "1 2 3\n", false },
		{ 'Z', 1, "1 2 3\n", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put_stat(4, cases[i].state, cases[i].nr_threads);
		put("proc/4/schedstat", cases[i].schedstat);
		put_scanned(1, (int)i);
		sees(4);
		assert_int_equal(sees(4), cases[i].read);
		assert_int_equal(sees(4), cases[i].read);
	}
	take("proc/4/schedstat");
	assert_true(sees(4));
	assert_true(sees(4));
}

static void test_reclaim(void **state)
{
	(void)state;
	assert_true(sees(4));
	put_scanned(2, 1);
	assert_true(sees(4));
	assert_false(sees(4));
	put_scanned(2, 2);
	assert_true(sees(4));
	assert_false(sees(4));
	take("proc/vmstat");
	assert_true(sees(4));
	assert_true(sees(4));
}

/* Processes first seen together are not all read together. */
static void test_no_record_is_old(void **state)
{
	(void)state;
	assert_true(sees(4));
	change(30);
	added_s = 2;	/* due after 1 second by its pid; 4 after 5 */
	assert_false(sees(4));
	assert_int_equal(task_of(30)->oom_score_adj, written - 1);
	added_s = 6;
	assert_true(sees(4));
	change(30);
	added_s = 11;
	assert_false(sees(4));
	assert_int_not_equal(task_of(30)->oom_score_adj, written - 1);
	added_s = 17;
	assert_true(sees(4));
	change(30);
	look();
	assert_int_equal(tasks.nr, 3);
}

static void test_the_cgroup_is_always_read(void **state)
{
	uint64_t before;

	(void)state;
	assert_true(sees(4));
	before = task_of(4)->cgroup_id;
	put("proc/4/cgroup", "0::/ab\n");
	assert_false(sees(4));
	assert_int_not_equal(task_of(4)->cgroup_id, before);
	assert_int_equal(task_of(4)->cgroup_id, task_of(200)->cgroup_id);
	put("proc/4/cgroup", "0::/gone\n");
	look();
	assert_false(task_of(4)->valid & CONTMON_TASK_CGROUP);
	assert_int_equal(task_of(4)->cgroup_id, 0);
}

/* Also with the same run time */
static void test_another_process_with_the_pid(void **state)
{
	char dir[128];

	(void)state;
	assert_true(sees(4));
	snprintf(dir, sizeof(dir), "%s/proc/4", root);
	assert_int_equal(remove_tree(dir), 0);
	put_task("proc/4", 4, 4, 40, "/a/b");
	put_stat(4, 'S', 1);
	assert_true(sees(4));
	assert_int_equal(task_of(4)->rss_anon_bytes, 40 * 1024);
	assert_false(sees(4));
}

static void test_a_process_that_ends_leaves_no_descriptor(void **state)
{
	char dir[128];
	int nr;

	(void)state;
	put_task("proc/7", 7, 7, 7, "/a");
	nr = nr_descriptors();
	look();
	assert_int_equal(tasks.nr, 4);
	assert_int_equal(nr_descriptors(), nr + 4);
	snprintf(dir, sizeof(dir), "%s/proc/7", root);
	assert_int_equal(remove_tree(dir), 0);
	look();
	assert_int_equal(tasks.nr, 3);
	assert_int_equal(nr_descriptors(), nr + 3);
	assert_int_equal(contmon_reuse(c, 0), 0);
	assert_int_equal(nr_descriptors(), nr);
	assert_true(sees(4));
	assert_true(sees(4));
	assert_int_equal(nr_descriptors(), nr);
}

static void test_more_processes_than_descriptors(void **state)
{
	struct rlimit old, few;
	int nr = nr_descriptors(), kept = 0;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	few.rlim_cur = 2;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(contmon_reuse(c, 10 * SECOND), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	look();
	assert_int_equal(nr_descriptors(), nr + 1);
	kept += !sees(4);
	kept += !sees(30);
	kept += !sees(200);
	assert_int_equal(kept, 1);
}

static void test_other_fields_and_filters(void **state)
{
	struct contmon_query query = { .flags = CONTMON_FILTER_CGROUP };

	(void)state;
	assert_true(sees(4));
	query.cgroup_id = task_of(30)->cgroup_id;
	query.fields = CONTMON_TASK_RUNQ;
	assert_int_equal(contmon_query_tasks(c, &query, &tasks), 0);
	assert_int_equal(tasks.nr, 1);
	assert_int_equal(tasks.entries[0].pid, 30);
	assert_true(tasks.entries[0].valid & CONTMON_TASK_RUNQ);
	assert_false(tasks.entries[0].valid & CONTMON_TASK_IO);
	assert_true(sees(4));
	assert_int_equal(contmon_snapshot_tasks(c, FIELDS, CONTMON_THREADS,
						&tasks), 0);
	assert_int_equal(tasks.nr, 4);
	assert_false(sees(4));
}

static void test_our_own_shortage_is_an_error(void **state)
{
	struct rlimit old, none;
	int r;

	(void)state;
	assert_true(sees(4));
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = old;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	r = contmon_snapshot_tasks(c, FIELDS, 0, &tasks);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(r, -EMFILE);
	assert_int_equal(tasks.nr, 0);
	sees(4);
	assert_false(sees(4));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define BEGIN(name) cmocka_unit_test_setup_teardown(name, begin, teardown)
		BEGIN(test_a_process_is_read_when_it_has_run),
		BEGIN(test_processes_that_are_always_read),
		BEGIN(test_reclaim),
		BEGIN(test_no_record_is_old),
		BEGIN(test_the_cgroup_is_always_read),
		BEGIN(test_another_process_with_the_pid),
		BEGIN(test_a_process_that_ends_leaves_no_descriptor),
		BEGIN(test_more_processes_than_descriptors),
		BEGIN(test_other_fields_and_filters),
		BEGIN(test_our_own_shortage_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
