// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists in terminals of every width: no line is too long, and each row shows
 * its name.
 *
 * wrap: open close ioctl mmap munmap sysinfo isatty
 * wrap: contmon_paths_new contmon_paths_find contmon_paths_free
 * wrap: contmon_paths_root stat
 * wrap: contmon_has_cgroup1 contmon_identify_process
 * wrap: contmon_limits_new contmon_limits_get contmon_limits_free
 */
#include "tests/unit/fake_device.h"
#include "tests/unit/capture.h"
#include "tests/unit/fake_paths.h"

#include "base/util.h"
#include "contmon/commands.h"

#define LONG "a-name-that-is-longer-than-most-lines-are-wide-so-it-is-cut"

/* Path of the cgroup whose id is the index */
static const char *const paths[] = {
	[1] = "/",
	[2] = "/system.slice",
	[3] = "/lxc.payload.web",
	[4] = "/lxc.payload." LONG,
	[5] = "/lxc.payload." LONG "/lxc.payload.inner",
};

int __wrap_isatty(int fd);

int __wrap_isatty(int fd)
{
	(void)fd;
	return 1;
}

static int setup(void **state)
{
	fake_setup(state);
	fake_paths = (struct fake_paths){
		.v = paths, .nr = ARRAY_SIZE(paths),
	};
	setenv("NO_COLOR", "1", 1);
	fake.nr_cgroups = 5;
	fake.info.features = CONTMON_FEATURE_THREADS;
	memcpy(fake.comm, "0123456789abcde", 16);
	return 0;
}

/* @heading and @name must be on the first two lines; a total may be folded. */
static void assert_fits(int (*command)(int, char **), const char *line,
			size_t width, const char *heading, const char *name)
{
	char *save = NULL, *row;
	size_t nr = 0;

	assert_int_equal(capture(command, line), 0);
	for (row = strtok_r(captured.out, "\n", &save); row;
	     row = strtok_r(NULL, "\n", &save), nr++) {
		if (strncmp(row, "total: ", 7) == 0)
			continue;
		if (strlen(row) > width ||
		    (nr == 0 && !strstr(row, heading)) ||
		    (nr == 1 && !strstr(row, name)))
			fail_msg("%s in %zu columns: %s", line, width, row);
	}
	assert_true(nr > 2);
}

static void test_every_width(void **state)
{
	char columns[16];
	size_t width;

	(void)state;
	for (width = 12; width <= 300; width++) {
		snprintf(columns, sizeof(columns), "%zu", width);
		setenv("COLUMNS", columns, 1);
		assert_fits(cli_ps, "ps", width, "COMMAND", "0123456789");
		assert_fits(cli_ps, "ps --tree", width, "COMMAND",
			    "0123456789");
		assert_fits(cli_ps, "ps --threads", width, "COMMAND",
			    "0123456789");
		assert_fits(cli_ps, "ps --units KiB", width, "COMMAND",
			    "0123456789");
		assert_fits(cli_containers, "containers", width, "CONTAINER",
			    "web");
		assert_fits(cli_containers, "containers --tree", width,
			    "CONTAINER", "web");
		assert_fits(cli_containers, "containers -a", width, "CGROUP",
			    "/");
		assert_fits(cli_containers, "containers -a --tree", width,
			    "CGROUP", "/");
	}
	unsetenv("COLUMNS");
}

/* A wider terminal shows more columns. */
static void test_a_wide_terminal_shows_all(void **state)
{
	(void)state;
	setenv("COLUMNS", "300", 1);
	capture(cli_ps, "ps");
	assert_ptr_equal(strstr(captured.out, "PID PPID USER S CONTAINER "),
			 captured.out);
	assert_non_null(strstr(captured.out, " ADJ COMMAND\n"));
	capture(cli_containers, "containers");
	assert_non_null(strstr(captured.out,
			       " LIMIT-OWNER QUOTA-OWNER CGROUP\n"));
	/* As long as a name, up to a limit */
	assert_non_null(strstr(captured.out, "\na-name-that-is-longer-t+ "));
	unsetenv("COLUMNS");
}

#define TEST(name) cmocka_unit_test_setup(test_##name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_width),
		TEST(a_wide_terminal_shows_all),
	};

	return cmocka_run_group_tests_name("cli_listing", tests, NULL, NULL);
}
