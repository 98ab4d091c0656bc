/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TABLE_LAYOUT_H
#define CONTMON_TABLE_LAYOUT_H

#include <jansson.h>

#include "order.h"

/* More than there are for any kind of row */
#define CLI_COLUMNS_MAX 128

/**
 * struct cli_layout - which columns are shown, in which order
 * @all: the columns there are
 * @v: those shown
 * @subject: name of the column that names a row: it holds the tree, and a
 *	narrow terminal cuts it short but never leaves it out
 * @picked: the user chose the columns: none may be left out
 * @tree: children stand below their parents
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

/* Add a list to the columns there are. */
void cli_layout_offer(struct cli_layout *layout,
		      const struct cli_column *columns);

/*
 * "pid,rss,...": a unit at the end of a name may be left out where that leaves
 * one column. Returns CLI_GO_ON, or what to exit with: CLI_USAGE after
 * reporting what is wrong, CLI_OK after listing all columns for "help".
 */
int cli_layout_pick(struct cli_layout *layout, const char *names);

/* "rss"; "+rss" has the smallest first, "-rss" the largest. As for -o */
int cli_layout_sort(struct cli_layout *layout, const char *name);

/* Show these columns unless the user picked others. */
void cli_layout_default(struct cli_layout *layout, const char *names);

bool cli_layout_is_subject(const struct cli_layout *layout,
			   const struct cli_column *column);

/*
 * Make the columns shown fit in a line of @room characters, with a blank
 * between any two. @widths: of each; 0 if it is left out
 */
void cli_layout_fit(const struct cli_layout *layout, int room,
		    int widths[CLI_COLUMNS_MAX]);

/* Add the columns shown of a row to @object. 0 or -1 */
int cli_layout_add_json(const struct cli_layout *layout,
			const struct cli_row *row, json_t *object);

/* The same as an object of its own; NULL without memory */
json_t *cli_layout_json(const struct cli_layout *layout,
			const struct cli_row *row);

#endif /* CONTMON_TABLE_LAYOUT_H */
