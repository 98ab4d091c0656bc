// SPDX-License-Identifier: GPL-2.0-only
/*
 * Directories of containers in cgroup v1, from texts of /proc/PID/mountinfo and
 * /proc/PID/cgroup
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libcontmon/internal.h"

#define A16 "aaaaaaaaaaaaaaaa"
#define A A16 A16 A16 A16
#define B16 "bbbbbbbbbbbbbbbb"
#define B B16 B16 B16 B16

#define MOUNT(root, point, options) \
	"36 30 0:31 " root " " point " rw shared:9 - cgroup cgroup " options \
	"\n"
#define MEMORY MOUNT("/", "/sys/fs/cgroup/memory", "rw,memory")
#define CPU MOUNT("/", "/sys/fs/cgroup/cpu,cpuacct", "rw,cpu,cpuacct")
#define V2 "35 30 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,pids\n"

static char mountinfo[] = "/tmp/contmon-test-XXXXXX";
static struct contmon_cgroup1 *cgroup1;

static int setup(void **state)
{
	int fd;

	(void)state;
	strcpy(mountinfo + strlen(mountinfo) - 6, "XXXXXX");
	fd = mkstemp(mountinfo);
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	(void)state;
	contmon_cgroup1_free(cgroup1);
	cgroup1 = NULL;
	return unlink(mountinfo);
}

static int read_mounts(const char *text)
{
	FILE *f = fopen(mountinfo, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	contmon_cgroup1_free(cgroup1);
	cgroup1 = NULL;
	return contmon_cgroup1_read(mountinfo, &cgroup1);
}

static void assert_found(const char *text, const char *controller,
			 const char *want, const char *want_path)
{
	char *directory;
	size_t root_length;

	assert_int_equal(contmon_cgroup1_find_in(cgroup1, text, controller, A,
						 &directory, &root_length), 0);
	assert_string_equal(directory, want);
	assert_string_equal(directory + root_length, want_path);
	free(directory);
}

static void assert_absent(const char *text, const char *controller)
{
	char *directory = mountinfo;
	size_t root_length = 7;

	assert_int_equal(contmon_cgroup1_find_in(cgroup1, text, controller, A,
						 &directory, &root_length),
			 -ENOENT);
	assert_ptr_equal(directory, mountinfo);
	assert_int_equal(root_length, 7);
}

static void test_each_hierarchy_has_its_path(void **state)
{
	static const char text[] =
		"11:memory:/docker/" A "/init.scope\n"
		"4:cpu,cpuacct:/batch/docker/" A "\n"
		"1:name=systemd:/docker/" A "\n0::/\n";

	(void)state;
	assert_int_equal(read_mounts(V2 MEMORY CPU), 0);
	/* The container's own cgroup, not the one below it */
	assert_found(text, "memory", "/sys/fs/cgroup/memory/docker/" A,
		     "/docker/" A);
	assert_found(text, "cpu", "/sys/fs/cgroup/cpu,cpuacct/batch/docker/" A,
		     "/batch/docker/" A);
	assert_found(text, "cpuacct",
		     "/sys/fs/cgroup/cpu,cpuacct/batch/docker/" A,
		     "/batch/docker/" A);
	/* Not mounted */
	assert_absent(text, "name=systemd");
	assert_absent(text, "pids");
}

/* The host's, or another container: its numbers are not this one's. */
static void test_it_is_in_some_hierarchies_only(void **state)
{
	(void)state;
	assert_int_equal(read_mounts(MEMORY CPU), 0);
	assert_absent("11:memory:/\n4:cpu,cpuacct:/docker/" B "\n", "memory");
	assert_absent("11:memory:/\n4:cpu,cpuacct:/docker/" B "\n", "cpu");
	assert_absent("", "cpu");
	/* A container in it */
	assert_absent("11:memory:/docker/" A "/docker/" B "\n", "memory");
}

static void test_a_part_of_the_hierarchy_is_mounted(void **state)
{
	static const char text[] = "11:memory:/batch/docker/" A "\n";

	(void)state;
	assert_int_equal(read_mounts(MOUNT("/batch", "/mnt", "rw,memory")), 0);
	assert_found(text, "memory", "/mnt/docker/" A, "/docker/" A);
	assert_absent("11:memory:/batches/docker/" A "\n", "memory");
	assert_absent("11:memory:/docker/" A "\n", "memory");
	/* Only its limits would be seen, but not those above. */
	assert_int_equal(read_mounts(MOUNT("/batch/docker/" A, "/own",
					   "rw,memory")), 0);
	assert_found(text, "memory", "/own", "");
	/* The whole is better, and any part if it has the container. */
	assert_int_equal(read_mounts(MOUNT("/batch", "/mnt", "rw,memory")
				     MOUNT("/other", "/o", "rw,memory")
				     MEMORY), 0);
	assert_found(text, "memory", "/sys/fs/cgroup/memory/batch/docker/" A,
		     "/batch/docker/" A);
	assert_int_equal(read_mounts(MOUNT("/other", "/o", "rw,memory")
				     MOUNT("/batch", "/mnt", "rw,memory")), 0);
	assert_found(text, "memory", "/mnt/docker/" A, "/docker/" A);
}

/* The kernel shows what is above our cgroup namespace as "/..". */
static void test_outside_of_our_namespace(void **state)
{
	static const char text[] = "11:memory:/../docker/" A "\n";

	(void)state;
	assert_int_equal(read_mounts(MEMORY), 0);
	assert_absent(text, "memory");
	assert_int_equal(read_mounts(MOUNT("/..", "/host", "rw,memory")), 0);
	assert_found(text, "memory", "/host/docker/" A, "/docker/" A);
}

static void test_no_hierarchy_is_mounted(void **state)
{
	char *directory;
	size_t root_length;

	(void)state;
	assert_int_equal(read_mounts(V2), -ENOENT);
	assert_int_equal(read_mounts(""), -ENOENT);
	assert_int_equal(read_mounts("1 2 0:3 / /a rw - cgroup cgroup\n"),
			 -ENOENT);
	assert_int_equal(contmon_cgroup1_read("/nonexistent", &cgroup1),
			 -ENOENT);
	assert_int_equal(read_mounts(MEMORY), 0);
	assert_int_equal(contmon_cgroup1_find(cgroup1, getpid(), "cpu", A,
					      &directory, &root_length),
			 -ENOENT);
	assert_int_equal(contmon_cgroup1_find(cgroup1, 0, "memory", A,
					      &directory, &root_length),
			 -EINVAL);
	assert_int_equal(contmon_cgroup1_find(cgroup1, INT32_MAX, "memory", A,
					      &directory, &root_length),
			 -ESRCH);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_hierarchy_has_its_path),
		TEST(it_is_in_some_hierarchies_only),
		TEST(a_part_of_the_hierarchy_is_mounted),
		TEST(outside_of_our_namespace),
		TEST(no_hierarchy_is_mounted),
	};

	return cmocka_run_group_tests_name("cgroup1", tests, NULL, NULL);
}
