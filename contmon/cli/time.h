/* SPDX-License-Identifier: GPL-2.0-only */
/* Parses moments and spans of time. */
#ifndef CONTMON_CLI_TIME_H
#define CONTMON_CLI_TIME_H

#include <stdint.h>

#define CLI_NO_TIME INT64_MIN

/*
 * A moment, in ms since 1970: "2026-01-31 07:00", with or without seconds, with
 * a T instead of the blank, or without a time (midnight). Z or +01:00 after the
 * time is the zone, else it is local time. "07:00": the last time it was 07:00.
 * "-2h": two hours ago. "now". Digits alone are seconds since 1970, or ms if
 * there are 12 or more.
 *
 * Of a local time that comes twice, because clocks are set back, it is the
 * first. One that does not come, because they are set ahead, is an error; but a
 * day without a midnight begins when they are.
 *
 * Returns CLI_GO_ON, or CLI_USAGE after reporting an error.
 */
int cli_parse_time(const char *option, const char *text, int64_t now_ms,
		   int64_t *ret_ms);

/*
 * A date, with or without a time, as above; 0, -EINVAL, or -ERANGE if there is
 * no such time
 */
int cli_read_date(const char *text, int64_t *ret_ms);

/* "90", "90s", "5m", "2h", "1d" or "1w", above 0, in ms; likewise */
int cli_parse_span(const char *option, const char *text, int64_t *ret_ms);

#endif /* CONTMON_CLI_TIME_H */
