// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/daemon.h"

#include "base/user_slice.h"

static void test_the_user_of_a_path(void **state)
{
	(void)state;
	assert_int_equal(user_of_cgroup("/user.slice/user-1000.slice/a"), 1000);
	assert_int_equal(user_of_cgroup("/user.slice/user-0.slice/a"), 0);
	assert_int_equal(user_of_cgroup("/system.slice/docker-a.scope"), 0);
	assert_int_equal(user_of_cgroup("/user.slice/user-.slice/a"), 0);
	assert_int_equal(user_of_cgroup("/user-7.slice/a"), 7);
	assert_int_equal(user_of_cgroup("/user.slice"), 0);
	assert_int_equal(user_of_cgroup("/user-7.scope/a"), 0);
	assert_int_equal(user_of_cgroup(""), 0);
}

/* The slice itself is no container. */
static void test_what_is_not_below_a_slice(void **state)
{
	(void)state;
	assert_int_equal(user_of_cgroup("/user.slice/user-1000.slice"), 0);
}

static void test_a_name_that_a_user_chose(void **state)
{
	(void)state;
	assert_int_equal(user_of_cgroup("/user.slice/user-1000.slice/"
					"user@1000.service/user-0.slice/a"),
			 1000);
}

/* As of systemd in a container, or in a service that has a user */
static void test_a_name_that_is_not_of_the_host(void **state)
{
	(void)state;
	assert_int_equal(user_of_cgroup("/lxc.payload.box/user.slice/"
					"user-1000.slice/a"),
			 USER_OF_ELSEWHERE);
	assert_int_equal(user_of_cgroup("/system.slice/runner.service/"
					"user-1000.slice/a"),
			 USER_OF_ELSEWHERE);
	assert_int_equal(user_of_cgroup("/user-x.slice/user-7.slice/a"),
			 USER_OF_ELSEWHERE);
	assert_int_equal(user_of_cgroup("/user.slice-user-7.slice/a"), 0);
	assert_int_equal(user_of_cgroup("/lxc.payload.box/user.slice/"
					"user-0.slice/a"), 0);
	assert_int_equal(user_of_cgroup("/user.slice/user-x.slice/"
					"user-7.slice/a"),
			 USER_OF_ELSEWHERE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_user_of_a_path),
		cmocka_unit_test(test_what_is_not_below_a_slice),
		cmocka_unit_test(test_a_name_that_a_user_chose),
		cmocka_unit_test(test_a_name_that_is_not_of_the_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
