// SPDX-License-Identifier: GPL-2.0-only
/*
 * Colours of a table.
 *
 * wrap: open close ioctl mmap munmap sysinfo isatty
 */
#include "tests/unit/fake_device.h"
#include "tests/unit/capture.h"

#include "contmon/commands.h"

static bool terminal;

int __wrap_isatty(int fd);

int __wrap_isatty(int fd)
{
	(void)fd;
	return terminal;
}

static int other_ioctls(unsigned long request, void *arg)
{
	(void)arg;
	return request == CONTMON_GET_SYSTEM ? 0 : fake_error(ENOTTY);
}

static int setup(void **state)
{
	terminal = false;
	fake_ioctl = other_ioctls;
	unsetenv("NO_COLOR");
	setenv("TERM", "xterm", 1);
	return fake_setup(state);
}

static void test_colors_are_only_for_terminals_with_colors(void **state)
{
	(void)state;
	terminal = true;
	assert_int_equal(capture(cli_ps, "ps"), 0);
	assert_non_null(strchr(captured.out, '\033'));
	setenv("NO_COLOR", "1", 1);
	assert_int_equal(capture(cli_ps, "ps"), 0);
	assert_null(strchr(captured.out, '\033'));
	unsetenv("NO_COLOR");
	setenv("TERM", "dumb", 1);
	assert_int_equal(capture(cli_ps, "ps"), 0);
	assert_null(strchr(captured.out, '\033'));
	assert_int_equal(capture(cli_info, "info"), 0);
	assert_null(strchr(captured.out, '\033'));
	/* It may be unset by making it empty. */
	setenv("TERM", "", 1);
	assert_int_equal(capture(cli_ps, "ps"), 0);
	assert_null(strchr(captured.out, '\033'));
	unsetenv("TERM");
	assert_int_equal(capture(cli_ps, "ps"), 0);
	assert_null(strchr(captured.out, '\033'));
}

#define TEST(name) cmocka_unit_test_setup(test_##name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(colors_are_only_for_terminals_with_colors),
	};

	return cmocka_run_group_tests_name("cli_table", tests, NULL, NULL);
}
