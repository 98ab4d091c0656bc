/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows below headings on the screen. */
#ifndef CONTMON_TOP_GRID_H
#define CONTMON_TOP_GRID_H

#include "contmon/table/layout.h"

/**
 * struct top_grid - owns nothing
 * @widths: of the columns of @layout; 0 for one left out
 * @unit: of sizes
 * @y: line of the headings
 * @height: rows below them
 * @first: row below the headings
 * @selected: row of the cursor, SIZE_MAX without one
 */
struct top_grid {
	const struct cli_layout *layout;
	const struct cli_rows *rows;
	const int *widths;
	enum cli_unit unit;
	int y;
	size_t height, first, selected;
};

void top_grid_draw(const struct top_grid *grid);

/* Call it once, after screen_begin() */
void top_grid_colors(void);

/* "[|||||     ]" in @width columns of the current line */
void top_grid_bar(int width, double share, bool selected);

#endif /* CONTMON_TOP_GRID_H */
