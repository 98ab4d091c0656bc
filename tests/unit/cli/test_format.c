// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers and names as people read them, and sizes as they write them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contmon/cli/options.h"

#define KIB 1024ULL
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define MS 1000000ULL
#define S (1000 * MS)
#define NR(array) (sizeof(array) / sizeof((array)[0]))

static void test_bytes(void **state)
{
	static const struct {
		uint64_t bytes;
		enum cli_unit unit;
		const char *want;
	} rows[] = {
		{ 0, CLI_UNIT_SHORT, "0B" },
		{ 1023, CLI_UNIT_SHORT, "1023B" },
		{ 1536, CLI_UNIT_SHORT, "1.5K" },
		{ MIB - 1, CLI_UNIT_SHORT, "1.0M" },
		{ 1023 * MIB, CLI_UNIT_SHORT, "1023.0M" },
		{ 0, CLI_UNIT_AUTO, "0 B" },
		{ 1023, CLI_UNIT_AUTO, "1023 B" },
		{ 1024, CLI_UNIT_AUTO, "1.0 KiB" },
		{ 1536, CLI_UNIT_AUTO, "1.5 KiB" },
		{ MIB - 1, CLI_UNIT_AUTO, "1.0 MiB" },
		{ MIB, CLI_UNIT_AUTO, "1.0 MiB" },
		{ 1023 * MIB, CLI_UNIT_AUTO, "1023.0 MiB" },
		{ 10 * GIB, CLI_UNIT_AUTO, "10.0 GiB" },
		{ UINT64_MAX, CLI_UNIT_AUTO, "16.0 EiB" },
		{ 4096, CLI_UNIT_KIB, "4 KiB" },
		{ 10 * GIB, CLI_UNIT_KIB, "10485760 KiB" },
		{ MIB + MIB / 2, CLI_UNIT_MIB, "1.5 MiB" },
		{ 0, CLI_UNIT_BYTES, "0" },
		{ UINT64_MAX, CLI_UNIT_BYTES, "18446744073709551615" },
	};
	char text[CLI_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < NR(rows); i++) {
		cli_format_bytes(text, rows[i].bytes, rows[i].unit);
		assert_string_equal(text, rows[i].want);
	}
}

static void test_durations(void **state)
{
	static const struct {
		uint64_t ns;
		const char *want;
	} rows[] = {
		{ 0, "0:00.00" },
		{ 9 * MS, "0:00.00" },
		{ 10 * MS, "0:00.01" },
		{ 61 * S + 230 * MS, "1:01.23" },
		{ 3600 * S - 1, "59:59.99" },
		{ 3600 * S, "1:00:00" },
		{ 86400 * S - 1, "23:59:59" },
		{ 86400 * S, "1d 00:00:00" },
		{ UINT64_MAX, "213503d 23:34:33" },
	};
	char text[CLI_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < NR(rows); i++) {
		cli_format_duration(text, rows[i].ns);
		assert_string_equal(text, rows[i].want);
	}
}

static void test_percents(void **state)
{
	char text[CLI_TEXT_MAX];

	(void)state;
	assert_string_equal(cli_format_percent(text, 1, 8), "12.5%");
	assert_string_equal(cli_format_percent(text, 0, 8), "0.0%");
	assert_string_equal(cli_format_percent(text, 0, 0), "-");
	assert_string_equal(cli_format_percent(text, UINT64_MAX, UINT64_MAX),
			    "100.0%");
}

static void test_dates(void **state)
{
	char text[CLI_TEXT_MAX];

	(void)state;
	setenv("TZ", "UTC", 1);
	assert_string_equal(cli_format_date(text, 951782400 * S),
			    "2000-02-29 00:00:00");
}

static void test_sizes(void **state)
{
	static const struct {
		const char *text;
		int r;
		uint64_t want;
	} rows[] = {
		{ "0", 0, 0 },
		{ "4096", 0, 4096 },
		{ "64M", 0, 64 * MIB },
		{ "64m", 0, 64 * MIB },
		{ "64MB", 0, 64 * MIB },
		{ "64MiB", 0, 64 * MIB },
		{ "1K", 0, KIB },
		{ "2G", 0, 2 * GIB },
		{ "1T", 0, 1024 * GIB },
		{ "7B", 0, 7 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "16777215T", 0, 16777215ULL << 40 },
		{ "16777216T", -ERANGE, 0 },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "M", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "+1", -EINVAL, 0 },
		{ " 1", -EINVAL, 0 },
		{ "1 M", -EINVAL, 0 },
		{ "1.5G", -EINVAL, 0 },
		{ "0x10", -EINVAL, 0 },
		{ "1X", -EINVAL, 0 },
		{ "1MM", -EINVAL, 0 },
		{ "1MiBs", -EINVAL, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < NR(rows); i++) {
		uint64_t bytes = 0;
		int r = cli_parse_size(rows[i].text, &bytes);

		if (r != rows[i].r || bytes != rows[i].want)
			fail_msg("'%s': %d", rows[i].text, r);
	}
}

static void test_numbers(void **state)
{
	uint64_t n = 99;

	(void)state;
	assert_int_equal(cli_parse_number("123", 123, &n), 0);
	assert_int_equal(n, 123);
	assert_int_equal(cli_parse_number("124", 123, &n), -ERANGE);
	assert_int_equal(cli_parse_number("12x", 123, &n), -EINVAL);
	assert_int_equal(cli_parse_number("", 123, &n), -EINVAL);
	assert_int_equal(cli_parse_number("-1", 123, &n), -EINVAL);
	assert_int_equal(cli_parse_number("99999999999999999999", 1, &n),
			 -ERANGE);
	assert_int_equal(n, 123);
}

static void test_units(void **state)
{
	enum cli_unit unit = CLI_UNIT_AUTO;

	(void)state;
	assert_int_equal(cli_parse_unit("KiB", &unit), 0);
	assert_int_equal(unit, CLI_UNIT_KIB);
	assert_int_equal(cli_parse_unit("bytes", &unit), 0);
	assert_int_equal(unit, CLI_UNIT_BYTES);
	assert_int_equal(cli_parse_unit("GB", &unit), -EINVAL);
	assert_int_equal(cli_parse_unit("", &unit), -EINVAL);
	assert_int_equal(unit, CLI_UNIT_BYTES);
}

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
	/* a control sequence introducer in one character */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_percents),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_escapes_in_utf8),
	};

	return cmocka_run_group_tests_name("cli_format", tests, NULL, NULL);
}
