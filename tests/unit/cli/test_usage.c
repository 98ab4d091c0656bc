// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mistakes of users, and the messages for them.
 *
 * wrap: open close ioctl mmap munmap sysinfo
 */
#include "tests/unit/fake_device.h"
#include "tests/unit/capture.h"
#include "contmon/commands.h"

typedef int command(int argc, char **argv);

static void assert_says(command *run, const char *line, int status,
			const char *message)
{
	capture(run, line);
	if (captured.status != status || strcmp(captured.err, message) != 0 ||
	    captured.out[0])
		fail_msg("%s: status %d, said: %s", line, captured.status,
			 captured.err);
}

static void test_wrong_options(void **state)
{
	(void)state;
	assert_says(cli_ps, "ps --bogus", 2, "contmon: --bogus: no such "
		    "option; see: contmon ps --help\n");
	assert_says(cli_info, "info -z", 2, "contmon: -z: no such option; "
		    "see: contmon info --help\n");
	assert_says(cli_containers, "containers -az", 2, "contmon: -z: no "
		    "such option; see: contmon containers --help\n");
	assert_says(cli_ps, "ps --units", 2, "contmon: --units: needs a "
		    "value; see: contmon ps --help\n");
	assert_says(cli_ps, "ps --json=1", 2, "contmon: --json=1: takes no "
		    "value; see: contmon ps --help\n");
	assert_says(cli_ps, "ps --reverse=1", 2, "contmon: --reverse=1: takes "
		    "no value; see: contmon ps --help\n");
	assert_says(cli_containers, "containers --name=a --all=1", 2,
		    "contmon: --all=1: takes no value; see: contmon "
		    "containers --help\n");
	assert_says(cli_ps, "ps -a", 2, "contmon: -a: no such option; see: "
		    "contmon ps --help\n");
	assert_says(cli_ps, "ps --name=a -\xc3\xa9", 2, "contmon: -\\xc3: no "
		    "such option; see: contmon ps --help\n");
	assert_says(cli_ps, "ps --units GB", 2, "contmon: --units GB: not "
		    "one of auto, KiB, MiB, bytes\n");
	assert_int_equal(fake.nr_opened, 0);
}

static void test_wrong_operands(void **state)
{
	(void)state;
	assert_says(cli_ps, "ps 12x", 2,
		    "contmon: pid 12x: not a process id\n");
	assert_says(cli_ps, "ps 1 0", 2,
		    "contmon: pid 0: not a process id\n");
	assert_says(cli_ps, "ps 2147483648", 2,
		    "contmon: pid 2147483648: not a process id\n");
	assert_says(cli_ps, "ps -- -1", 2,
		    "contmon: pid -1: not a process id\n");
	assert_says(cli_info, "info now", 2, "contmon: now: not expected; "
		    "see: contmon info --help\n");
	assert_says(cli_containers, "containers web", 2, "contmon: web: not "
		    "expected; see: contmon containers --help\n");
	assert_says(cli_alloc, "alloc --size 1M 2", 2, "contmon: 2: not "
		    "expected; see: contmon alloc --help\n");
	assert_int_equal(fake.nr_opened, 0);
}

static void test_one_format(void **state)
{
	(void)state;
	assert_says(cli_ps, "ps --json --csv", 2, "contmon: --json --csv: "
		    "only one of them; see: contmon ps --help\n");
	assert_says(cli_info, "info --csv --json", 2, "contmon: --json --csv: "
		    "only one of them; see: contmon info --help\n");
	assert_int_equal(fake.nr_opened, 0);
}

static void test_wrong_values_of_alloc(void **state)
{
	(void)state;
	assert_says(cli_alloc, "alloc", 2, "contmon: --size is needed; see: "
		    "contmon alloc --help\n");
	assert_says(cli_alloc, "alloc --size 0", 2,
		    "contmon: --size 0: must be above 0\n");
	assert_says(cli_alloc, "alloc --size lots", 2,
		    "contmon: --size lots: not a size, such as 64M\n");
	assert_says(cli_alloc, "alloc --size 16777216T", 2,
		    "contmon: --size 16777216T: too large\n");
	assert_says(cli_alloc, "alloc --size 1M --step 0", 2,
		    "contmon: --step 0: must be above 0\n");
	assert_says(cli_alloc, "alloc --size 1M --delay 1s", 2, "contmon: "
		    "--delay 1s: not a number of ms up to 3600000\n");
	assert_says(cli_alloc, "alloc --size 1M --touch all", 2, "contmon: "
		    "--touch all: not one of write, read, none\n");
	assert_int_equal(fake.nr_opened, 0);
}

static void test_a_terminal_is_safe_from_its_user(void **state)
{
	(void)state;
	assert_says(cli_ps, "ps \033[2J", 2,
		    "contmon: pid \\x1b[2J: not a process id\n");
}

static void test_help(void **state)
{
	static const char *const lines[] = { "ps --help", "ps -h",
					     "ps --help --bogus" };
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_int_equal(capture(cli_ps, lines[i]), 0);
		assert_ptr_equal(strstr(captured.out, "usage: contmon ps ["),
				 captured.out);
		assert_string_equal(captured.err, "");
	}
	assert_int_equal(capture(cli_info, "info --help"), 0);
	assert_int_equal(capture(cli_containers, "containers --help"), 0);
	assert_int_equal(capture(cli_alloc, "alloc --help"), 0);
	assert_non_null(strstr(captured.out, "--touch"));
	assert_int_equal(fake.nr_opened, 0);
}

#define LOAD "; is the module loaded? Try: modprobe contmon\n"
#define GROUP "; be root, or a member of the group contmon\n"

static void test_errors_of_opening_the_device(void **state)
{
	static const struct {
		int error;
		const char *message;
	} rows[] = {
		{ ENOENT, "No such file or directory" LOAD },
		{ ENODEV, "No such device" LOAD },
		{ ENXIO, "No such device or address" LOAD },
		{ EACCES, "Permission denied" GROUP },
		{ EPERM, "Operation not permitted" GROUP },
		{ EMFILE, "Too many open files\n" },
	};
	char message[256];
	size_t i;

	(void)state;
	setenv("CONTMON_SOURCE", "driver", 1);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fake.open_errno = rows[i].error;
		snprintf(message, sizeof(message), "contmon: /dev/contmon: %s",
			 rows[i].message);
		assert_says(cli_ps, "ps", 1, message);
		assert_says(cli_info, "info", 1, message);
		assert_says(cli_containers, "containers", 1, message);
		assert_says(cli_alloc, "alloc --size 1M", 1, message);
	}
	unsetenv("CONTMON_SOURCE");
}

static void test_errors_of_the_handshake(void **state)
{
	(void)state;
	fake.ioctl_errno = ENOTTY;
	assert_says(cli_ps, "ps", 1,
		    "contmon: /dev/contmon: not a contmon device\n");
	fake.ioctl_errno = 0;
	fake.info.api_version = 0;
	assert_says(cli_ps, "ps", 1, "contmon: /dev/contmon: the driver is "
		    "too old for this program; update it, then: "
		    "modprobe -r contmon && modprobe contmon\n");
}

#define TEST(name) cmocka_unit_test_setup(test_##name, fake_setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(wrong_options),
		TEST(wrong_operands),
		TEST(one_format),
		TEST(wrong_values_of_alloc),
		TEST(a_terminal_is_safe_from_its_user),
		TEST(help),
		TEST(errors_of_opening_the_device),
		TEST(errors_of_the_handshake),
	};

	return cmocka_run_group_tests_name("cli_usage", tests, NULL, NULL);
}
