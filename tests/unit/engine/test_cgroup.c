// SPDX-License-Identifier: GPL-2.0-only
/*
 * wrap: cgroup_root
 */
#include "tests/unit/daemon.h"

#include <sys/stat.h>

#include "contmon-engine/cgroup.h"
#include "contmon-engine/cgroup_files.h"

const char *__wrap_cgroup_root(void);

static bool has_root;

const char *__wrap_cgroup_root(void)
{
	return has_root ? test_directory : NULL;
}

#define ID "0123456789abcdef"

static void test_paths(void **state)
{
	static const struct {
		const char *memberships;
		const char *cgroup;
	} rows[] = {
		{ "0::/system.slice/docker-" ID ".scope\n",
		  "/system.slice/docker-" ID ".scope" },
		{ "0::/batch/job-7/" ID "\n", "/batch/job-7/" ID },
		{ "0::/batch/job-7/" ID, "/batch/job-7/" ID },
		/* The process has moved below its container's own cgroup. */
		{ "0::/docker/" ID "/init\n", "/docker/" ID },
		{ "0::/a/libpod-" ID ".scope/container\n",
		  "/a/libpod-" ID ".scope" },
		/* hybrid */
		{ "2:cpu:/x/" ID "\n1:name=systemd:/y/" ID "\n0::/z/" ID "\n",
		  "/z/" ID },
		/* cgroup v1 only */
		{ "2:cpu:/x/" ID "\n1:name=systemd:/y/" ID "\n", NULL },
		/* of another process, which reused the pid */
		{ "0::/system.slice/ssh.service\n", NULL },
		{ "0::/\n", NULL },
		/* outside of what this process can see */
		{ "0::/../docker/" ID "\n", NULL },
		{ "", NULL },
		{ "0:", NULL },
		{ "nonsense\n0::", NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		char *cgroup = cgroup_of_container(rows[i].memberships, ID);

		if (rows[i].cgroup)
			assert_string_equal(cgroup, rows[i].cgroup);
		else
			assert_null(cgroup);
		free(cgroup);
	}
}

static void test_processes_without_one(void **state)
{
	(void)state;
	assert_null(container_cgroup(0, ID));
	assert_null(container_cgroup(-1, ID));
	assert_null(container_cgroup(getpid(), ID));
	assert_null(container_cgroup(INT64_MAX, ID));
}

/* A user's engine may claim what is in a cgroup of this user. */
static void test_whose_cgroup_it_is(void **state)
{
	(void)state;
	has_root = false;
	assert_true(cgroup_is_believed("/box", 0));
	assert_false(cgroup_is_believed("/box", 1000));
	has_root = true;
	assert_int_equal(mkdir(in_directory("box"), 0755), 0);
	assert_false(cgroup_is_believed("/box", 1000));
	assert_false(cgroup_is_believed("/none", 1000));
	if (chown(in_directory("box"), 1000, 1000) < 0)
		skip();
	assert_true(cgroup_is_believed("/box", 1000));
	assert_false(cgroup_is_believed("/box", 1001));
	assert_false(cgroup_is_believed("/box/..", 1000));
}

/* What cannot be looked at belongs to who does not want it to be. */
static void test_the_cgroups_of_users(void **state)
{
	(void)state;
	has_root = false;
	assert_false(cgroup_is_users("/box"));
	has_root = true;
	assert_int_equal(mkdir(in_directory("box"), 0755), 0);
	assert_false(cgroup_is_users("/box"));
	assert_false(cgroup_is_users("/none"));
	assert_true(cgroup_is_users("/none/a"));
	assert_false(cgroup_is_users("/"));
	assert_false(cgroup_directory_is_users("/box"));
	assert_false(cgroup_directory_is_users(""));
	assert_true(cgroup_directory_is_users("/none"));
	assert_true(cgroup_is_users("/box/.."));
	if (chown(in_directory("box"), 1000, 1000) < 0)
		skip();
	assert_true(cgroup_is_users("/box"));
	assert_true(cgroup_directory_is_users("/box"));
	assert_true(cgroup_is_users("/box/docker.scope"));
	/* A user may have made it, and removed it again. */
	assert_true(cgroup_is_users("/box/removed/docker.scope"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_processes_without_one),
		cmocka_unit_test_setup_teardown(test_whose_cgroup_it_is,
						make_directory,
						remove_directory),
		cmocka_unit_test_setup_teardown(test_the_cgroups_of_users,
						make_directory,
						remove_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
