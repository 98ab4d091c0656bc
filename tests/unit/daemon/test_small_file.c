// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that are read from an open directory, and the way to the one above
 *
 * wrap: openat
 */
#include "tests/unit/daemon.h"

#include "contmond/collect/small_file.h"

static char text[SMALL_FILE_MAX];
static int up_errno;	/* of ".." */
static int box;

int __real_openat(int directory, const char *path, int flags, ...);
int __wrap_openat(int directory, const char *path, int flags, ...);

int __wrap_openat(int directory, const char *path, int flags, ...)
{
	if (strcmp(path, "..") != 0 || !up_errno)
		return __real_openat(directory, path, flags);
	errno = up_errno;
	return -1;
}

static int setup(void **state)
{
	up_errno = 0;
	if (make_directory(state) < 0)
		return -1;
	mkdir(in_directory("slice"), 0700);
	mkdir(in_directory("slice/box"), 0700);
	write_file("slice/pids.max", "40\n");
	write_file("slice/box/pids.max", "50\n");
	box = small_directory_open(in_directory("slice/box"));
	return box < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	close(box);
	return remove_directory(state);
}

static void must_be_above(int below)
{
	int above = small_directory_above(below, in_directory("slice"));

	assert_int_equal(small_file_read(above, "pids.max", text), 0);
	assert_string_equal(text, "40\n");
	close(above);
}

static void test_the_directory_above(void **state)
{
	(void)state;
	assert_int_equal(small_file_read(box, "pids.max", text), 0);
	assert_string_equal(text, "50\n");
	assert_int_equal(small_file_read(box, "cpu.max", text), -ENOENT);
	must_be_above(box);
}

/* Another of its name has nothing to do with it. */
static void test_one_that_was_removed(void **state)
{
	(void)state;
	unlink(in_directory("slice/box/pids.max"));
	assert_int_equal(rmdir(in_directory("slice/box")), 0);
	mkdir(in_directory("slice/box"), 0700);
	write_file("slice/box/pids.max", "60\n");
	assert_int_equal(small_file_read(box, "pids.max", text), -ENOENT);
	must_be_above(box);
}

static void test_one_that_may_not_be_searched(void **state)
{
	(void)state;
	up_errno = EACCES;
	must_be_above(box);
}

static void test_one_that_is_not_open(void **state)
{
	int none = small_directory_open(in_directory("slice/none"));

	(void)state;
	assert_int_equal(none, -ENOENT);
	assert_int_equal(small_file_read(none, "pids.max", text), -ENOENT);
	assert_int_equal(small_file_read(-EMFILE, "pids.max", text), -EMFILE);
	assert_int_equal(small_directory_open(in_directory("slice/pids.max")),
			 -ENOTDIR);
	must_be_above(none);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(test_the_directory_above),
		TEST(test_one_that_was_removed),
		TEST(test_one_that_may_not_be_searched),
		TEST(test_one_that_is_not_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
