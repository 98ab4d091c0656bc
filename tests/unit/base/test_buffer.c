// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/daemon.h"

#include "base/buffer.h"

static struct buffer buffer;

static int teardown(void **state)
{
	(void)state;
	buffer_done(&buffer);
	return 0;
}

static const char *number(double value)
{
	buffer_done(&buffer);
	buffer_number(&buffer, value);
	return buffer.text;
}

static void test_numbers_are_written_short_and_true(void **state)
{
	(void)state;
	assert_string_equal(number(0), "0");
	assert_string_equal(number(-0.0), "0");
	assert_string_equal(number(7), "7");
	assert_string_equal(number(-7), "-7");
	assert_string_equal(number(0.5), "0.5");
	assert_string_equal(number(-0.25), "-0.25");
	assert_string_equal(number(0.000001), "0.000001");
	assert_string_equal(number(0.0000001), "0");
	assert_string_equal(number(-0.0000001), "0");
	assert_string_equal(number(0.9999999), "1");
	assert_string_equal(number(1.05), "1.05");
	assert_string_equal(number(12345.678901), "12345.678901");
	assert_string_equal(number(9007199254740991.0), "9007199254740991");
	assert_string_equal(number(1e18), "1e+18");
}

static void test_pieces_add_up(void **state)
{
	char expected[4096] = "";
	int i;

	(void)state;
	buffer_puts(&buffer, "");
	assert_string_equal(buffer.text, "");
	for (i = 0; i < 200; i++) {
		buffer_printf(&buffer, "%d;", i);
		buffer_putc(&buffer, '-');
		buffer_add(&buffer, "ab\0cd", 2);
		sprintf(expected + strlen(expected), "%d;-ab", i);
	}
	assert_false(buffer.failed);
	assert_string_equal(buffer.text, expected);
	assert_int_equal(buffer.length, strlen(expected));
}

static void test_nothing_is_added_after_a_failure(void **state)
{
	(void)state;
	buffer_puts(&buffer, "kept");
	buffer.failed = true;
	buffer_puts(&buffer, "not");
	buffer_printf(&buffer, "%d", 5);
	assert_string_equal(buffer.text, "kept");
	assert_int_equal(buffer.length, 4);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_teardown(name, teardown)
		TEST(test_numbers_are_written_short_and_true),
		TEST(test_pieces_add_up),
		TEST(test_nothing_is_added_after_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
