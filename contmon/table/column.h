/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TABLE_COLUMN_H
#define CONTMON_TABLE_COLUMN_H

#include <stdbool.h>

#include "row.h"
#include "value.h"

/**
 * struct cli_column - a column of a table
 * @name: for -o and --sort, with its unit at the end; NULL ends a list. With
 *	_ instead of - it is the key in JSON and CSV
 * @heading: above its cells
 * @help: a few words of description
 * @kind: of its values
 * @rank: on a narrow terminal the columns of the highest rank are left out
 *	first, all of them together
 * @width: of its cells where columns have fixed widths
 * @least: minimum width to which a text may be cut; 0: never cut
 * @most: a text is cut to this width unless the column was picked; 0: never
 * @bar: a PERCENT that the full screen shows as a bar
 * @color: of its cells, or NULL; names as in terminal-colors.d(5)
 * @get: its value in a row
 * @get_from: the same where @get is NULL, for a column that was made from @from
 * @get_color: color of one cell, or NULL
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
	struct cli_value (*get_from)(const struct cli_column *column,
				     const struct cli_row *row);
	const void *from;
	const char *(*get_color)(const struct cli_row *row);
};

static inline struct cli_value cli_column_value(const struct cli_column *column,
						const struct cli_row *row)
{
	return column->get ? column->get(row) : column->get_from(column, row);
}

/* Longer than any name */
#define CLI_KEY_MAX 48

/* Writes its key in JSON and CSV to @key, and returns it */
const char *cli_column_key(const struct cli_column *column,
			   char key[CLI_KEY_MAX]);

/*
 * The escaped text of a cell, which the caller frees. With @tree it is indented
 * by the depth of the row. NULL without memory.
 */
char *cli_cell(const struct cli_column *column, const struct cli_row *row,
	       enum cli_unit unit, bool tree);

/*
 * Where columns have fixed widths: the width of a column with sizes in @unit,
 * and the unit in which they are shown.
 */
int cli_column_width(const struct cli_column *column, enum cli_unit unit);
enum cli_unit cli_narrow_unit(enum cli_unit unit);

/* Is it right-aligned? */
bool cli_column_is_number(const struct cli_column *column);

#endif /* CONTMON_TABLE_COLUMN_H */
