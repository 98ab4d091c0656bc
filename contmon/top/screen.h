/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TOP_SCREEN_H
#define CONTMON_TOP_SCREEN_H

#include <curses.h>
#include <stdbool.h>

/*
 * The terminal. Each time all of it is drawn on an empty screen, each line from
 * left to right; only lines that have changed go to ncurses. There is one
 * terminal, so there is one screen, for the main thread alone.
 */

/*
 * Errors: -ENOTTY the terminal that TERM names is unknown, -EOPNOTSUPP it
 * cannot move its cursor.
 */
int screen_begin(void);
void screen_end(void);

/* Empty, and as large as the terminal is now: LINES and COLS */
void screen_clear(void);

/* Begin line @y, without attributes. What is off the screen is not drawn. */
void screen_line(int y);

/* Leave blanks up to column @x. */
void screen_skip_to(int x);

/* Everything from here on looks like this. */
void screen_look(attr_t attributes);

/*
 * An escaped text, padded or cut to @width columns; + marks a cut.
 * screen_text() takes as many columns as it needs.
 */
void screen_field(int width, bool right, const char *text);
void screen_text(const char *text);

/* The same, but nothing of a text that does not fit. Returns whether it did. */
bool screen_whole(const char *text);

void screen_repeat(char c, int width);

/* The rest of the line looks like what came last. */
void screen_fill(void);

void screen_show(void);

/* Other programs may have written to the terminal: send all next time. */
void screen_redraw(void);

#endif /* CONTMON_TOP_SCREEN_H */
