// SPDX-License-Identifier: GPL-2.0-only
/* All texts are escaped by cli_escape(). */
#include "contmon/cli/text.h"
#include "contmon/table/table.h"
#include "grid.h"
#include "screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAIR_CYAN = 1, PAIR_GREEN, PAIR_RED, PAIR_YELLOW };

void top_grid_colors(void)
{
	if (!cli_wants_color() || !has_colors())
		return;
	start_color();
	use_default_colors();
	init_pair(PAIR_CYAN, COLOR_CYAN, -1);
	init_pair(PAIR_GREEN, COLOR_GREEN, -1);
	init_pair(PAIR_RED, COLOR_RED, -1);
	init_pair(PAIR_YELLOW, COLOR_YELLOW, -1);
}

static attr_t color_of(const char *name)
{
	static const struct {
		const char *name;
		int pair;
	} colors[] = {
		{ "cyan", PAIR_CYAN },
		{ "green", PAIR_GREEN },
		{ "red", PAIR_RED },
		{ "yellow", PAIR_YELLOW },
	};
	size_t i;

	for (i = 0; name && i < sizeof(colors) / sizeof(colors[0]); i++)
		if (strcmp(colors[i].name, name) == 0)
			return (attr_t)COLOR_PAIR(colors[i].pair);
	return A_NORMAL;
}

static attr_t level_color(double share)
{
	if (share >= 0.9)
		return color_of("red");
	return color_of(share >= 0.7 ? "yellow" : "green");
}

void top_grid_bar(int width, double share, bool selected)
{
	attr_t frame = selected ? A_REVERSE : A_NORMAL;
	attr_t color = selected ? A_REVERSE : level_color(share);
	int room = width - 2;
	int full = (int)(share * room + 0.5);

	if (full > room)
		full = room;
	screen_look(frame);
	screen_text("[");
	screen_look(color);
	screen_repeat('|', full);
	screen_repeat(' ', room - full);
	screen_look(frame);
	screen_text("]");
}

static void draw_headings(const struct top_grid *grid)
{
	const struct cli_layout *layout = grid->layout;
	const char *blank = "";
	size_t i;

	screen_line(grid->y);
	for (i = 0; i < layout->nr; i++) {
		const struct cli_column *column = layout->v[i];

		if (!grid->widths[i])
			continue;
		screen_look(A_REVERSE);
		screen_text(blank);
		blank = " ";
		if (column == layout->order.by)
			screen_look(A_REVERSE | A_BOLD | A_UNDERLINE);
		screen_field(grid->widths[i], cli_column_is_number(column),
			     column->heading);
	}
	screen_look(A_REVERSE);
	screen_fill();
}

/* Dimmed values: zero or unknown */
static bool is_nothing(const struct cli_column *column,
		       const struct cli_value *value)
{
	switch (column->kind) {
	case CLI_KIND_RATE:
	case CLI_KIND_BYTES:
		return !value->known || value->bytes == 0;
	case CLI_KIND_PERCENT:
	case CLI_KIND_CORES:
		return !value->known || value->ratio < 0.0005;
	default:
		return !value->known;
	}
}

static void draw_bar(int width, double share, bool selected)
{
	char text[CLI_TEXT_MAX];

	top_grid_bar(width - 6, share, selected);
	snprintf(text, sizeof(text), "%5.0f%%", share * 100);
	screen_field(6, true, text);
}

static attr_t look_of(const struct cli_column *column,
		      const struct cli_row *row, const struct cli_value *value)
{
	const char *color = column->get_color ? column->get_color(row) :
						column->color;

	return color_of(color) | (is_nothing(column, value) ? A_DIM : 0);
}

/* The row of the cursor is reversed as a whole, without colours. */
static void draw_cell(const struct top_grid *grid, size_t at, int width,
		      const struct cli_row *row, bool selected)
{
	const struct cli_layout *layout = grid->layout;
	const struct cli_column *column = layout->v[at];
	enum cli_unit unit = cli_narrow_unit(grid->unit);
	struct cli_value value = cli_column_value(column, row);
	char room[CLI_TEXT_MAX], *text;

	if (column->bar && value.known) {
		draw_bar(width, value.ratio, selected);
		return;
	}
	screen_look(selected ? A_REVERSE : look_of(column, row, &value));
	/* Numbers need no escaping. */
	if (cli_column_is_number(column)) {
		screen_field(width, true, cli_value_text(column->kind, &value,
							 unit, room));
		return;
	}
	text = cli_cell(column, row, unit, layout->tree &&
			cli_layout_is_subject(layout, column));
	screen_field(width, false, text ? text : "");
	free(text);
}

static void draw_row(const struct top_grid *grid, size_t at)
{
	const int *widths = grid->widths;
	const struct cli_layout *layout = grid->layout;
	bool selected = at == grid->selected;
	const char *blank = "";
	size_t i;

	for (i = 0; i < layout->nr; i++) {
		if (!widths[i])
			continue;
		screen_look(selected ? A_REVERSE : A_NORMAL);
		screen_text(blank);
		blank = " ";
		draw_cell(grid, i, widths[i], grid->rows->v[at], selected);
	}
	screen_look(selected ? A_REVERSE : A_NORMAL);
	screen_fill();
}

void top_grid_draw(const struct top_grid *grid)
{
	size_t i;

	draw_headings(grid);
	for (i = 0; i < grid->height; i++) {
		if (grid->first + i >= grid->rows->nr)
			break;
		screen_line(grid->y + 1 + (int)i);
		draw_row(grid, grid->first + i);
	}
}
