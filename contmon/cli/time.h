/* SPDX-License-Identifier: GPL-2.0-only */
/* Moments and spans of time as people write them. */
#ifndef CONTMON_CLI_TIME_H
#define CONTMON_CLI_TIME_H

#include <stdint.h>

/*
 * A moment, in ms since 1970: "2026-01-31 07:00", with seconds, with a T
 * between the two or without a time (midnight); behind a time Z or +01:00 for
 * a zone, else it is local. "07:00": the last time that it was. "-2h": so long
 * ago, "now". Digits alone are seconds since 1970, or ms if there are 12 or
 * more. Returns CLI_GO_ON, or CLI_USAGE after saying what is wrong.
 */
int cli_parse_time(const char *option, const char *text, int64_t now_ms,
		   int64_t *ret_ms);

/* "90", "90s", "5m", "2h", "1d" or "1w", above 0, in ms; likewise */
int cli_parse_span(const char *option, const char *text, int64_t *ret_ms);

#endif /* CONTMON_CLI_TIME_H */
