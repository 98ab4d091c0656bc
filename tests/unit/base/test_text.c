// SPDX-License-Identifier: GPL-2.0-only
/* Bytes from elsewhere: UTF-8, numbers, lists, lines; and what is written. */
#include "tests/unit/daemon.h"

#include "base/buffer.h"
#include "contmond/serve/gzip.h"
#include "contmond/serve/hosts.h"
#include "contmond/serve/emit.h"
#include "base/lines.h"
#include "base/text.h"
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

static void test_numbers_are_whole(void **state)
{
	static const struct {
		const char *text;
		int error;
	} cases[] = {
		{ "5", 0 }, { "10", 0 }, { "010", 0 }, { "", -EINVAL },
		{ "-5", -EINVAL }, { "+5", -EINVAL }, { " 5", -EINVAL },
		{ "5 ", -EINVAL }, { "5x", -EINVAL }, { "0x5", -EINVAL },
		{ "1e1", -EINVAL }, { "4", -ERANGE }, { "11", -ERANGE },
		{ "99999999999999999999999", -ERANGE },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		uint64_t value = 77;

		assert_int_equal(text_to_u64(cases[i].text, 5, 10, &value),
				 cases[i].error);
		if (cases[i].error)
			assert_int_equal(value, 77);
	}
}

static void test_lists_have_whole_words(void **state)
{
	(void)state;
	assert_true(text_in_list("a,b,c", "a"));
	assert_true(text_in_list("a,b,c", "b"));
	assert_true(text_in_list("a,b,c", "c"));
	assert_true(text_in_list(",,x", "x"));
	assert_false(text_in_list("ab", "a"));
	assert_false(text_in_list("a", "ab"));
	assert_false(text_in_list("", "a"));
	assert_false(text_in_list("a,b", ""));
}

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

static const char *number(double value)
{
	static struct buffer buffer;

	buffer_done(&buffer);
	json_number(&buffer, value);
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
	assert_string_equal(number((double)NAN), "null");
	assert_string_equal(number((double)INFINITY), "null");
}

static const char *text(const char *value)
{
	static struct buffer buffer;

	buffer_done(&buffer);
	json_text(&buffer, value);
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

static void test_gzip_is_used_when_it_is_accepted(void **state)
{
	(void)state;
	assert_true(gzip_accepted("gzip"));
	assert_true(gzip_accepted("deflate, gzip;q=1.0, *;q=0.5"));
	assert_true(gzip_accepted("GZIP"));
	assert_true(gzip_accepted("*"));
	assert_true(gzip_accepted("gzip;q=0.5"));
	assert_false(gzip_accepted(NULL));
	assert_false(gzip_accepted(""));
	assert_false(gzip_accepted("br, deflate"));
	assert_false(gzip_accepted("gzip;q=0"));
	assert_false(gzip_accepted("gzip ; q=0.000"));
	assert_false(gzip_accepted("xgzip"));
}

static void test_hosts_are_compared_whole(void **state)
{
	(void)state;
	assert_true(hosts_allowed(NULL, "127.0.0.5"));
	assert_true(hosts_allowed("localhost", "127.0.0.1"));
	assert_true(hosts_allowed("LocalHost:9477", "127.0.0.1"));
	assert_true(hosts_allowed("127.0.0.1:80", "localhost"));
	assert_true(hosts_allowed("[::1]:9477", "127.0.0.1"));
	assert_true(hosts_allowed("127.0.0.5:1", "127.0.0.5"));
	assert_false(hosts_allowed("", "127.0.0.1"));
	assert_false(hosts_allowed("evil.example", "127.0.0.1"));
	assert_false(hosts_allowed("localhost.evil.example", "127.0.0.1"));
	assert_false(hosts_allowed("localhost:9477.evil.example", "x"));
	assert_false(hosts_allowed("127.0.0.10", "127.0.0.1"));
	assert_false(hosts_allowed("[::1", "127.0.0.1"));
	assert_false(hosts_allowed("[::1]x", "127.0.0.1"));
	assert_false(hosts_allowed("localhost@evil.example", "127.0.0.1"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8_replaces_each_bad_byte),
		cmocka_unit_test(test_utf8_is_cut_between_characters),
		cmocka_unit_test(test_numbers_are_whole),
		cmocka_unit_test(test_lists_have_whole_words),
		cmocka_unit_test(test_lines_split_anywhere),
		cmocka_unit_test(test_lines_are_bounded),
		cmocka_unit_test(test_numbers_are_written_short_and_true),
		cmocka_unit_test(test_texts_are_escaped),
		cmocka_unit_test(test_gzip_is_used_when_it_is_accepted),
		cmocka_unit_test(test_hosts_are_compared_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
