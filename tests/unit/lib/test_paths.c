// SPDX-License-Identifier: GPL-2.0-only
/*
 * Paths of cgroups from their ids. A temporary directory is used as the mount:
 * there, too, the id of a directory is its inode number.
 *
 * wrap: openat clock_gettime readdir fstatat fopen
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "libcontmon/internal.h"
#include "tests/unit/remove_tree.h"

static char root[] = "/tmp/contmon-test-XXXXXX";
static struct contmon_paths *cgroups;
static int nr_openat;
static const char *denied;	/* a directory that cannot be opened */
static uint64_t now_ns;

int __real_openat(int fd, const char *path, int flags, ...);
int __wrap_openat(int fd, const char *path, int flags, ...);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);
struct dirent *__real_readdir(DIR *dir);
struct dirent *__wrap_readdir(DIR *dir);
FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);
int __real_fstatat(int fd, const char *path, struct stat *st, int flags);
int __wrap_fstatat(int fd, const char *path, struct stat *st, int flags);

static const char *mounts;	/* replaces the kernel's file unless NULL */

FILE *__wrap_fopen(const char *path, const char *mode)
{
	bool is_mountinfo = strcmp(path, "/proc/self/mountinfo") == 0;

	return __real_fopen(mounts && is_mountinfo ? mounts : path, mode);
}

/* Number of the next call for which the kernel has no memory; 0: none */
static int poor_at;

static bool is_poor(void)
{
	if (!poor_at || --poor_at)
		return false;
	errno = ENOMEM;
	return true;
}

struct dirent *__wrap_readdir(DIR *dir)
{
	return is_poor() ? NULL : __real_readdir(dir);
}

int __wrap_fstatat(int fd, const char *path, struct stat *st, int flags)
{
	return is_poor() ? -1 : __real_fstatat(fd, path, st, flags);
}

/* Called only for cgroups.c here, once for each directory below the mount. */
int __wrap_openat(int fd, const char *path, int flags, ...)
{
	nr_openat += fd != AT_FDCWD;
	if (denied && strcmp(path, denied) == 0) {
		errno = EACCES;
		return -1;
	}
	return __real_openat(fd, path, flags);
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	(void)clock;
	ret->tv_sec = (time_t)(now_ns / 1000000000);
	ret->tv_nsec = (long)(now_ns % 1000000000);
	return 0;
}

static const char *in_root(const char *path)
{
	static char full[1024];

	snprintf(full, sizeof(full), "%s%s", root, path);
	return full;
}

static uint64_t id_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(in_root(path), &st), 0);
	return st.st_ino;
}

static uint64_t make(const char *path)
{
	assert_int_equal(mkdir(in_root(path), 0755), 0);
	return id_of(path);
}

static void make_file(const char *path)
{
	FILE *f = fopen(in_root(path), "w");

	assert_non_null(f);
	fclose(f);
}

static int setup(void **state)
{
	(void)state;
	strcpy(root + strlen(root) - 6, "XXXXXX");
	if (!mkdtemp(root))
		return -1;
	nr_openat = 0;
	denied = NULL;
	now_ns = 1;
	return contmon_paths_new(root, &cgroups);
}

static int teardown(void **state)
{
	(void)state;
	contmon_paths_free(cgroups);
	return remove_tree(root);
}

static void assert_path(uint64_t id, const char *want)
{
	const char *path = NULL;

	assert_int_equal(contmon_paths_find(cgroups, id, &path), 0);
	assert_string_equal(path, want);
}

static void assert_no_path(uint64_t id)
{
	const char *path = root;

	assert_int_equal(contmon_paths_find(cgroups, id, &path), -ENOENT);
	assert_ptr_equal(path, root);
}

static void test_a_tree_is_read_once(void **state)
{
	uint64_t a, b, c;

	(void)state;
	a = make("/system.slice");
	b = make("/system.slice/docker-1.scope");
	c = make("/user.slice");
	make_file("/cgroup.procs");
	make_file("/user.slice/memory.max");

	assert_path(b, "/system.slice/docker-1.scope");
	assert_path(a, "/system.slice");
	assert_path(c, "/user.slice");
	assert_path(id_of("/"), "/");
	assert_int_equal(nr_openat, 4);
	assert_string_equal(contmon_paths_root(cgroups), root);
}

static void test_a_new_cgroup_is_found(void **state)
{
	uint64_t a, b;

	(void)state;
	a = make("/a");
	assert_path(a, "/a");
	b = make("/a/b");
	assert_path(b, "/a/b");
	assert_path(a, "/a");
}

static void test_a_missing_cgroup_is_cached_for_a_second(void **state)
{
	uint64_t a = make("/a");

	(void)state;
	assert_path(a, "/a");
	assert_no_path(~0ULL);
	assert_int_equal(nr_openat, 4);

	now_ns += CONTMON_PATHS_RETRY_NS - 1;
	assert_no_path(~0ULL);
	assert_int_equal(nr_openat, 4);

	now_ns += 1;
	assert_no_path(~0ULL);
	assert_int_equal(nr_openat, 6);
	assert_no_path(~0ULL);
	assert_int_equal(nr_openat, 6);
}

/* The id was looked up before the cgroup was created. */
static void test_a_missing_cgroup_is_not_cached_forever(void **state)
{
	const char *path;
	uint64_t a = make("/a");
	char hidden[64];

	(void)state;
	/* Moved away, because the inode number must stay the same. */
	snprintf(hidden, sizeof(hidden), "%s-hidden", root);
	assert_int_equal(rename(in_root("/a"), hidden), 0);
	assert_no_path(a);
	assert_int_equal(rename(hidden, in_root("/a")), 0);
	assert_no_path(a);
	now_ns += CONTMON_PATHS_RETRY_NS;
	assert_int_equal(contmon_paths_find(cgroups, a, &path), 0);
	assert_string_equal(path, "/a");
}

static void test_a_dead_cgroup_is_known_until_dropped(void **state)
{
	struct contmon_cgroup one = { 0 };
	struct contmon_cgroups live = { .entries = &one, .nr = 1 };
	uint64_t a = make("/a"), b = make("/b");

	(void)state;
	assert_path(a, "/a");
	assert_int_equal(rmdir(in_root("/a")), 0);
	assert_path(a, "/a");

	one.cgroup_id = b;
	contmon_paths_keep(cgroups, &live);
	nr_openat = 0;
	assert_path(b, "/b");
	assert_int_equal(nr_openat, 0);
	assert_no_path(a);
}

static void test_keeping_nothing_drops_all(void **state)
{
	struct contmon_cgroups live = { 0 };
	uint64_t a = make("/a");

	(void)state;
	contmon_paths_keep(cgroups, &live);
	assert_path(a, "/a");
	assert_no_path(~0ULL);
	contmon_paths_keep(cgroups, &live);
	nr_openat = 0;
	assert_path(a, "/a");
	assert_int_equal(nr_openat, 2);
}

static void test_many_cgroups(void **state)
{
	static uint64_t ids[700];
	char path[64];
	int i;

	(void)state;
	for (i = 0; i < 700; i++) {
		snprintf(path, sizeof(path), "/%d", i);
		ids[i] = make(path);
	}
	for (i = 0; i < 700; i++) {
		snprintf(path, sizeof(path), "/%d", i);
		assert_path(ids[i], path);
	}
	assert_int_equal(nr_openat, 701);
}

static void test_deep_cgroups_take_no_descriptors(void **state)
{
	char path[700] = "";
	uint64_t id = 0;
	int i;

	(void)state;
	for (i = 0; i < 300; i++) {
		strcat(path, "/d");
		id = make(path);
	}
	assert_path(id, path);
}

/* Links may lead out of the tree, or make a loop in it. */
static void test_links_are_not_followed(void **state)
{
	uint64_t a = make("/a");

	(void)state;
	assert_int_equal(symlink("..", in_root("/a/up")), 0);
	assert_int_equal(symlink("/", in_root("/a/out")), 0);
	assert_path(a, "/a");
	assert_int_equal(nr_openat, 2);
}

static void test_unusual_names_are_unchanged(void **state)
{
	uint64_t a = make("/\033[2J \n\xff");

	(void)state;
	assert_path(a, "/\033[2J \n\xff");
}

static void test_an_unreadable_directory_hides_only_its_children(void **state)
{
	uint64_t a = make("/a"), b = make("/a/b"), c = make("/c");

	(void)state;
	denied = "a";
	assert_path(c, "/c");
	assert_path(a, "/a");
	assert_no_path(b);
}

/* A part of the tree must not look like the whole. */
static void test_a_kernel_without_memory(void **state)
{
	uint64_t b;
	int i, r;

	(void)state;
	make("/a");
	b = make("/a/b");
	for (i = 1; ; i++) {
		const char *path = root;

		poor_at = i;
		r = contmon_paths_find(cgroups, b, &path);
		if (poor_at)
			break;
		assert_int_equal(r, -ENOMEM);
		assert_ptr_equal(path, root);
	}
	poor_at = 0;
	assert_int_equal(r, 0);
	assert_true(i > 5);
}

static void test_a_root_that_is_gone(void **state)
{
	struct contmon_paths *none;
	const char *path;

	(void)state;
	assert_int_equal(contmon_paths_new("/nonexistent", &none), 0);
	assert_int_equal(contmon_paths_find(none, 1, &path), -ENOENT);
	contmon_paths_free(none);
	contmon_paths_free(NULL);
}

/* The path of @path below a mount of @part; NULL: it is not there */
static void assert_below(const char *part, const char *path, const char *want)
{
	struct contmon_paths *some;
	char text[128], *below = NULL;
	FILE *f = fopen(in_root("/mountinfo"), "w");
	int r;

	assert_non_null(f);
	fprintf(f, "35 30 0:30 %s /mnt rw - cgroup2 cgroup2 rw\n", part);
	fclose(f);
	snprintf(text, sizeof(text), "%s\n", path);
	mounts = in_root("/mountinfo");
	assert_int_equal(contmon_paths_new(NULL, &some), 0);
	mounts = NULL;

	r = contmon_paths_below(some, text, strlen(path), &below);
	assert_int_equal(r, want ? 0 : -ENOENT);
	if (want)
		assert_string_equal(below, want);
	free(below);
	contmon_paths_free(some);
}

/* The same path must not mean another cgroup if only a part is mounted. */
static void test_a_part_has_paths_of_its_own(void **state)
{
	(void)state;
	assert_below("/", "/", "/");
	assert_below("/", "/a/b", "/a/b");
	assert_below("/a", "/a", "/");
	assert_below("/a", "/a/b", "/b");
	assert_below("/a\\040b", "/a b/c", "/c");
	assert_below("/a", "/", NULL);
	assert_below("/a", "/ab", NULL);
	assert_below("/a", "/b/a", NULL);
	assert_below("/a/b", "/a", NULL);
	/* The whole hierarchy, in a nested cgroup namespace */
	assert_below("/..", "/", NULL);
	assert_below("/../..", "/a", NULL);
}

static void test_this_machine_s_mount(void **state)
{
	struct contmon_paths *own;
	struct stat st;
	const char *path;
	int r;

	(void)state;
	r = contmon_paths_new(NULL, &own);
	if (r == -ENOENT)
		skip();
	assert_int_equal(r, 0);
	assert_int_equal(stat(contmon_paths_root(own), &st), 0);
	assert_int_equal(contmon_paths_find(own, st.st_ino, &path), 0);
	assert_string_equal(path, "/");
	contmon_paths_free(own);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_tree_is_read_once),
		TEST(a_new_cgroup_is_found),
		TEST(a_missing_cgroup_is_cached_for_a_second),
		TEST(a_missing_cgroup_is_not_cached_forever),
		TEST(a_dead_cgroup_is_known_until_dropped),
		TEST(keeping_nothing_drops_all),
		TEST(many_cgroups),
		TEST(deep_cgroups_take_no_descriptors),
		TEST(links_are_not_followed),
		TEST(unusual_names_are_unchanged),
		TEST(an_unreadable_directory_hides_only_its_children),
		TEST(a_kernel_without_memory),
		TEST(a_root_that_is_gone),
		TEST(a_part_has_paths_of_its_own),
		TEST(this_machine_s_mount),
	};

	return cmocka_run_group_tests_name("paths", tests, NULL, NULL);
}
