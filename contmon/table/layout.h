/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TABLE_LAYOUT_H
#define CONTMON_TABLE_LAYOUT_H

#include <jansson.h>

#include "order.h"

/* More than any kind of row has */
#define CLI_COLUMNS_MAX 256

/**
 * struct cli_layout - the columns shown, and the order of rows
 * @all: the available columns
 * @v: the columns shown
 * @subject: name of the column that identifies a row: it shows the tree, and is
 *	cut on a narrow terminal but never left out
 * @picked: the user chose the columns: none may be left out
 * @tree: children are below their parents
 * @order: of the rows
 */
struct cli_layout {
	const struct cli_column *all[CLI_COLUMNS_MAX];
	size_t nr_all;
	const struct cli_column *v[CLI_COLUMNS_MAX];
	size_t nr;
	const char *subject;
	bool picked;
	bool tree;
	struct cli_order order;
};

/* Add a list to the available columns. */
void cli_layout_offer(struct cli_layout *layout,
		      const struct cli_column *columns);

/*
 * "pid,rss,...": the unit at the end of a name may be omitted if the name is
 * still unique. Returns CLI_GO_ON, or the exit status: CLI_USAGE after
 * reporting an error, CLI_OK after listing all columns for "help".
 */
int cli_layout_pick(struct cli_layout *layout, const char *names);

/* "rss"; "+rss" has the smallest first, "-rss" the largest. As for -o */
int cli_layout_sort(struct cli_layout *layout, const char *name);

/* Show these columns unless the user picked others. */
void cli_layout_default(struct cli_layout *layout, const char *names);

bool cli_layout_is_subject(const struct cli_layout *layout,
			   const struct cli_column *column);

/*
 * Fit the columns into a line of @room characters, with a blank between any
 * two.
 * @widths: of each column; 0 if it is left out
 */
void cli_layout_fit(const struct cli_layout *layout, int room,
		    int widths[CLI_COLUMNS_MAX]);

/* Add the columns shown of a row to @object. Returns 0 or -1 */
int cli_layout_add_json(const struct cli_layout *layout,
			const struct cli_row *row, json_t *object);

/* The same as a new object; NULL without memory */
json_t *cli_layout_json(const struct cli_layout *layout,
			const struct cli_row *row);

#endif /* CONTMON_TABLE_LAYOUT_H */
