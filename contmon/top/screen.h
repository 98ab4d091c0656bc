/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TOP_SCREEN_H
#define CONTMON_TOP_SCREEN_H

#include <curses.h>
#include <stdbool.h>

/*
 * The terminal, drawn anew from an empty screen each time, a line from left to
 * right. Only lines that differ from what is there go to ncurses. There is one
 * terminal, so there is one screen; it is of the main thread.
 */

/* -ENOTTY: nothing is known of a terminal such as TERM says */
int screen_begin(void);
void screen_end(void);

/* Empty, and as large as the terminal is now: LINES and COLS */
void screen_clear(void);

/* Begin line @y, without attributes. What is out of the screen is not drawn. */
void screen_line(int y);

/* Leave blanks up to column @x. */
void screen_skip_to(int x);

/* What comes looks like this, from now on. */
void screen_look(attr_t attributes);

/*
 * A text that is harmless already, in just @width columns; + for what is cut.
 * screen_text() takes as many as it needs.
 */
void screen_field(int width, bool right, const char *text);
void screen_text(const char *text);
void screen_repeat(char c, int width);

/* Up to the right edge the line looks as what came last. */
void screen_fill(void);

void screen_show(void);

/* Others may have written to the terminal: send it everything next time. */
void screen_redraw(void);

#endif /* CONTMON_TOP_SCREEN_H */
