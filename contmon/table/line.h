/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows that are printed one by one, as they come, below each other in columns
 * of fixed widths. On a terminal that is too narrow, columns are left out, and
 * texts are cut.
 */
#ifndef CONTMON_TABLE_LINE_H
#define CONTMON_TABLE_LINE_H

#include "layout.h"

/* @before: what is before the first column; NULL for nothing */
void cli_line_headings(const struct cli_layout *layout, enum cli_unit unit,
		       const char *before);

/* Likewise a row. Returns an exit status; errors are reported. */
int cli_line_print(const struct cli_layout *layout, enum cli_unit unit,
		   const char *before, const struct cli_row *row);

#endif /* CONTMON_TABLE_LINE_H */
