/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TABLE_COLUMN_H
#define CONTMON_TABLE_COLUMN_H

#include <jansson.h>
#include <stdbool.h>

#include "contmon/cli/format.h"
#include "row.h"

/* What a value is, which decides how it is shown and sorted */
enum cli_kind {
	CLI_KIND_TEXT,		/* smallest first */
	CLI_KIND_ID,		/* likewise */
	CLI_KIND_COUNT,		/* from here on largest first */
	CLI_KIND_BYTES,
	CLI_KIND_LIMIT,		/* bytes or CONTMON_UNLIMITED */
	CLI_KIND_RATE,		/* bytes per second */
	CLI_KIND_NS,
	CLI_KIND_RATIO,		/* 1 is shown as 100.0% */
	CLI_KIND_CORES,		/* CPUs kept busy */
};

struct cli_value {
	bool known;
	union {
		int64_t number;		/* ID, COUNT */
		uint64_t bytes;		/* BYTES, LIMIT, RATE */
		uint64_t ns;
		double ratio;		/* RATIO, CORES */
		const char *text;	/* may hold any bytes */
	};
};

/**
 * struct cli_column - a column that a table may have
 * @name: for -o and --sort; NULL ends a list of columns
 * @key: in JSON and CSV
 * @help: what it is, in a few words
 * @kind: of its values
 * @rank: 0 stays; of the others the highest leaves first where a terminal is
 *	too narrow for all
 * @tree: its cells show the tree
 * @shortens: its cells may be cut to fit the terminal
 * @most: columns of a terminal that its cells take at most where nobody picked
 *	it, + for what is cut; 0: any
 * @optional: not shown where no row has it and nobody picked it
 * @width: in `contmon top`, columns of the terminal
 * @bar: there its cells are bars, of a RATIO
 * @color: of its cells, or NULL; names as in terminal-colors.d(5)
 * @get: its value in a row
 * @get_color: of one cell, or NULL
 */
struct cli_column {
	const char *name;
	const char *heading;
	const char *key;
	const char *help;
	enum cli_kind kind;
	unsigned int rank;
	bool tree;
	bool shortens;
	int most;
	bool optional;
	int width;
	bool bar;
	const char *color;
	struct cli_value (*get)(const struct cli_row *row);
	const char *(*get_color)(const struct cli_row *row);
};

/* More than any list of columns is long */
#define CLI_COLUMNS_MAX 32

/**
 * struct cli_layout - which columns of a list are shown, in which order
 * @all: the list
 * @picked: somebody chose them: none may be left out
 * @sort: by which rows are sorted; NULL leaves them as they are
 * @against: against the order that is usual for its kind
 * @reverse: the other way round, whichever that is
 */
struct cli_layout {
	const struct cli_column *all;
	const struct cli_column *v[CLI_COLUMNS_MAX];
	size_t nr;
	bool picked;
	const struct cli_column *sort;
	bool against;
	bool reverse;
};

/*
 * "pid,rss,...". Returns CLI_GO_ON, or CLI_USAGE after saying what is wrong; for
 * "help" CLI_OK after saying which there are.
 */
int cli_layout_pick(struct cli_layout *layout, const char *names);

/* "rss"; "+rss" has the smallest first, "-rss" the largest. As for "-o" */
int cli_layout_sort(struct cli_layout *layout, const char *name);

/* Those columns that are shown when nobody picks any */
void cli_layout_default(struct cli_layout *layout, const char *names);

/* What is not known comes last. */
void cli_rows_sort(struct cli_rows *rows, const struct cli_layout *layout);

/* A cell for people; @text is room for one that is made up */
const char *cli_value_text(const struct cli_column *column,
			   const struct cli_value *value, enum cli_unit unit,
			   char text[CLI_TEXT_MAX]);

/* A whole cell with its part of the tree, escaped; the caller frees it. */
char *cli_cell(const struct cli_column *column, const struct cli_row *row,
	       enum cli_unit unit);

/* The columns shown of a row, by their keys; NULL without memory */
json_t *cli_layout_json(const struct cli_layout *layout,
			const struct cli_row *row);

/*
 * Where columns have widths: how wide is one with sizes in @unit, as was asked
 * for, and in which unit are they shown?
 */
int cli_column_width(const struct cli_column *column, enum cli_unit unit);
enum cli_unit cli_narrow_unit(enum cli_unit unit);

bool cli_column_is_number(const struct cli_column *column);

#endif /* CONTMON_TABLE_COLUMN_H */
