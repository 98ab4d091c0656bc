/* SPDX-License-Identifier: GPL-2.0-only */
/* Text for a terminal. */
#ifndef CONTMON_CLI_TEXT_H
#define CONTMON_CLI_TEXT_H

#include <stddef.h>

/*
 * A copy of @length bytes that a terminal does not interpret: every byte that
 * is not part of a character that the locale can print in columns becomes \xNN.
 * The caller frees it; NULL without memory.
 */
char *cli_escape(const char *bytes, size_t length);

/* Number of terminal columns that a text takes */
size_t cli_text_width(const char *text);

/* Bytes of @text that fit in @width columns; *@ret_width: columns they take */
int cli_text_cut(const char *text, int width, int *ret_width);

/* Cuts it to @width columns, above 0, the last of which is a + then */
void cli_text_shorten(char *text, int width);

#endif /* CONTMON_CLI_TEXT_H */
