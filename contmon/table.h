/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TABLE_H
#define CONTMON_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct cli_column {
	const char *name;
	bool right;		/* numbers */
	bool shortens;		/* may be cut to fit the terminal */
	const char *color;	/* of its cells, or NULL */
};

/**
 * struct cli_table - a table on standard output; opaque
 *
 * Coloured on a terminal, unless NO_COLOR is set. Rows are filled cell by cell
 * from the left. Running out of memory is remembered and told at the end.
 */
struct cli_table;

struct cli_table *cli_table_new(const struct cli_column *columns, size_t nr,
				bool no_headings);
void cli_table_row(struct cli_table *table);

/* @color may be NULL. Cells are escaped: any bytes may stand in @text. */
void cli_table_cell(struct cli_table *table, const char *text,
		    const char *color);

/* Print and free. Returns an exit status, the error is printed. */
int cli_table_print(struct cli_table *table);

/* Whether standard output should be coloured */
bool cli_wants_color(void);

#endif /* CONTMON_TABLE_H */
