// SPDX-License-Identifier: GPL-2.0-only
/* Whether /proc hides processes */
#include "tests/unit/daemon.h"

#include "contmond/collect/hidepid.h"

#define ROOT "/dev/vda1 / ext4 rw,relatime 0 0\n"

static void test_mounts(void **state)
{
	static const struct {
		const char *mounts;
		bool is_set;
	} cases[] = {
		{ ROOT "proc /proc proc rw,nosuid 0 0\n", false },
		{ ROOT "proc /proc proc rw,hidepid=invisible 0 0\n", true },
		{ ROOT "proc /proc proc rw,gid=4,hidepid=2 0 0\n", true },
		{ ROOT "proc /proc proc rw,hidepid=noaccess,gid=4 0 0\n",
		  true },
		{ ROOT "proc /proc proc rw,hidepid=ptraceable 0 0\n", true },
		{ ROOT "proc /proc proc rw,hidepid=off 0 0\n", false },
		{ ROOT "proc /proc proc rw,hidepid=0 0 0\n", false },
		{ "proc /proc proc rw 0 0\nproc /proc proc rw,hidepid=2 0 0\n",
		  true },
		{ "proc /proc proc rw,hidepid=2 0 0\nproc /proc proc rw 0 0\n",
		  false },
		/* Of a container, and not of the type */
		{ "proc /c/proc proc rw,hidepid=2 0 0\n", false },
		{ "x /proc tmpfs rw,hidepid=2 0 0\n", false },
		{ "", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		if (hidepid_is_set(write_file("mounts", cases[i].mounts)) !=
		    cases[i].is_set)
			fail_msg("%s", cases[i].mounts);
	}
	assert_true(hidepid_is_set(in_directory("none")));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_mounts, make_directory,
						remove_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
