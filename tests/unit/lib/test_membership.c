// SPDX-License-Identifier: GPL-2.0-only
/*
 * The container of a process, by all its cgroups
 *
 * wrap: fopen getdelim
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "contmon.h"

#define A16 "0123456789abcdef"
#define A A16 A16 A16 A16
#define B16 "fedcba9876543210"
#define B B16 B16 B16 B16

static struct contmon_identity identity;
static bool no_file, no_text;	/* out of memory */

FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);
ssize_t __real_getdelim(char **text, size_t *size, int end, FILE *file);
ssize_t __wrap_getdelim(char **text, size_t *size, int end, FILE *file);

FILE *__wrap_fopen(const char *path, const char *mode)
{
	errno = ENOMEM;
	return no_file ? NULL : __real_fopen(path, mode);
}

ssize_t __wrap_getdelim(char **text, size_t *size, int end, FILE *file)
{
	errno = no_text ? ENOMEM : 0;
	return no_text ? -1 : __real_getdelim(text, size, end, file);
}

static int identify(const char *text)
{
	memset(&identity, 0xff, sizeof(identity));
	return contmon_identify_memberships(text, &identity);
}

/* The kernel marks removed cgroups only in v2. */
static void test_deleted(void **state)
{
	(void)state;
	assert_int_equal(identify("0::/docker/" A " (deleted)\n"), 1);
	assert_string_equal(identity.id, A);
	assert_int_equal(identify("0::/\n5:memory:/lxc/a (deleted)\n"), 1);
	assert_string_equal(identity.id, "a (deleted)");
	assert_int_equal(contmon_identify("/lxc/a (deleted)", &identity), 1);
	assert_string_equal(identity.id, "a (deleted)");
}

static void test_v2_alone(void **state)
{
	(void)state;
	assert_int_equal(identify("0::/system.slice/docker-" A ".scope\n"), 1);
	assert_string_equal(identity.id, A);
	assert_int_equal(identity.path_length,
			 strlen("/system.slice/docker-" A ".scope"));
	assert_int_equal(identify("0::/user.slice\n"), 0);
	assert_int_equal(identity.runtime, CONTMON_RUNTIME_NONE);
	assert_string_equal(identity.id, "");
}

/* As made by Docker's cgroupfs driver; the kernel orders the lines. */
static void test_v1(void **state)
{
	(void)state;
	assert_int_equal(identify("12:pids:/docker/" A "\n"
				  "11:memory:/docker/" A "\n"
				  "4:cpu,cpuacct:/docker/" A "\n"
				  "1:name=systemd:/docker/" A "\n"), 1);
	assert_int_equal(identity.runtime, CONTMON_RUNTIME_DOCKER);
	assert_string_equal(identity.id, A);
	assert_int_equal(identify("5:cpuset,memory:/lxc/web\n"), 1);
	assert_string_equal(identity.id, "web");
}

static void test_hybrid(void **state)
{
	(void)state;
	assert_int_equal(identify("2:memory:/docker/" A "\n"
				  "1:name=systemd:/docker/" A "\n"
				  "0::/system.slice/containerd.service\n"), 1);
	assert_string_equal(identity.id, A);
	/* v2 comes before v1, and memory before systemd. */
	assert_int_equal(identify("1:name=systemd:/docker/" A "\n"
				  "0::/docker/" B "\n"), 1);
	assert_string_equal(identity.id, B);
	assert_int_equal(identify("2:name=systemd:/docker/" A "\n"
				  "1:memory:/docker/" B "\n0::/\n"), 1);
	assert_string_equal(identity.id, B);
	/* Users get directories in systemd's: no controller is outdone. */
	assert_int_equal(identify("2:memory:/user.slice\n"
				  "1:name=systemd:/user.slice/docker-" A
				  ".scope\n0::/\n"), 0);
	/* Without the memory controller, systemd's counts */
	assert_int_equal(identify("1:name=systemd:/docker/" A "\n0::/\n"), 1);
	assert_string_equal(identity.id, A);
}

/* Only whole names of controllers, and only of these hierarchies */
static void test_other_hierarchies(void **state)
{
	(void)state;
	assert_int_equal(identify("2:cpu:/docker/" A "\n"
				  "3:name=systemdx:/docker/" A "\n"
				  "4:memoryx,xmemory:/docker/" A "\n"
				  "5:name=other:/docker/" A "\n"
				  "0::/\n"), 0);
}

static void test_invalid_input(void **state)
{
	static const char *const texts[] = {
		"", "\n", ":", "::", "0:", "0::", "0:memory", "memory",
		"\n\n:\n", "0:,,,:/docker", "0::/docker/" A16,
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(identify(texts[i]), 0);
	/* A colon in the path, no newline at the end */
	assert_int_equal(identify("0::/a:b/docker/" A), 1);
	assert_string_equal(identity.id, A);
}

static void test_a_process(void **state)
{
	(void)state;
	assert_true(contmon_identify_process(getpid(), &identity) >= 0);
	identity.path_length = 99;
	assert_int_equal(contmon_identify_process(0, &identity), -EINVAL);
	assert_int_equal(contmon_identify_process(INT32_MAX, &identity),
			 -ESRCH);
	assert_int_equal(identity.path_length, 99);
}

static void test_no_memory(void **state)
{
	(void)state;
	identity.path_length = 99;
	no_file = true;
	assert_int_equal(contmon_identify_process(getpid(), &identity),
			 -ENOMEM);
	assert_int_equal(contmon_has_cgroup1(), -ENOMEM);
	no_file = false;
	no_text = true;
	assert_int_equal(contmon_identify_process(getpid(), &identity),
			 -ENOMEM);
	assert_int_equal(contmon_has_cgroup1(), -ENOMEM);
	no_text = false;
	assert_int_equal(identity.path_length, 99);
}

static void test_the_host(void **state)
{
	(void)state;
	assert_true(contmon_has_cgroup1() == 0 || contmon_has_cgroup1() == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_v2_alone),
		cmocka_unit_test(test_deleted),
		cmocka_unit_test(test_v1),
		cmocka_unit_test(test_hybrid),
		cmocka_unit_test(test_other_hierarchies),
		cmocka_unit_test(test_invalid_input),
		cmocka_unit_test(test_a_process),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_the_host),
	};

	return cmocka_run_group_tests_name("membership", tests, NULL, NULL);
}
