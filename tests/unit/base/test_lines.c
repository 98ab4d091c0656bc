// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/daemon.h"

#include "base/lines.h"

static char seen[256];

static int see(const char *line, size_t length, void *userdata)
{
	(void)userdata;
	strncat(seen, line, length);
	strcat(seen, "|");
	return strncmp(line, "stop", length) == 0 && length == 4 ? -EBADMSG : 0;
}

static void test_lines_split_anywhere(void **state)
{
	static const char text[] = "one\n\ntwo\nthree";
	size_t cut;

	(void)state;
	for (cut = 0; cut < sizeof(text); cut++) {
		struct lines lines = { 0 };

		seen[0] = '\0';
		assert_int_equal(lines_feed(&lines, text, cut, 10, see, NULL),
				 0);
		assert_int_equal(lines_feed(&lines, text + cut,
					    sizeof(text) - 1 - cut, 10, see,
					    NULL), 0);
		assert_string_equal(seen, "one||two|");
		lines_reset(&lines);
	}
}

static int feed(struct lines *lines, const char *text)
{
	return lines_feed(lines, text, strlen(text), 10, see, NULL);
}

static void test_a_line_that_is_too_long_is_skipped(void **state)
{
	struct lines lines = { 0 };

	(void)state;
	seen[0] = '\0';
	assert_int_equal(feed(&lines, "12345678901\n1234567890\n123456"), 0);
	assert_int_equal(feed(&lines, "78901"), 0);
	assert_int_equal(feed(&lines, "2345678901234567890"), 0);
	assert_int_equal(lines.nr_too_long, 2);
	assert_int_equal(feed(&lines, "1\nc\n"), 0);
	assert_string_equal(seen, "1234567890|c|");
	assert_int_equal(lines.nr_too_long, 2);
	lines_reset(&lines);
}

static void test_an_error_stops(void **state)
{
	struct lines lines = { 0 };

	(void)state;
	seen[0] = '\0';
	assert_int_equal(feed(&lines, "a\nstop\nb\n"), -EBADMSG);
	assert_string_equal(seen, "a|stop|");
	lines_reset(&lines);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_split_anywhere),
		cmocka_unit_test(test_a_line_that_is_too_long_is_skipped),
		cmocka_unit_test(test_an_error_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
