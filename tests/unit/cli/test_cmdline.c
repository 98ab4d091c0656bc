// SPDX-License-Identifier: GPL-2.0-only
/*
 * `contmon cmdline`: quotes and charsets.
 *
 * wrap: open close ioctl mmap munmap sysinfo
 */
#include "tests/unit/fake_device.h"

#include <locale.h>

#include "tests/unit/capture.h"
#include "tests/unit/json_output.h"

#include "contmon/commands.h"

static int fake_cmdline(struct contmon_read_cmdline *arg)
{
	static const char arguments[] = "printf\0a\\nb\0\\\0c:\\d e";
	static const char latin1[] = "caf\xe9";
	static const char script[] = "sh\0-c\0echo \"a,b\"\n'c'";
	const char *text = arg->pid == 3 ? script :
			   arg->pid == 2 ? latin1 : arguments;

	arg->length = arg->pid == 3 ? sizeof(script) :
		      arg->pid == 2 ? sizeof(latin1) : sizeof(arguments);
	arg->total_bytes = arg->length;
	memcpy((void *)(uintptr_t)arg->buffer, text, arg->length);
	return 0;
}

static int other_ioctls(unsigned long request, void *arg)
{
	if (request == CONTMON_READ_CMDLINE)
		return fake_cmdline(arg);
	return fake_error(ENOTTY);
}

static int setup(void **state)
{
	fake_setup(state);
	fake.info.features = CONTMON_FEATURE_CMDLINE;
	fake_ioctl = other_ioctls;
	return 0;
}

/* A shell would remove them if they were not quoted. */
static void test_quotes_backslashes(void **state)
{
	(void)state;
	assert_int_equal(capture(cli_cmdline, "cmdline --no-headings 1"), 0);
	assert_string_equal(captured.out,
			    "      1 printf 'a\\nb' '\\' 'c:\\d e'\n");
}

/* The line is quoted for a shell, and then the field for CSV. */
static void test_csv_quotes_the_line(void **state)
{
	(void)state;
	assert_int_equal(capture(cli_cmdline, "cmdline --csv 3"), 0);
	assert_string_equal(captured.out, "pid,cmdline,total_bytes\n3,\"sh -c "
			    "'echo \"\"a,b\"\"\\x0a'\\''c'\\'''\",21\n");
}

/* JSON is UTF-8, in any locale. */
static void test_json_in_another_charset(void **state)
{
	char dir[] = "/tmp/contmon-locale-XXXXXX", command[128];
	json_t *json = NULL;
	bool ready;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(command, sizeof(command), "localedef -i de_DE -f ISO-8859-1 "
		 "%s/de_DE.ISO-8859-1 >/dev/null 2>&1", dir);
	setenv("LOCPATH", dir, 1);
	ready = system(command) == 0 &&
		setlocale(LC_CTYPE, "de_DE.ISO-8859-1");
	if (ready)
		json = json_of(cli_cmdline, "cmdline --json 2");
	setlocale(LC_CTYPE, "C");
	unsetenv("LOCPATH");
	snprintf(command, sizeof(command), "rm -r %s", dir);
	assert_int_equal(system(command), 0);
	if (!ready)
		skip();
	assert_string_equal(row_text(json, 0, "cmdline"), "'caf\xef\xbf\xbd'");
	json_decref(json);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(quotes_backslashes),
		TEST(csv_quotes_the_line),
		TEST(json_in_another_charset),
	};

	return cmocka_run_group_tests_name("cli_cmdline", tests, NULL, NULL);
}
