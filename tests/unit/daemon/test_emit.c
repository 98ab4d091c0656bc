// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/daemon.h"

#include "contmond/model/emit.h"

#define FFFD "\xef\xbf\xbd"

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
	emit_number(&buffer, value);
	return buffer.text;
}

static void test_unknown_numbers_are_null(void **state)
{
	(void)state;
	assert_string_equal(number(-0.25), "-0.25");
	assert_string_equal(number((double)NAN), "null");
	assert_string_equal(number((double)INFINITY), "null");
}

static const char *text(const char *value)
{
	buffer_done(&buffer);
	emit_text(&buffer, value);
	return buffer.text;
}

static void test_texts_are_escaped(void **state)
{
	(void)state;
	assert_string_equal(text(NULL), "null");
	assert_string_equal(text(""), "\"\"");
	assert_string_equal(text("a\"b\\c\n\x01"),
			    "\"a\\\"b\\\\c\\n\\u0001\"");
	assert_string_equal(text("\xff\xc3\xa4"), "\"" FFFD "\xc3\xa4\"");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_teardown(name, teardown)
		TEST(test_unknown_numbers_are_null),
		TEST(test_texts_are_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
