// SPDX-License-Identifier: GPL-2.0-only
/*
 * ncurses decomposes and compares each character, which is most of the cost of
 * a full screen. Most lines do not change, and memcmp() finds that quickly.
 */
#include "contmon/cli/text.h"
#include "screen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

/* Bytes with the same attributes */
struct span {
	attr_t attributes;
	unsigned int nr_bytes;
};

/* More than the columns of a table, with bars in three parts */
#define SPANS_MAX 128

struct line {
	char *text;		/* escaped; room for a character per column */
	size_t nr_bytes;
	int width;		/* columns that the text takes */
	bool filled;		/* the rest looks like the last span */
	size_t nr_spans;
	struct span spans[SPANS_MAX];
};

static struct {
	int nr_lines, width;
	struct line *now, *shown;	/* @nr_lines of each */
	char *texts;			/* of all lines */
	struct line *line;		/* the one being drawn, or NULL */
	attr_t look;
} screen;

/* initscr() would end the program, or draw without moving the cursor. */
static int check_terminal(void)
{
	int error, r = 0;

	if (setupterm(NULL, STDOUT_FILENO, &error) == ERR)
		return -ENOTTY;
	if (!cursor_address || !clear_screen)
		r = -EOPNOTSUPP;
	del_curterm(cur_term);
	return r;
}

int screen_begin(void)
{
	int r = check_terminal();

	if (r < 0)
		return r;
	initscr();
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	set_escdelay(25);
	curs_set(0);
	return 0;
}

static void forget(void)
{
	free(screen.now);
	free(screen.texts);
	memset(&screen, 0, sizeof(screen));
}

void screen_end(void)
{
	endwin();
	forget();
}

/* Without memory there is no line, and nothing is drawn. */
static void resize(void)
{
	size_t nr = (size_t)LINES, room = (size_t)COLS * MB_CUR_MAX, i;

	forget();
	screen.now = calloc(2 * nr, sizeof(*screen.now));
	screen.texts = calloc(2 * nr, room);
	if (!screen.now || !screen.texts) {
		forget();
		return;
	}
	for (i = 0; i < 2 * nr; i++)
		screen.now[i].text = screen.texts + i * room;
	screen.shown = screen.now + nr;
	screen.nr_lines = LINES;
	screen.width = COLS;
	erase();
}

void screen_clear(void)
{
	int i;

	if (screen.nr_lines != LINES || screen.width != COLS)
		resize();
	for (i = 0; i < screen.nr_lines; i++) {
		struct line *line = &screen.now[i];

		line->nr_bytes = 0;
		line->width = 0;
		line->filled = false;
		line->nr_spans = 0;
	}
	screen_line(-1);
}

void screen_line(int y)
{
	screen.line = y >= 0 && y < screen.nr_lines ? &screen.now[y] : NULL;
	screen.look = A_NORMAL;
}

void screen_look(attr_t attributes)
{
	screen.look = attributes;
}

static int room(void)
{
	return screen.line ? screen.width - screen.line->width : 0;
}

/*
 * The span for text with the current attributes. Spans above SPANS_MAX are
 * lost.
 */
static struct span *span_of(struct line *line)
{
	size_t nr = line->nr_spans;

	if (nr && (line->spans[nr - 1].attributes == screen.look ||
		   nr == SPANS_MAX))
		return &line->spans[nr - 1];
	line->spans[nr] = (struct span){ .attributes = screen.look };
	line->nr_spans++;
	return &line->spans[nr];
}

/* Where to put text that fits into room(); NULL for an empty text */
static char *append(int nr_bytes, int width)
{
	struct line *line = screen.line;
	char *to;

	if (nr_bytes < 1)
		return NULL;
	to = line->text + line->nr_bytes;
	span_of(line)->nr_bytes += (unsigned int)nr_bytes;
	line->nr_bytes += (size_t)nr_bytes;
	line->width += width;
	return to;
}

static void put(const char *text, int nr_bytes, int width)
{
	char *to = append(nr_bytes, width);

	if (to)
		memcpy(to, text, (size_t)nr_bytes);
}

void screen_repeat(char c, int width)
{
	char *to;

	if (width > room())
		width = room();
	to = append(width, width);
	if (to)
		memset(to, c, (size_t)width);
}

void screen_skip_to(int x)
{
	if (screen.line)
		screen_repeat(' ', x - screen.line->width);
}

void screen_text(const char *text)
{
	int width, nr_bytes = cli_text_cut(text, room(), &width);

	put(text, nr_bytes, width);
}

bool screen_whole(const char *text)
{
	int width, nr_bytes = cli_text_cut(text, room(), &width);

	if (text[nr_bytes])
		return false;
	put(text, nr_bytes, width);
	return true;
}

void screen_field(int width, bool right, const char *text)
{
	int used, nr_bytes, blanks;
	bool cut;

	if (width > room())
		width = room();
	nr_bytes = cli_text_cut(text, width, &used);
	cut = width > 1 && text[nr_bytes];
	if (cut)
		nr_bytes = cli_text_cut(text, width - 1, &used);
	blanks = width - used - cut;
	if (right)
		screen_repeat(' ', blanks);
	put(text, nr_bytes, used);
	if (cut)
		put("+", 1, 1);
	if (!right)
		screen_repeat(' ', blanks);
}

void screen_fill(void)
{
	if (screen.line)
		screen.line->filled = true;
}

static bool is_same(const struct line *a, const struct line *b)
{
	return a->nr_bytes == b->nr_bytes && a->width == b->width &&
	       a->filled == b->filled && a->nr_spans == b->nr_spans &&
	       memcmp(a->spans, b->spans,
		      a->nr_spans * sizeof(a->spans[0])) == 0 &&
	       memcmp(a->text, b->text, a->nr_bytes) == 0;
}

static void send(const struct line *line, int y)
{
	const char *text = line->text;
	size_t i;

	move(y, 0);
	for (i = 0; i < line->nr_spans; i++) {
		attrset((int)line->spans[i].attributes);
		addnstr(text, (int)line->spans[i].nr_bytes);
		text += line->spans[i].nr_bytes;
	}
	if (!line->filled)
		attrset(A_NORMAL);
	/* After a full line the cursor is elsewhere. */
	if (line->width < screen.width)
		hline(' ', screen.width - line->width);
}

static void remember(const struct line *line, struct line *ret)
{
	char *text = ret->text;

	memcpy(text, line->text, line->nr_bytes);
	*ret = *line;
	ret->text = text;
}

void screen_show(void)
{
	int y;

	for (y = 0; y < screen.nr_lines; y++) {
		if (is_same(&screen.now[y], &screen.shown[y]))
			continue;
		send(&screen.now[y], y);
		remember(&screen.now[y], &screen.shown[y]);
	}
	refresh();
}

void screen_redraw(void)
{
	clearok(curscr, TRUE);
}
