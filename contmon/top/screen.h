/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TOP_SCREEN_H
#define CONTMON_TOP_SCREEN_H

#include <curses.h>
#include <stdbool.h>

/*
 * The terminal. All of it is drawn each time, on an empty screen, each line
 * from left to right; only changed lines are passed to ncurses. There is one
 * terminal, so there is one screen, for the main thread only.
 */

/*
 * Errors: -ENOTTY the terminal type in TERM is unknown, -EOPNOTSUPP it cannot
 * move its cursor.
 */
int screen_begin(void);
void screen_end(void);

/* Start an empty screen of the terminal's current size: LINES and COLS */
void screen_clear(void);

/* Begin line @y, without attributes. Nothing is drawn outside the screen. */
void screen_line(int y);

/* Add blanks up to column @x. */
void screen_skip_to(int x);

/* Attributes of everything from here on. */
void screen_look(attr_t attributes);

/*
 * An escaped text, padded or cut to @width columns; + marks a cut.
 * screen_text() takes as many columns as it needs.
 */
void screen_field(int width, bool right, const char *text);
void screen_text(const char *text);

/* Adds the text only if all of it fits. Returns whether it does. */
bool screen_whole(const char *text);

void screen_repeat(char c, int width);

/* The rest of the line gets the current attributes. */
void screen_fill(void);

void screen_show(void);

/*
 * Other programs may have written to the terminal: send everything next time.
 */
void screen_redraw(void);

#endif /* CONTMON_TOP_SCREEN_H */
