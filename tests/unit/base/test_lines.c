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

static void test_lines_are_bounded(void **state)
{
	struct lines lines = { 0 };

	(void)state;
	assert_int_equal(lines_feed(&lines, "12345678901", 11, 10, see, NULL),
			 -EMSGSIZE);
	lines_reset(&lines);
	assert_int_equal(lines_feed(&lines, "12345", 5, 10, see, NULL), 0);
	assert_int_equal(lines_feed(&lines, "678901\n", 7, 10, see, NULL),
			 -EMSGSIZE);
	lines_reset(&lines);
	assert_int_equal(lines_feed(&lines, "a\nstop\nb\n", 9, 10, see, NULL),
			 -EBADMSG);
	lines_reset(&lines);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_split_anywhere),
		cmocka_unit_test(test_lines_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
