// SPDX-License-Identifier: GPL-2.0-only
/* Text without control sequences for terminals, and its width in columns. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>

#include "contmon/cli/text.h"

static void assert_escaped(const char *bytes, size_t length, const char *want)
{
	char *text = cli_escape(bytes, length);

	assert_non_null(text);
	assert_string_equal(text, want);
	free(text);
}

#define ESCAPED(bytes, want) assert_escaped(bytes, sizeof(bytes) - 1, want)

static void test_escapes(void **state)
{
	(void)state;
	setlocale(LC_CTYPE, "C");
	ESCAPED("", "");
	ESCAPED("kworker/0:1-events", "kworker/0:1-events");
	ESCAPED("\033[2Jx", "\\x1b[2Jx");
	ESCAPED("a\nb\r\tc\x7f", "a\\x0ab\\x0d\\x09c\\x7f");
	ESCAPED("a\0b", "a\\x00b");
	ESCAPED("\xff\xfe", "\\xff\\xfe");
	ESCAPED("gr\xc3\xb6\xc3\x9f" "e", "gr\\xc3\\xb6\\xc3\\x9fe");
}

static void test_escapes_in_utf8(void **state)
{
	(void)state;
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
	ESCAPED("gr\xc3\xb6\xc3\x9f" "e", "gr\xc3\xb6\xc3\x9f" "e");
	ESCAPED("\xe6\x97\xa5", "\xe6\x97\xa5");
	/* a control sequence introducer as one character */
	ESCAPED("\xc2\x9b" "31m", "\\xc2\\x9b31m");
	/* right-to-left override, zero width space, joiner, a lone accent */
	ESCAPED("\xe2\x80\xae", "\\xe2\\x80\\xae");
	ESCAPED("\xe2\x80\x8b", "\\xe2\\x80\\x8b");
	ESCAPED("\xe2\x80\x8d", "\\xe2\\x80\\x8d");
	ESCAPED("\xcc\x81", "\\xcc\\x81");
	/* cut off, overlong, surrogate */
	ESCAPED("\xe6\x97", "\\xe6\\x97");
	ESCAPED("\xc0\x9b", "\\xc0\\x9b");
	ESCAPED("\xed\xa0\x80", "\\xed\\xa0\\x80");
	setlocale(LC_CTYPE, "C");
}

/* @text cut to @width columns must have @bytes bytes and @used columns. */
static void assert_cut(const char *text, int width, int bytes, int used)
{
	int got = -1;

	assert_int_equal(cli_text_cut(text, width, &got), bytes);
	assert_int_equal(got, used);
}

static void test_widths(void **state)
{
	(void)state;
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
	assert_int_equal(cli_text_width(""), 0);
	assert_int_equal(cli_text_width("gr\xc3\xb6\xc3\x9f" "e"), 5);
	assert_int_equal(cli_text_width("\xe6\x97\xa5"), 2);
	assert_cut("plain", 3, 3, 3);
	assert_cut("plain", 0, 0, 0);
	assert_cut("plain", 9, 5, 5);
	assert_cut("\xc3\xb6" "x", 1, 2, 1);
	/* A wide character is never cut in half. */
	assert_cut("a\xe6\x97\xa5", 2, 1, 1);
	assert_cut("a\xe6\x97\xa5", 3, 4, 3);
	setlocale(LC_CTYPE, "C");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_escapes_in_utf8),
		cmocka_unit_test(test_widths),
	};

	return cmocka_run_group_tests_name("cli_text", tests, NULL, NULL);
}
