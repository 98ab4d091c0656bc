// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/daemon.h"

#include "base/utf8.h"

#define FFFD "\xef\xbf\xbd"

static void test_utf8_replaces_each_bad_byte(void **state)
{
	static const struct {
		const char *from, *to;
	} cases[] = {
		{ "plain", "plain" },
		{ "", "" },
		{ "\xc3\xa4", "\xc3\xa4" },
		{ "\xe2\x82\xac", "\xe2\x82\xac" },
		{ "\xf0\x9f\x90\xb3", "\xf0\x9f\x90\xb3" },
		{ "a\xff""b", "a" FFFD "b" },
		{ "\xc3", FFFD },			/* cut short */
		{ "\xe2\x82", FFFD FFFD },
		{ "\xc0\xaf", FFFD FFFD },		/* overlong */
		{ "\xe0\x80\xaf", FFFD FFFD FFFD },
		{ "\xed\xa0\x80", FFFD FFFD FFFD },	/* surrogate */
		{ "\xf4\x90\x80\x80", FFFD FFFD FFFD FFFD },
		{ "\xf8\x88\x80\x80\x80", FFFD FFFD FFFD FFFD FFFD },
		{ "\x80", FFFD },
		{ "\xf5", FFFD },
		{ "\xf0\x9f\x90", FFFD FFFD FFFD },
		{ "plain \033", "plain \033" },
	};
	char to[64];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		size_t length = strlen(cases[i].from);
		char *copy = utf8_dup(cases[i].from, length, SIZE_MAX);

		utf8_copy(to, sizeof(to), cases[i].from, length);
		assert_string_equal(to, cases[i].to);
		assert_string_equal(copy, cases[i].to);
		free(copy);
	}
}

static void test_utf8_is_cut_between_characters(void **state)
{
	char to[4];

	(void)state;
	assert_int_equal(utf8_copy(to, sizeof(to), "a\xe2\x82\xac", 4), 1);
	assert_string_equal(to, "a");
	assert_int_equal(utf8_copy(to, sizeof(to), "\xff\xff", 2), 3);
	assert_string_equal(to, FFFD);
	assert_int_equal(utf8_copy(to, 1, "abc", 3), 0);
	assert_string_equal(to, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8_replaces_each_bad_byte),
		cmocka_unit_test(test_utf8_is_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
