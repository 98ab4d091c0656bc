// SPDX-License-Identifier: GPL-2.0-only
#include "contmon/cli/error.h"
#include "table.h"

#include <errno.h>
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct cli_table {
	struct libscols_table *scols;
	struct libscols_line *line;	/* the row being filled */
	size_t cell;			/* the next cell of it */
	bool failed;
};

bool cli_wants_color(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (no_color && *no_color)
		return false;
	if (!term || !*term || strcmp(term, "dumb") == 0)
		return false;
	return isatty(STDOUT_FILENO);
}

/* Only a new table reads the size of the terminal. */
static size_t ask_terminal(size_t (*what)(const struct libscols_table *table))
{
	struct libscols_table *any;
	size_t size = 0;

	if (!isatty(STDOUT_FILENO))
		return 0;
	any = scols_new_table();
	if (any)
		size = what(any);
	scols_unref_table(any);
	return size;
}

size_t cli_table_width(void)
{
	return ask_terminal(scols_table_get_termwidth);
}

size_t cli_table_height(void)
{
	return ask_terminal(scols_table_get_termheight);
}

static int add_column(struct cli_table *table, const struct cli_column *column,
		      bool colors)
{
	int flags = cli_column_is_number(column) ? SCOLS_FL_RIGHT : 0;
	struct libscols_column *scol;

	scol = scols_table_new_column(table->scols, column->heading, 0,
				      flags);
	if (!scol)
		return -ENOMEM;
	if (!colors)
		return 0;
	if (column->color)
		scols_column_set_color(scol, column->color);
	return scols_cell_set_color(scols_column_get_header(scol), "bold");
}

struct cli_table *cli_table_new(const struct cli_column *const *columns,
				size_t nr, bool no_headings)
{
	struct cli_table *table = calloc(1, sizeof(*table));
	bool colors = cli_wants_color();
	size_t i;

	if (!table)
		return NULL;
	table->scols = scols_new_table();
	if (!table->scols) {
		free(table);
		return NULL;
	}

	scols_table_enable_noheadings(table->scols, no_headings);
	scols_table_enable_colors(table->scols, colors);
	/* Cells are already escaped, by stricter rules. */
	scols_table_enable_noencoding(table->scols, 1);
	for (i = 0; i < nr; i++)
		if (add_column(table, columns[i], colors) < 0)
			table->failed = true;
	return table;
}

void cli_table_row(struct cli_table *table)
{
	if (!table)
		return;
	table->line = scols_table_new_line(table->scols, NULL);
	table->cell = 0;
	if (!table->line)
		table->failed = true;
}

void cli_table_cell(struct cli_table *table, char *text, const char *color)
{
	/* The line takes over @text. */
	if (!table || table->failed ||
	    scols_line_refer_data(table->line, table->cell, text) < 0) {
		free(text);
		if (table)
			table->failed = true;
		return;
	}
	if (color && scols_table_colors_wanted(table->scols))
		scols_cell_set_color(
			scols_line_get_cell(table->line, table->cell), color);
	table->cell++;
}

int cli_table_print(struct cli_table *table)
{
	bool failed = !table || table->failed;

	if (!failed)
		failed = scols_print_table(table->scols) < 0;
	if (table)
		scols_unref_table(table->scols);
	free(table);
	return failed ? cli_failed("table", -ENOMEM) : CLI_OK;
}
