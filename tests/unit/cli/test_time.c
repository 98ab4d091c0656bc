// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "contmon/cli/error.h"
#include "contmon/cli/time.h"

#define NR(a) (sizeof(a) / sizeof((a)[0]))

#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"

/* 2026-01-31 12:00:00 UTC, 13:00 in Berlin */
#define NOW INT64_C(1769860800000)
#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static const struct {
	const char *text;
	int64_t ms;
} times[] = {
	{ "now", NOW },
	{ "-0", NOW },
	{ "-90", NOW - 90000 },
	{ "-90s", NOW - 90000 },
	{ "-5m", NOW - 5 * MINUTE },
	{ "-2h", NOW - 2 * HOUR },
	{ "-1d", NOW - DAY },
	{ "-1w", NOW - 7 * DAY },
	{ "0", 0 },
	{ "1769860800", NOW },
	{ "1769860800123", NOW + 123 },
	/* In Berlin it is 13:00. */
	{ "13:00", NOW },
	{ "07:30", NOW - 5 * HOUR - 30 * MINUTE },
	{ "07:30:15", NOW - 5 * HOUR - 30 * MINUTE + 15000 },
	{ "13:01", NOW - DAY + MINUTE },
	{ "2026-01-31", NOW - 13 * HOUR },
	{ "2026-01-31 13:00", NOW },
	{ "2026-01-31T13:00:10", NOW + 10000 },
	{ "2026-07-01 14:00", INT64_C(1782907200000) },	/* summer time */
	{ "2026-01-31T12:00:00Z", NOW },
	{ "2026-01-31t12:00:00.987z", NOW },
	{ "2026-01-31 12:00 Z", NOW },
	{ "2026-01-31T13:00:00+01:00", NOW },
	{ "2026-01-31T08:30:00-03:30", NOW },
	{ "2026-01-31 13:00:00 +0100", NOW },
	{ "2024-02-29T00:00Z", INT64_C(1709164800000) },
};

static void test_times(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NR(times); i++) {
		int64_t ms = -1;

		if (cli_parse_time("--at", times[i].text, NOW, &ms) !=
		    CLI_GO_ON || ms != times[i].ms)
			fail_msg("%s: %lld", times[i].text, (long long)ms);
	}
}

/* Clocks are set ahead at 2026-03-29 02:00, and back at 2026-10-25 03:00. */
#define AHEAD INT64_C(1774746000000)
#define BACK INT64_C(1792890000000)

static void must_be(const char *text, int64_t now_ms, int64_t want)
{
	int64_t ms = -1;

	if (cli_parse_time("--at", text, now_ms, &ms) != CLI_GO_ON ||
	    ms != want)
		fail_msg("%s: %lld", text, (long long)ms);
}

static void test_clocks_that_are_set(void **state)
{
	int64_t ms;

	(void)state;
	must_be("2026-03-29 01:59:59", 0, AHEAD - 1000);
	must_be("2026-03-29 03:00", 0, AHEAD);
	assert_int_equal(cli_read_date("2026-03-29 02:00", &ms), -ERANGE);
	assert_int_equal(cli_read_date("2026-03-29 02:59:59", &ms), -ERANGE);
	assert_int_equal(cli_parse_time("--at", "2026-03-29 02:30", 0, &ms),
			 CLI_USAGE);
	must_be("2026-03-29 02:30Z", 0, AHEAD + 90 * MINUTE);
	/* The last time that it was half past two was the day before. */
	must_be("02:30", AHEAD + HOUR, AHEAD - 23 * HOUR - 30 * MINUTE);
	must_be("01:30", AHEAD + HOUR, AHEAD - 30 * MINUTE);
	must_be("2026-10-25 02:00", 0, BACK - HOUR);
	must_be("2026-10-25 02:30:15", 0, BACK - 30 * MINUTE + 15000);
	must_be("2026-10-25 03:00", 0, BACK + HOUR);
	must_be("2026-10-25 01:59", 0, BACK - HOUR - MINUTE);
	must_be("02:30", BACK + 10 * HOUR, BACK - 30 * MINUTE);
}

/* Here it happens at midnight, or without summer time. */
static void test_other_zones(void **state)
{
	int64_t ms;

	(void)state;
	setenv("TZ", "BRT3BRST,M11.1.0/0,M2.3.0/0", 1);
	tzset();
	must_be("2026-11-01", 0, INT64_C(1793502000000));
	assert_int_equal(cli_read_date("2026-11-01 00:30", &ms), -ERANGE);
	must_be("2026-02-14 23:30", 0, INT64_C(1771119000000));
	setenv("TZ", "LHST-10:30LHDT-11,M10.1.0,M4.1.0", 1);
	tzset();
	must_be("2026-04-05 01:45", 0, INT64_C(1775313900000));
	setenv("TZ", BERLIN, 1);
	tzset();
}

static void test_no_times(void **state)
{
	static const char *const bad[] = {
		"", " ", "-", "+2h", "2h", "-2x", "-h", "- 2h", "-1.5h",
		"-99999999999w", "yesterday", "Now", "25:00", "12:60",
		"07:00x", "07:00 Z", "2026-", "2026-13-01", "2026-02-30",
		"2025-02-29", "2026-01-31x", "2026-01-31 ", "2026-01-31T",
		"2026-01-31 24:01", "2026-01-31 07:00 CET",
		"2026-01-31 07:00+1", "2026-01-31 07:00+24:00",
		"2026-01-31 07:00+01:00x", "2026-01-31 07:00+01:-5",
		"99999999999999999", "0x10", "-0x10s",
	};
	size_t i;

	(void)state;
	for (i = 0; i < NR(bad); i++) {
		int64_t ms = 5;

		if (cli_parse_time("--at", bad[i], NOW, &ms) != CLI_USAGE)
			fail_msg("%s: %lld", bad[i], (long long)ms);
	}
}

static void test_spans(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {
		{ "1", 1000 }, { "90s", 90000 }, { "5m", 5 * MINUTE },
		{ "2h", 2 * HOUR }, { "1d", DAY }, { "1w", 7 * DAY },
	};
	static const char *const bad[] = {
		"", "0", "0s", "-1", "m", "1.5h", "1 h", "1hm", "12345678901",
	};
	int64_t ms;
	size_t i;

	(void)state;
	for (i = 0; i < NR(good); i++) {
		assert_int_equal(cli_parse_span("--step", good[i].text, &ms),
				 CLI_GO_ON);
		assert_int_equal(ms, good[i].ms);
	}
	for (i = 0; i < NR(bad); i++) {
		ms = 7;
		assert_int_equal(cli_parse_span("--step", bad[i], &ms),
				 CLI_USAGE);
		assert_int_equal(ms, 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_clocks_that_are_set),
		cmocka_unit_test(test_other_zones),
		cmocka_unit_test(test_no_times),
		cmocka_unit_test(test_spans),
	};

	setenv("TZ", BERLIN, 1);
	tzset();
	return cmocka_run_group_tests_name("cli_time", tests, NULL, NULL);
}
