// SPDX-License-Identifier: GPL-2.0-only
/*
 * Signals: every other system call is interrupted, which must change nothing
 * and must not leave anything out.
 *
 * wrap: open openat read pread
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libcontmon/internal.h"

int __real_open(const char *path, int flags, ...);
int __real_openat(int fd, const char *path, int flags, ...);
ssize_t __real_read(int fd, void *to, size_t size);
ssize_t __real_pread(int fd, void *to, size_t size, off_t offset);
int __wrap_open(const char *path, int flags, ...);
int __wrap_openat(int fd, const char *path, int flags, ...);
ssize_t __wrap_read(int fd, void *to, size_t size);
ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset);

static bool interrupts;
static unsigned int nr_calls, nr_interrupted;

static bool is_interrupted(void)
{
	if (!interrupts || nr_calls++ % 2)
		return false;
	nr_interrupted++;
	errno = EINTR;
	return true;
}

int __wrap_open(const char *path, int flags, ...)
{
	return is_interrupted() ? -1 : __real_open(path, flags, 0600);
}

int __wrap_openat(int fd, const char *path, int flags, ...)
{
	return is_interrupted() ? -1 : __real_openat(fd, path, flags, 0600);
}

ssize_t __wrap_read(int fd, void *to, size_t size)
{
	return is_interrupted() ? -1 : __real_read(fd, to, size);
}

ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset)
{
	return is_interrupted() ? -1 : __real_pread(fd, to, size, offset);
}

static int teardown(void **state)
{
	(void)state;
	interrupts = false;
	return 0;
}

static void test_a_record(void **state)
{
	const uint64_t fields = CONTMON_TASK_ALL;
	struct contmon_task quiet, loud;
	struct contmon *c;

	(void)state;
	assert_int_equal(setenv("CONTMON_SOURCE", "procfs", 1), 0);
	assert_int_equal(contmon_open(NULL, &c), 0);
	assert_int_equal(contmon_get_task(c, getpid(), fields, 0, &quiet), 0);
	contmon_close(c);

	interrupts = true;
	assert_int_equal(contmon_open(NULL, &c), 0);
	assert_int_equal(contmon_get_task(c, getpid(), fields, 0, &loud), 0);
	contmon_close(c);
	assert_true(loud.valid == quiet.valid);
	assert_true(nr_interrupted > 10);
}

/* root/a/b and root/c: the walk opens the root and each of these */
static void test_a_tree(void **state)
{
	static const char *const below[] = { "a", "a/b", "c" };
	char root[] = "/tmp/contmon-test-XXXXXX", name[64];
	struct contmon_paths *cgroups;
	const char *path;
	struct stat st;
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(root));
	for (i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s/%s", root, below[i]);
		assert_int_equal(mkdir(name, 0700), 0);
	}
	interrupts = true;
	for (i = 3; i--;) {
		snprintf(name, sizeof(name), "%s/%s", root, below[i]);
		assert_int_equal(stat(name, &st), 0);
		assert_int_equal(contmon_paths_new(root, &cgroups), 0);
		assert_int_equal(contmon_paths_find(cgroups, st.st_ino,
						    &path), 0);
		assert_string_equal(path + 1, below[i]);
		contmon_paths_free(cgroups);
		assert_int_equal(rmdir(name), 0);
	}
	assert_int_equal(rmdir(root), 0);
}

#define TEST(name) cmocka_unit_test_teardown(test_##name, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_record),
		TEST(a_tree),
	};

	return cmocka_run_group_tests_name("interrupted", tests, NULL, NULL);
}
