// SPDX-License-Identifier: GPL-2.0-only
/*
 * On a terminal that is too narrow for all columns, lines are not folded:
 * columns are left out and texts are cut. So all cells are made and measured
 * before any is printed.
 */
#include "contmon/cli/error.h"
#include "contmon/cli/text.h"
#include "listing.h"
#include "output.h"
#include "table.h"

#include <stdio.h>
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
		listing->layout.order.reverse = true;
		return CLI_GO_ON;
	case CLI_OPT_TREE:
		listing->layout.tree = true;
		return CLI_GO_ON;
	default:
		return cli_option(opt, argv, help, &listing->options);
	}
}

int cli_listing_order(const struct cli_listing *listing, struct cli_rows *rows)
{
	cli_rows_sort(rows, &listing->layout.order);
	return listing->layout.tree ? cli_rows_tree(rows) : 0;
}

/* The text of every cell, row by row; NULL if memory ran out */
struct cells {
	char **v;
	size_t nr_rows, nr_columns;
	bool failed;
};

static char **cell_at(const struct cells *cells, size_t row, size_t column)
{
	return &cells->v[row * cells->nr_columns + column];
}

static struct cells make_cells(const struct cli_listing *listing,
			       const struct cli_rows *rows)
{
	const struct cli_layout *layout = &listing->layout;
	struct cells cells = { NULL, rows->nr, layout->nr, false };
	size_t i, j;

	cells.v = calloc(rows->nr * layout->nr + 1, sizeof(*cells.v));
	if (!cells.v) {
		cells.failed = true;
		return cells;
	}
	for (j = 0; j < layout->nr; j++) {
		const struct cli_column *column = layout->v[j];
		bool tree = layout->tree &&
			    cli_layout_is_subject(layout, column);

		for (i = 0; i < rows->nr; i++) {
			char *cell = cli_cell(column, rows->v[i],
					      listing->options.unit, tree);

			*cell_at(&cells, i, j) = cell;
			cells.failed |= !cell;
		}
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

static int widest(const struct cells *cells, size_t column,
		  const char *heading)
{
	size_t i, width = cli_text_width(heading);

	for (i = 0; i < cells->nr_rows; i++) {
		size_t w = cli_text_width(*cell_at(cells, i, column));

		if (w > width)
			width = w;
	}
	return (int)width;
}

/*
 * Finds the width of each column, 0 for one to leave out, and cuts its cells.
 */
static void fit(const struct cli_layout *layout, struct cells *cells,
		int widths[CLI_COLUMNS_MAX])
{
	int room = (int)cli_table_width();
	size_t i, j;

	for (j = 0; j < layout->nr; j++) {
		int most = layout->v[j]->most;

		widths[j] = widest(cells, j, layout->v[j]->heading);
		if (room && !layout->picked && most && widths[j] > most)
			widths[j] = most;
	}
	if (!room)
		return;
	cli_layout_fit(layout, room, widths);
	for (j = 0; j < layout->nr; j++)
		for (i = 0; widths[j] && i < cells->nr_rows; i++)
			cli_text_shorten(*cell_at(cells, i, j), widths[j]);
}

static void add_row(struct cli_table *table, const struct cli_layout *layout,
		    const int *widths, const struct cli_row *row, char **cells)
{
	size_t i;

	cli_table_row(table);
	for (i = 0; i < layout->nr; i++) {
		const struct cli_column *column = layout->v[i];

		if (!widths[i])
			continue;
		cli_table_cell(table, cells[i], column->get_color ?
			       column->get_color(row) : NULL);
		cells[i] = NULL;
	}
}

static int print_none(const struct cli_listing *listing)
{
	if (listing->none && !listing->options.no_headings)
		puts(listing->none);
	return CLI_OK;
}

static int print_rows(const struct cli_listing *listing,
		      const struct cli_rows *rows)
{
	const struct cli_layout *layout = &listing->layout;
	const struct cli_column *shown[CLI_COLUMNS_MAX];
	struct cells cells = make_cells(listing, rows);
	struct cli_table *table = NULL;
	int widths[CLI_COLUMNS_MAX];
	size_t i, nr = 0;

	if (!cells.failed) {
		fit(layout, &cells, widths);
		for (i = 0; i < layout->nr; i++)
			if (widths[i])
				shown[nr++] = layout->v[i];
		table = cli_table_new(shown, nr, listing->options.no_headings);
		for (i = 0; i < rows->nr; i++)
			add_row(table, layout, widths, rows->v[i],
				cell_at(&cells, i, 0));
	}
	free_cells(&cells);
	return cli_table_print(table);
}

int cli_listing_print(const struct cli_listing *listing,
		      const struct cli_rows *rows)
{
	return rows->nr > 0 ? print_rows(listing, rows) : print_none(listing);
}

int cli_listing_output(const struct cli_listing *listing,
		       const struct cli_rows *rows, const struct cli_row *none,
		       json_t *meta)
{
	const struct cli_layout *layout = &listing->layout;
	json_t *all = json_array();
	size_t i;

	if (listing->options.csv && rows->nr == 0) {
		json_decref(all);
		json_decref(meta);
		return cli_print_csv_keys(cli_layout_json(layout, none),
					  &listing->options);
	}
	for (i = 0; i < rows->nr; i++) {
		if (json_array_append_new(all, cli_layout_json(
				layout, rows->v[i])) == 0)
			continue;
		json_decref(all);
		json_decref(meta);
		return cli_print_json(NULL);
	}
	return cli_print_rows(all, meta, &listing->options);
}
