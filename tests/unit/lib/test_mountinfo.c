// SPDX-License-Identifier: GPL-2.0-only
/* The mount of cgroup v2, from texts of /proc/PID/mountinfo */
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

static char mountinfo[] = "/tmp/contmon-test-XXXXXX";
static char untouched[] = "untouched";

static int teardown(void **state)
{
	(void)state;
	return unlink(mountinfo);
}

static int setup(void **state)
{
	int fd;

	(void)state;
	strcpy(mountinfo + strlen(mountinfo) - 6, "XXXXXX");
	fd = mkstemp(mountinfo);
	return fd < 0 ? -1 : close(fd);
}

static int find_mount(const char *text, char **ret, char **ret_part)
{
	FILE *f = fopen(mountinfo, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return contmon_find_cgroup2(mountinfo, ret, ret_part);
}

static void assert_part(const char *text, const char *want,
			const char *want_part)
{
	char *point, *part;

	assert_int_equal(find_mount(text, &point, &part), 0);
	assert_string_equal(point, want);
	assert_string_equal(part, want_part);
	free(point);
	free(part);
}

static void assert_mount(const char *text, const char *want)
{
	assert_part(text, want, "/");
}

#define PROC "24 30 0:22 / /proc rw,nosuid shared:13 - proc proc rw\n"
#define V1 "36 30 0:31 / /sys/fs/cgroup/cpu rw shared:9 - cgroup cgroup rw\n"
#define V2 "35 30 0:30 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw\n"

static void test_the_mount_is_found(void **state)
{
	(void)state;
	assert_mount(PROC V2, "/sys/fs/cgroup");
	assert_mount(PROC V1 "35 30 0:30 / /sys/fs/cgroup/unified rw - cgroup2 "
		     "cgroup2 rw\n", "/sys/fs/cgroup/unified");
	assert_mount("35 30 0:30 / /a\\040b\\134c rw - cgroup2 none rw\n",
		     "/a b\\c");
}

static void test_the_whole_tree_is_preferred(void **state)
{
	static const char part[] =
		"35 30 0:30 /system.slice /mnt rw - cgroup2 cgroup2 rw\n";
	char both[512];

	(void)state;
	assert_part(part, "/mnt", "/system.slice");
	snprintf(both, sizeof(both), "%s%s", part, V2);
	assert_mount(both, "/sys/fs/cgroup");
	snprintf(both, sizeof(both), "%s%s", V2, part);
	assert_mount(both, "/sys/fs/cgroup");
}

static void test_no_mount_is_no_mount(void **state)
{
	static const char *const texts[] = {
		"", "\n", PROC V1, "cgroup2", " - cgroup2\n", " - \n",
		"1 2 3 4 - cgroup2 a b\n", "1 2 0:3 / a rw - cgroup2 b rw\n",
		"1 2 0:3 / \\000/a rw - cgroup2 b rw\n",
	};
	char *point = untouched, *part = untouched;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(find_mount(texts[i], &point, &part), -ENOENT);
	assert_int_equal(contmon_find_cgroup2("/nonexistent", &point, &part),
			 -ENOENT);
	assert_ptr_equal(point, untouched);
	assert_ptr_equal(part, untouched);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_mount_is_found),
		TEST(the_whole_tree_is_preferred),
		TEST(no_mount_is_no_mount),
	};

	return cmocka_run_group_tests_name("mountinfo", tests, NULL, NULL);
}
