/* SPDX-License-Identifier: GPL-2.0-only */
/* Parses times and durations */
#ifndef CONTMON_CLI_TIME_H
#define CONTMON_CLI_TIME_H

#include <stdint.h>

#define CLI_NO_TIME INT64_MIN

/*
 * A time, in ms since 1970: "2026-01-31 07:00", with or without seconds, with a
 * T instead of the blank, or without a time of day (midnight). Z or +01:00
 * after it is the time zone, otherwise it is local time. "07:00": the last time
 * it was 07:00. "-2h": two hours ago. "now". Digits alone are seconds since
 * 1970, or ms if there are 12 or more.
 *
 * If a local time occurs twice, because clocks are set back, the first one is
 * meant. If it does not occur, because clocks are set ahead, that is an error;
 * but a day without a midnight starts when they are set ahead.
 *
 * Returns CLI_GO_ON, or CLI_USAGE after reporting an error.
 */
int cli_parse_time(const char *option, const char *text, int64_t now_ms,
		   int64_t *ret_ms);

/*
 * A date as above, with or without a time of day. Returns 0, -EINVAL, or
 * -ERANGE if this time does not exist.
 */
int cli_read_date(const char *text, int64_t *ret_ms);

/*
 * A duration, in ms: "90", "90s", "5m", "2h", "1d" or "1w", above 0. Returns
 * CLI_GO_ON, or CLI_USAGE after reporting an error.
 */
int cli_parse_span(const char *option, const char *text, int64_t *ret_ms);

#endif /* CONTMON_CLI_TIME_H */
