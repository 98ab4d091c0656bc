// SPDX-License-Identifier: GPL-2.0-only
/* A moment on the full screen. All texts are escaped by cli_escape(). */
#include "base/clock.h"
#include "browse.h"
#include "contmon/top/grid.h"
#include "contmon/top/input.h"
#include "contmon/top/screen.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define HEADER_ROWS 3	/* above the headings */
#define LOW 8		/* with fewer rows the header has only one */
#define HOUR_NS (3600 * NS_PER_SECOND)
#define CTRL_L ('L' & 0x1f)

static int header_rows(void)
{
	return LINES < LOW ? 1 : HEADER_ROWS;
}

static void draw_title(const struct past_top *top, const char *note)
{
	static const char name[] = "contmon top  ";
	char date[CLI_TEXT_MAX], width[CLI_TEXT_MAX], text[3 * CLI_TEXT_MAX];

	cli_format_date_ms(date, top->moment.t_ms);
	snprintf(text, sizeof(text), "%s, %s", date,
		 cli_moment_width(&top->moment, width));
	screen_line(0);
	if (strlen(name) + strlen(text) <= (size_t)COLS)
		screen_text(name);
	screen_look(A_BOLD);
	screen_text(text);
	if (*note) {
		screen_look(A_NORMAL);
		screen_text("  ");
		screen_look(A_REVERSE);
		screen_whole(note);
	}
}

/* Only known values */
static void draw_host(const struct past_top *top)
{
	const struct system_row *host = &top->moment.host;
	char a[CLI_TEXT_MAX], b[CLI_TEXT_MAX], text[4 * CLI_TEXT_MAX];

	screen_line(1);
	if (!isnan(host->cpu_percent) && !isnan(host->nr_cpus)) {
		snprintf(text, sizeof(text), "CPU %.2f of %.0f cores, ",
			 host->cpu_percent * host->nr_cpus / 100,
			 host->nr_cpus);
		screen_text(text);
	}
	if (!isnan(host->ram_used_bytes) && !isnan(host->ram_total_bytes)) {
		cli_format_bytes(a, (uint64_t)host->ram_used_bytes,
				 top->options.unit);
		cli_format_bytes(b, (uint64_t)host->ram_total_bytes,
				 top->options.unit);
		snprintf(text, sizeof(text), "RAM %s of %s, ", a, b);
		screen_whole(text);
	}
	if (!isnan(host->load1)) {
		snprintf(text, sizeof(text), "load %.2f, ", host->load1);
		screen_whole(text);
	}
	snprintf(text, sizeof(text), "%zu container%s",
		 top->rows[PAST_CONTAINERS].nr,
		 top->rows[PAST_CONTAINERS].nr == 1 ? "" : "s");
	screen_whole(text);
}

static void draw_place(const struct past_top *top)
{
	static const char *const titles[PAST_NR_PAGES] = {
		"Containers", "Busiest processes", "Busiest commands",
	};
	char text[128];

	snprintf(text, sizeof(text), "%s, by %s", titles[top->page],
		 top->layouts[top->page].order.by->heading);
	screen_line(header_rows() - 1);
	screen_look(A_BOLD);
	screen_field(COLS, false, text);
}

static void draw_rows(const struct past_top *top)
{
	const struct cli_layout *layout = &top->layouts[top->page];
	int widths[CLI_COLUMNS_MAX];
	const struct top_grid grid = {
		.layout = layout,
		.rows = &top->rows[top->page],
		.widths = widths,
		.unit = top->options.unit,
		.y = header_rows(),
		.height = top->height,
		.first = top->first,
		.selected = SIZE_MAX,
	};
	size_t i;

	for (i = 0; i < layout->nr; i++)
		widths[i] = cli_column_width(layout->v[i], top->options.unit);
	/* The last column takes the rest of the line. */
	if (!cli_column_is_number(layout->v[layout->nr - 1]))
		widths[layout->nr - 1] = COLS;
	cli_layout_fit(layout, COLS, widths);
	top_grid_draw(&grid);
	if (grid.rows->nr == 0 && grid.height > 0) {
		screen_line(grid.y + 1);
		screen_text(past_top_none(top, top->page));
	}
}

#define MOVES "q quit  Left Right moment  [ ] minute  { } hour  "

static void draw_keys(const struct past_top *top)
{
	static const char *const keys[PAST_NR_PAGES] = {
		MOVES "Tab processes  C M N sort",
		MOVES "Tab commands  C M N sort",
		MOVES "Tab containers  C N sort",
	};

	screen_line(LINES - 1);
	screen_look(A_DIM);
	screen_field(COLS - 1, false, keys[top->page]);
}

static void draw(struct past_top *top, const char *note)
{
	int rows = LINES - header_rows() - 2;

	top->height = rows > 0 ? (size_t)rows : 0;
	past_top_scroll(top, 0);
	screen_clear();
	if (header_rows() == HEADER_ROWS) {
		draw_host(top);
		draw_place(top);
	}
	draw_title(top, note);
	draw_rows(top);
	draw_keys(top);
	screen_show();
}

static int obey(struct past_top *top)
{
	const char *note = "";
	int r = 0, key;

	while (!input_is_over()) {
		draw(top, note);
		key = input_key(clock_monotonic_ns() + HOUR_NS);
		if (key == -EIO)
			return key;
		if (key == 'q' || key == KEY_F(10))
			return 0;
		if (key == CTRL_L)
			screen_redraw();
		r = key == ERR ? 0 : past_top_key(top, key);
		note = r == -ENOENT ? " no more in that direction " : "";
		if (r < 0 && r != -ENOENT)
			return r;
	}
	return 0;
}

int past_top_browse(struct past_top *top)
{
	int r = screen_begin();

	if (r < 0)
		return r;
	top_grid_colors();
	input_begin();
	r = obey(top);
	screen_end();
	return r;
}
