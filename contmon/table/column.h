/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TABLE_COLUMN_H
#define CONTMON_TABLE_COLUMN_H

#include <stdbool.h>

#include "row.h"
#include "value.h"

/**
 * struct cli_column - a column that a table may have
 * @name: for -o and --sort, with its unit at the end; NULL ends a list. With
 *	_ for - it is the key in JSON and CSV
 * @heading: above its cells
 * @help: what it is, in a few words
 * @kind: of its values
 * @rank: where a terminal is too narrow, the columns of the highest rank leave
 *	first, all of them together
 * @width: of its cells where columns have fixed widths
 * @least: a text that may be cut to fit is cut to no less; 0: never cut
 * @most: a text is cut to so much unless the column was picked; 0: never cut
 * @bar: a PERCENT that the full screen shows as a bar
 * @color: of its cells, or NULL; names as in terminal-colors.d(5)
 * @get: its value in a row
 * @get_color: of one cell, or NULL
 */
struct cli_column {
	const char *name;
	const char *heading;
	const char *help;
	enum cli_kind kind;
	unsigned int rank;
	int width;
	int least;
	int most;
	bool bar;
	const char *color;
	struct cli_value (*get)(const struct cli_row *row);
	const char *(*get_color)(const struct cli_row *row);
};

/* Longer than any name */
#define CLI_KEY_MAX 48

/* Its key in JSON and CSV; returns @key */
const char *cli_column_key(const struct cli_column *column,
			   char key[CLI_KEY_MAX]);

/*
 * The text of a cell, escaped; the caller frees it. With @tree it is indented
 * by the depth of the row. NULL without memory.
 */
char *cli_cell(const struct cli_column *column, const struct cli_row *row,
	       enum cli_unit unit, bool tree);

/*
 * Where columns have fixed widths: the width of a column if sizes are to be in
 * @unit, and the unit they are shown in.
 */
int cli_column_width(const struct cli_column *column, enum cli_unit unit);
enum cli_unit cli_narrow_unit(enum cli_unit unit);

/* Is it aligned to the right? */
bool cli_column_is_number(const struct cli_column *column);

#endif /* CONTMON_TABLE_COLUMN_H */
