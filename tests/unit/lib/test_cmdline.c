// SPDX-License-Identifier: GPL-2.0-only
/*
 * Command lines, read by the driver
 *
 * wrap: open close ioctl mmap munmap sysinfo
 */
#include "tests/unit/open_device.h"

static struct contmon_read_cmdline cmdline_arg;
static uint32_t cmdline_length;

static int answer_cmdline(unsigned long request, void *to)
{
	struct contmon_read_cmdline *arg = to;

	if (request != CONTMON_READ_CMDLINE)
		return fake_error(ENOTTY);
	cmdline_arg = *arg;
	if (arg->length == 0)
		return fake_error(EINVAL);
	if (arg->pid != 1)
		return fake_error(ESRCH);
	memset((void *)(uintptr_t)arg->buffer, 'x',
	       arg->length < 5 ? arg->length : 5);
	arg->length = cmdline_length;
	arg->total_bytes = 100;
	return 0;
}

static int setup(void **state)
{
	fake_setup(state);
	fake.info.features = CONTMON_FEATURE_CMDLINE;
	fake_ioctl = answer_cmdline;
	return contmon_open("/fake", &c);
}

static int teardown(void **state)
{
	(void)state;
	contmon_close(c);
	return 0;
}

static void test_cmdline_is_read(void **state)
{
	char buffer[8] = { 0 };
	uint64_t total = 0;

	(void)state;
	cmdline_length = 5;
	assert_int_equal(contmon_read_cmdline(c, 1, buffer, 8, &total), 5);
	assert_string_equal(buffer, "xxxxx");
	assert_int_equal(total, 100);
	assert_int_equal(cmdline_arg.length, 8);
	assert_int_equal(contmon_read_cmdline(c, 1, buffer, 8, NULL), 5);
}

static void test_cmdline_respects_the_limit_of_the_driver(void **state)
{
	char *buffer = malloc(2 * CONTMON_MAX_CMDLINE);

	(void)state;
	assert_non_null(buffer);
	assert_int_equal(contmon_read_cmdline(c, 1, buffer,
					      2 * CONTMON_MAX_CMDLINE, NULL),
			 5);
	assert_int_equal(cmdline_arg.length, CONTMON_MAX_CMDLINE);
	free(buffer);
}

static void test_cmdline_reports_errors(void **state)
{
	uint64_t total = 9;
	char buffer[8];

	(void)state;
	assert_int_equal(contmon_read_cmdline(c, 2, buffer, 8, &total), -ESRCH);
	assert_int_equal(contmon_read_cmdline(c, 1, buffer, 0, &total),
			 -EINVAL);
	cmdline_length = 9;
	assert_int_equal(contmon_read_cmdline(c, 1, buffer, 8, &total),
			 -EPROTO);
	reopen_old();
	assert_int_equal(contmon_read_cmdline(c, 1, buffer, 8, &total),
			 -EOPNOTSUPP);
	assert_int_equal(total, 9);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(cmdline_is_read),
		TEST(cmdline_respects_the_limit_of_the_driver),
		TEST(cmdline_reports_errors),
	};

	return cmocka_run_group_tests_name("cmdline", tests, NULL, NULL);
}
