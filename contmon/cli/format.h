/* SPDX-License-Identifier: GPL-2.0-only */
/* Formats numbers as text for people; each function returns @text. */
#ifndef CONTMON_CLI_FORMAT_H
#define CONTMON_CLI_FORMAT_H

#include <stdint.h>

/* CLI_UNIT_SHORT is for narrow tables; no option selects it. */
enum cli_unit { CLI_UNIT_AUTO, CLI_UNIT_KIB, CLI_UNIT_MIB, CLI_UNIT_BYTES,
		CLI_UNIT_SHORT };

/* Enough for every number that is formatted here */
#define CLI_TEXT_MAX 64

/* "1.5 GiB", "1536 KiB", "1.5 MiB", "1572864" or "1.5G", depending on @unit */
char *cli_format_bytes(char text[CLI_TEXT_MAX], uint64_t bytes,
		       enum cli_unit unit);

/* "0:01.23", "1:00:00" or "3d 01:00:00" */
char *cli_format_duration(char text[CLI_TEXT_MAX], uint64_t ns);

/* "12.5%"; "-" if @whole is 0 */
char *cli_format_percent(char text[CLI_TEXT_MAX], uint64_t part,
			 uint64_t whole);

/* "2026-01-31 12:00:00", local time, from ns since 1970 */
char *cli_format_date(char text[CLI_TEXT_MAX], uint64_t realtime_ns);

/* The same from ms, which may be negative */
char *cli_format_date_ms(char text[CLI_TEXT_MAX], int64_t t_ms);

/* "12:00:00", from ns since 1970 */
char *cli_format_clock(char text[CLI_TEXT_MAX], uint64_t realtime_ns);

/* "exit status 3" or "killed by signal 9 (Killed)", from a status of wait(2) */
char *cli_format_exit(char text[CLI_TEXT_MAX], uint32_t exit_code);

#endif /* CONTMON_CLI_FORMAT_H */
