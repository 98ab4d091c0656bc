/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_CLI_FORMAT_H
#define CONTMON_CLI_FORMAT_H

#include <stddef.h>
#include <stdint.h>

/* The last one is for where there is little room; nobody can ask for it. */
enum cli_unit { CLI_UNIT_AUTO, CLI_UNIT_KIB, CLI_UNIT_MIB, CLI_UNIT_BYTES,
		CLI_UNIT_SHORT };

/* Enough for every number that is formatted here */
#define CLI_TEXT_MAX 64

/* "1.5 GiB", "1536 KiB", "1.5 MiB", "1572864" or "1.5G", by @unit; returns @text */
char *cli_format_bytes(char text[CLI_TEXT_MAX], uint64_t bytes,
		       enum cli_unit unit);

/* "0:01.23", "1:00:00" or "3d 01:00:00": a length of time */
char *cli_format_duration(char text[CLI_TEXT_MAX], uint64_t ns);

/* "12.5%"; "-" of nothing */
char *cli_format_percent(char text[CLI_TEXT_MAX], uint64_t part,
			 uint64_t whole);

/* "2026-01-31 12:00:00", local time, from ns since 1970 */
char *cli_format_date(char text[CLI_TEXT_MAX], uint64_t realtime_ns);

/* "64M" and the like to bytes. 0, -EINVAL or -ERANGE */
int cli_parse_size(const char *text, uint64_t *ret_bytes);

/* A decimal number of at most @max. 0, -EINVAL or -ERANGE */
int cli_parse_number(const char *text, uint64_t max, uint64_t *ret);

int cli_parse_unit(const char *text, enum cli_unit *ret);

/*
 * A copy of @length bytes in which everything that is not one printable
 * character of the locale that takes columns of a terminal stands as \xNN.
 * The caller frees it; NULL without memory.
 */
char *cli_escape(const char *bytes, size_t length);

/* "exit status 3" or "killed by signal 9 (Killed)", of wait(2)'s number */
char *cli_format_exit(char text[CLI_TEXT_MAX], uint32_t exit_code);

/* Columns of a terminal that a text takes */
size_t cli_text_width(const char *text);

/* Bytes of @text that take at most @width columns; *@ret_width gets how many */
int cli_text_cut(const char *text, int width, int *ret_width);

#endif /* CONTMON_CLI_FORMAT_H */
