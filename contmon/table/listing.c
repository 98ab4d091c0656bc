// SPDX-License-Identifier: GPL-2.0-only
/*
 * A terminal that is too narrow for all columns gets fewer of them, not lines
 * that are folded. So the width of each is measured before any is printed.
 */
#include "contmon/cli/error.h"
#include "contmon/cli/options.h"
#include "contmon/cli/text.h"
#include "listing.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

int cli_listing_option(int opt, char **argv, const char *help,
		       struct cli_listing *listing)
{
	switch (opt) {
	case 'o':
		return cli_layout_pick(&listing->layout, optarg);
	case CLI_OPT_SORT:
		return cli_layout_sort(&listing->layout, optarg);
	case 'r':
		listing->layout.reverse = true;
		return CLI_GO_ON;
	case CLI_OPT_TREE:
		listing->tree = true;
		return CLI_GO_ON;
	default:
		return cli_option(opt, argv, help, &listing->options);
	}
}

int cli_listing_order(const struct cli_listing *listing, struct cli_rows *rows)
{
	cli_rows_sort(rows, &listing->layout);
	return listing->tree ? cli_rows_tree(rows) : 0;
}

/* The escaped text of every cell, row by row; what is NULL had no memory */
struct cells {
	char **v;
	size_t nr_rows, nr_columns;
	bool failed;
};

static void cut(char *cell, int most)
{
	int used, bytes = cli_text_cut(cell, most, &used);

	if (!cell[bytes])
		return;
	bytes = cli_text_cut(cell, most - 1, &used);
	strcpy(cell + bytes, "+");
}

static struct cells make_cells(const struct cli_listing *listing,
			       const struct cli_rows *rows)
{
	const struct cli_layout *layout = &listing->layout;
	struct cells cells = { NULL, rows->nr, layout->nr, false };
	bool is_narrow = !layout->picked && cli_table_width();
	size_t i, j;

	cells.v = calloc(rows->nr * layout->nr + 1, sizeof(*cells.v));
	if (!cells.v) {
		cells.failed = true;
		return cells;
	}
	for (i = 0; i < rows->nr; i++)
		for (j = 0; j < layout->nr; j++) {
			char *cell = cli_cell(layout->v[j], rows->v[i],
					      listing->options.unit);

			cells.v[i * layout->nr + j] = cell;
			cells.failed |= !cell;
			if (cell && is_narrow && layout->v[j]->most)
				cut(cell, layout->v[j]->most);
		}
	return cells;
}

static void free_cells(struct cells *cells)
{
	size_t i;

	for (i = 0; cells->v && i < cells->nr_rows * cells->nr_columns; i++)
		free(cells->v[i]);
	free(cells->v);
}

static size_t widest(const struct cells *cells, size_t column,
		     const char *heading)
{
	size_t i, width = cli_text_width(heading);

	for (i = 0; i < cells->nr_rows; i++) {
		size_t w = cli_text_width(
			cells->v[i * cells->nr_columns + column]);

		if (w > width)
			width = w;
	}
	return width;
}

static bool is_empty(const struct cli_column *column,
		     const struct cli_rows *rows)
{
	size_t i;

	for (i = 0; i < rows->nr; i++)
		if (column->get(rows->v[i]).known)
			return false;
	return true;
}

static bool may_leave(const struct cli_listing *listing,
		      const struct cli_column *column)
{
	return column->rank && !(listing->tree && column->tree);
}

/* Leave out the least important columns until the rest fits. */
static void fit(const struct cli_listing *listing, const struct cli_rows *rows,
		const struct cells *cells, bool keep[CLI_COLUMNS_MAX])
{
	const struct cli_layout *layout = &listing->layout;
	size_t room = cli_table_width(), widths[CLI_COLUMNS_MAX];
	size_t i, last, enough, total = 0;

	for (i = 0; i < layout->nr; i++) {
		const struct cli_column *column = layout->v[i];

		keep[i] = layout->picked || !column->optional ||
			  !is_empty(column, rows);
		widths[i] = 1 + widest(cells, i, column->heading);
		/* One that shortens needs little more than its heading does. */
		enough = 1 + 2 * cli_text_width(column->heading);
		if (column->shortens && widths[i] > enough)
			widths[i] = enough;
		total += keep[i] ? widths[i] : 0;
	}
	while (room && !layout->picked && total > room + 1) {
		for (i = 0, last = SIZE_MAX; i < layout->nr; i++)
			if (keep[i] && may_leave(listing, layout->v[i]) &&
			    (last == SIZE_MAX ||
			     layout->v[i]->rank > layout->v[last]->rank))
				last = i;
		if (last == SIZE_MAX)
			return;
		keep[last] = false;
		total -= widths[last];
	}
}

static void add_row(struct cli_table *table, const struct cli_layout *layout,
		    const bool *keep, const struct cli_row *row, char **cells)
{
	size_t i;

	cli_table_row(table);
	for (i = 0; i < layout->nr; i++) {
		const struct cli_column *column = layout->v[i];

		if (keep[i])
			cli_table_cell(table, cells[i], column->get_color ?
				       column->get_color(row) : NULL);
		if (keep[i])
			cells[i] = NULL;
	}
}

int cli_listing_print(const struct cli_listing *listing,
		      const struct cli_rows *rows)
{
	const struct cli_layout *layout = &listing->layout;
	const struct cli_column *kept[CLI_COLUMNS_MAX];
	struct cells cells = make_cells(listing, rows);
	bool keep[CLI_COLUMNS_MAX] = { false };
	struct cli_table *table = NULL;
	size_t i, nr = 0;

	if (!cells.failed) {
		fit(listing, rows, &cells, keep);
		for (i = 0; i < layout->nr; i++)
			if (keep[i])
				kept[nr++] = layout->v[i];
		table = cli_table_new(kept, nr, listing->options.no_headings);
		for (i = 0; i < rows->nr; i++)
			add_row(table, layout, keep, rows->v[i],
				&cells.v[i * layout->nr]);
	}
	free_cells(&cells);
	return cli_table_print(table);
}
