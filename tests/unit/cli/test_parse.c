// SPDX-License-Identifier: GPL-2.0-only
/* Parsing sizes and units. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "contmon/cli/parse.h"

#define KIB 1024ULL
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define NR(array) (sizeof(array) / sizeof((array)[0]))

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_units),
	};

	return cmocka_run_group_tests_name("cli_parse", tests, NULL, NULL);
}
