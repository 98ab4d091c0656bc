/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CONTMON_TABLE_TABLE_H
#define CONTMON_TABLE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "column.h"

/**
 * struct cli_table - a table on standard output; opaque
 *
 * Coloured on a terminal, unless NO_COLOR is set. Rows are filled cell by cell
 * from the left. A lack of memory is reported at the end.
 */
struct cli_table;

struct cli_table *cli_table_new(const struct cli_column *const *columns,
				size_t nr, bool no_headings);
void cli_table_row(struct cli_table *table);

/* Takes over @text, which is escaped; @color may be NULL. */
void cli_table_cell(struct cli_table *table, char *text, const char *color);

/* Print and free. Returns an exit status; errors are reported. */
int cli_table_print(struct cli_table *table);

/* Should standard output be coloured? */
bool cli_wants_color(void);

/* Columns and lines of the terminal on standard output; 0 if it is not one */
size_t cli_table_width(void);
size_t cli_table_height(void);

#endif /* CONTMON_TABLE_TABLE_H */
