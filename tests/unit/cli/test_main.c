// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program as a whole: its exit status and messages before any device is
 * opened. It is the program built together with this test, or else the
 * installed one.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char program[PATH_MAX + 32] = "contmon";
static char output[4096];

/* build/tests/unit/cli/TEST -> build/bin/contmon */
static int find_program(void **state)
{
	char self[PATH_MAX] = "";

	(void)state;
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return -1;
	snprintf(program, sizeof(program), "%s/../../../bin/contmon",
		 dirname(self));
	if (access(program, X_OK) < 0)
		strcpy(program, "contmon");
	return 0;
}

static int run(const char *arguments)
{
	char command[2 * PATH_MAX];
	FILE *pipe;
	size_t n;
	int status;

	snprintf(command, sizeof(command), "'%s' 2>&1 %s", program, arguments);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	n = fread(output, 1, sizeof(output) - 1, pipe);
	output[n] = 0;
	status = pclose(pipe);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 127) {
		print_message("skipped: there is no contmon to run\n");
		skip();
	}
	return WEXITSTATUS(status);
}

static void test_help_lists_every_command(void **state)
{
	(void)state;
	assert_int_equal(run("--help"), 0);
	assert_ptr_equal(strstr(output, "usage: contmon "), output);
	assert_non_null(strstr(output, "\n  info "));
	assert_non_null(strstr(output, "\n  ps "));
	assert_non_null(strstr(output, "\n  containers "));
	assert_non_null(strstr(output, "\n  alloc "));
	assert_int_equal(run("-h"), 0);
}

static void test_version_is_the_project_s(void **state)
{
	(void)state;
	assert_int_equal(run("--version"), 0);
	assert_string_equal(output, "contmon " CONTMON_VERSION "\n");
}

static void test_nothing_is_not_a_command(void **state)
{
	(void)state;
	assert_int_equal(run(""), 2);
	assert_ptr_equal(strstr(output, "usage: contmon "), output);
}

static void test_unknown_commands(void **state)
{
	(void)state;
	assert_int_equal(run("pss"), 2);
	assert_string_equal(output, "contmon: pss: no such command; see: "
			    "contmon --help\n");
	assert_int_equal(run("--json"), 2);
	assert_string_equal(output, "contmon: --json: no such option; see: "
			    "contmon --help\n");
	assert_int_equal(run("''"), 2);
}

static void test_commands_have_their_own_help(void **state)
{
	(void)state;
	assert_int_equal(run("ps --help"), 0);
	assert_ptr_equal(strstr(output, "usage: contmon ps "), output);
	assert_int_equal(run("alloc -h"), 0);
	assert_ptr_equal(strstr(output, "usage: contmon alloc "), output);
	assert_int_equal(run("ps 12x"), 2);
	assert_string_equal(output, "contmon: pid 12x: not a process id\n");
}

static void test_a_full_disk_is_a_failure(void **state)
{
	(void)state;
	if (access("/dev/full", W_OK) < 0)
		skip();
	assert_int_equal(run("--help >/dev/full"), 1);
	assert_string_equal(output, "contmon: standard output: No space left "
			    "on device\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_help_lists_every_command),
		cmocka_unit_test(test_version_is_the_project_s),
		cmocka_unit_test(test_nothing_is_not_a_command),
		cmocka_unit_test(test_unknown_commands),
		cmocka_unit_test(test_commands_have_their_own_help),
		cmocka_unit_test(test_a_full_disk_is_a_failure),
	};

	return cmocka_run_group_tests_name("cli_main", tests, find_program,
					   NULL);
}
