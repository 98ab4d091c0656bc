/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_CLI_CLOCK_H
#define CONTMON_CLI_CLOCK_H

#include <stdint.h>

uint64_t cli_monotonic_ns(void);
uint64_t cli_boottime_ns(void);

/* What is to be added to CLOCK_BOOTTIME for time since 1970 */
int64_t cli_realtime_offset_ns(void);

/*
 * "-n" of what refreshes: seconds, 0.1 to 3600. CLI_GO_ON, or CLI_USAGE after
 * saying what is wrong.
 */
int cli_parse_interval(const char *text, uint64_t *ret_ns);

#endif /* CONTMON_CLI_CLOCK_H */
