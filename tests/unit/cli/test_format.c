// SPDX-License-Identifier: GPL-2.0-only
/* Numbers formatted for people. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "contmon/cli/format.h"

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
	assert_string_equal(cli_format_date_ms(text, 951782400999),
			    "2000-02-29 00:00:00");
	assert_string_equal(cli_format_date_ms(text, -1),
			    "1969-12-31 23:59:59");
	assert_string_equal(cli_format_date_ms(text, -86400000),
			    "1969-12-31 00:00:00");
	assert_string_equal(cli_format_date_ms(text, -56259767629123),
			    "187-03-14 06:46:10");
	assert_string_equal(cli_format_date_ms(text, INT64_MIN),
			    "-292275055-05-16 16:47:04");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_percents),
		cmocka_unit_test(test_dates),
	};

	return cmocka_run_group_tests_name("cli_format", tests, NULL, NULL);
}
