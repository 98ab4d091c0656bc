/* SPDX-License-Identifier: GPL-2.0-only */
/* Text for a terminal */
#ifndef CONTMON_CLI_TEXT_H
#define CONTMON_CLI_TEXT_H

#include <stddef.h>

/*
 * A copy of @length bytes that a terminal does not interpret: every byte that
 * is not part of a printable character of the locale becomes \xNN. The caller
 * frees it; NULL if there is no memory.
 */
char *cli_escape(const char *bytes, size_t length);

/* The number of terminal columns that a text takes */
size_t cli_text_width(const char *text);

/*
 * Returns how many bytes of @text fit in @width columns; *@ret_width is set to
 * the columns that these take.
 */
int cli_text_cut(const char *text, int width, int *ret_width);

/* Shortens a text to @width columns, above 0; then the last one is a '+'. */
void cli_text_shorten(char *text, int width);

#endif /* CONTMON_CLI_TEXT_H */
