// SPDX-License-Identifier: GPL-2.0-only
/*
 * The source without a driver when memory or descriptors are short, in a child,
 * and in two threads
 *
 * wrap: calloc realloc reallocarray strdup strndup
 */
#include "tests/unit/proc_tree.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>

void *__real_calloc(size_t nr, size_t size);
void *__real_realloc(void *p, size_t size);
void *__real_reallocarray(void *p, size_t nr, size_t size);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t length);
void *__wrap_calloc(size_t nr, size_t size);
void *__wrap_realloc(void *p, size_t size);
void *__wrap_reallocarray(void *p, size_t nr, size_t size);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t length);

/* The allocation that fails, counted down; 0 for none */
static __thread int fail_at;

static bool fails(void)
{
	return fail_at && --fail_at == 0;
}

void *__wrap_calloc(size_t nr, size_t size)
{
	return fails() ? NULL : __real_calloc(nr, size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return fails() ? NULL : __real_realloc(p, size);
}

void *__wrap_reallocarray(void *p, size_t nr, size_t size)
{
	return fails() ? NULL : __real_reallocarray(p, nr, size);
}

char *__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

char *__wrap_strndup(const char *s, size_t length)
{
	return fails() ? NULL : __real_strndup(s, length);
}

/* Without process 1 no sum over processes would be known. */
static int setup_with_init(void **state)
{
	int r = setup(state);

	put_task("proc/1", 1, 1, 1, "/gone");
	return r;
}

/* Uses everything with its own handle; @ret_nr counts complete rows. */
static int use_all(size_t *ret_nr)
{
	struct contmon_cgroups rows = { 0 };
	struct contmon_tasks all = { 0 };
	struct contmon *handle;
	size_t i;
	int r;

	*ret_nr = 0;
	r = open_fake(&handle);
	if (r < 0)
		return r;
	r = contmon_snapshot_tasks(handle, CONTMON_TASK_ALL, CONTMON_THREADS,
				   &all);
	for (i = 0; i < all.nr; i++)
		*ret_nr += all.entries[i].valid == OF_THREAD;
	if (r == 0)
		r = contmon_snapshot_cgroups(handle, CONTMON_CGROUP_ALL,
						0, &rows);
	for (i = 0; i < rows.nr; i++)
		*ret_nr += rows.entries[i].nr_tasks;
	*ret_nr += rows.nr;
	contmon_tasks_done(&all);
	contmon_cgroups_done(&rows);
	contmon_close(handle);
	return r;
}

/* Four threads, four cgroups and three processes in them */
#define WHOLE (4 + 4 + 3)

static void test_any_allocation_may_fail(void **state)
{
	size_t nr;
	int i, r;

	(void)state;
	for (i = 1; ; i++) {
		fail_at = i;
		r = use_all(&nr);
		if (fail_at)
			break;
		assert_int_equal(r, -ENOMEM);
	}
	fail_at = 0;
	assert_int_equal(r, 0);
	assert_int_equal(nr, WHOLE);
	assert_true(i > 8);
}

/* With too few descriptors there is an error, never an incomplete result. */
static void test_too_few_descriptors(void **state)
{
	struct rlimit old, few;
	size_t nr, nr_failed = 0;
	int r;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	for (few.rlim_cur = 0; few.rlim_cur < 64; few.rlim_cur++) {
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
		r = use_all(&nr);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
		if (r == 0)
			break;
		assert_int_equal(r, -EMFILE);
		nr_failed++;
	}
	assert_int_equal(r, 0);
	assert_int_equal(nr, WHOLE);
	assert_true(nr_failed > 3);
}

static void test_a_child_may_use_the_handle(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(snapshot(CONTMON_TASK_ALL, 0), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(snapshot(CONTMON_TASK_ALL, 0) == 0 && tasks.nr == 3 ?
		      0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(snapshot(CONTMON_TASK_ALL, 0), 0);
	ASSERT_PIDS(4, 30, 200);
}

static void *use_often(void *arg)
{
	size_t *nr_whole = arg, nr;
	int i;

	for (i = 0; i < 100; i++)
		if (use_all(&nr) == 0 && nr == WHOLE)
			(*nr_whole)++;
	return NULL;
}

static void test_two_threads_with_two_handles(void **state)
{
	size_t nr[2] = { 0, 0 };
	pthread_t threads[2];
	int i;

	(void)state;
	for (i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, use_often,
						&nr[i]), 0);
	for (i = 0; i < 2; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(nr[0], 100);
	assert_int_equal(nr[1], 100);
}

#define WITH_INIT(name) cmocka_unit_test_setup_teardown(		\
	test_##name, setup_with_init, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_INIT(any_allocation_may_fail),
		WITH_INIT(too_few_descriptors),
		TEST(a_child_may_use_the_handle),
		WITH_INIT(two_threads_with_two_handles),
	};

	return cmocka_run_group_tests_name("proc_limits", tests, NULL, NULL);
}
