// SPDX-License-Identifier: GPL-2.0-only
/* What each key does to the moment shown. browse.c lists them for the user. */
#include "browse.h"
#include "contmond/store/past.h"

#include <curses.h>
#include <errno.h>

#define MINUTE_MS (60 * 1000)

/* To the next or previous moment, across gaps too */
static int step(struct past_top *top, bool forward)
{
	int64_t t_ms;
	int r = forward ?
		cli_moment_after(top->store, top->moment.t_ms, &t_ms) :
		cli_moment_before(top->store, top->moment.t_ms, &t_ms);

	return r == 0 ? past_top_go(top, t_ms) : r;
}

/* By some minutes, but at least to another moment; in a gap, to its end */
static int jump(struct past_top *top, int minutes)
{
	int64_t old_ms = top->moment.t_ms;
	int64_t t_ms = old_ms + (int64_t)minutes * MINUTE_MS;
	int r = past_top_go(top, t_ms);

	if (r == 0 && top->moment.t_ms == old_ms)
		return step(top, minutes > 0);
	if (r != -ENOENT)
		return r;
	r = minutes > 0 ? cli_moment_after(top->store, t_ms, &t_ms) :
			  cli_moment_before(top->store, t_ms, &t_ms);
	return r == 0 ? past_top_go(top, t_ms) : r;
}

/* To the first or last moment of the store */
static int go_to_end(struct past_top *top, bool last)
{
	int64_t first_ms, last_ms;
	int r = store_range(top->store, &first_ms, &last_ms);

	return r == 0 ? past_top_go(top, last ? last_ms : first_ms) : r;
}

/* NULL: the page has no such column */
static int sort_by(struct past_top *top, const char *containers,
		   const char *processes, const char *commands)
{
	const char *const columns[PAST_NR_PAGES] = { containers, processes,
						     commands };

	if (!columns[top->page])
		return 0;
	cli_layout_sort(&top->layouts[top->page], columns[top->page]);
	cli_rows_sort(&top->rows[top->page], &top->layouts[top->page].order);
	return 0;
}

int past_top_scroll(struct past_top *top, long rows)
{
	long first = (long)top->first + rows;
	long last = (long)top->rows[top->page].nr - (long)top->height;

	if (first > last)
		first = last;
	top->first = first > 0 ? (size_t)first : 0;
	return 0;
}

static int turn(struct past_top *top)
{
	top->page = (top->page + 1) % PAST_NR_PAGES;
	top->first = 0;
	return 0;
}

static int move_to(struct past_top *top, int key)
{
	switch (key) {
	case KEY_RIGHT:
	case 't':
		return step(top, true);
	case KEY_LEFT:
	case 'T':
		return step(top, false);
	case ']':
		return jump(top, 1);
	case '[':
		return jump(top, -1);
	case '}':
		return jump(top, 60);
	case '{':
		return jump(top, -60);
	case KEY_HOME:
		return go_to_end(top, false);
	case KEY_END:
		return go_to_end(top, true);
	default:
		return 0;
	}
}

int past_top_key(struct past_top *top, int key)
{
	switch (key) {
	case '\t':
		return turn(top);
	case 'C':
		return sort_by(top, "cpu-cores", "cpu-cores", "cpu-cores");
	case 'M':
		return sort_by(top, "memory-current-bytes", "rss-bytes", NULL);
	case 'N':
		return sort_by(top, "container", "container", "container");
	case KEY_UP:
	case 'k':
		return past_top_scroll(top, -1);
	case KEY_DOWN:
	case 'j':
		return past_top_scroll(top, 1);
	case KEY_PPAGE:
		return past_top_scroll(top, -(long)top->height);
	case KEY_NPAGE:
		return past_top_scroll(top, (long)top->height);
	default:
		return move_to(top, key);
	}
}
