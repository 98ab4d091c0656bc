// SPDX-License-Identifier: GPL-2.0-only
#include "contmon/cli/error.h"
#include "contmon/cli/text.h"
#include "line.h"
#include "table.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* 0 for a column that is left out; returns whether texts are cut. */
static bool find_widths(const struct cli_layout *layout, enum cli_unit unit,
			const char *before, int widths[CLI_COLUMNS_MAX])
{
	int room = (int)cli_table_width();
	size_t i;

	for (i = 0; i < layout->nr; i++)
		widths[i] = cli_column_width(layout->v[i], unit);
	if (!room || layout->picked)
		return false;
	if (before)
		room -= (int)cli_text_width(before) + 1;
	cli_layout_fit(layout, room, widths);
	return true;
}

static void print_cell(const struct cli_layout *layout, size_t i, int width,
		       const char *text)
{
	bool is_number = cli_column_is_number(layout->v[i]);
	int pad = width - (int)cli_text_width(text);

	if (pad < 0 || (i + 1 == layout->nr && !is_number))
		pad = 0;
	if (is_number)
		printf("%*s%s", pad, "", text);
	else
		printf("%s%*s", text, pad, "");
}

void cli_line_headings(const struct cli_layout *layout, enum cli_unit unit,
		       const char *before)
{
	const char *blank = before ? " " : "";
	int widths[CLI_COLUMNS_MAX];
	size_t i;

	find_widths(layout, unit, before, widths);
	fputs(before ? before : "", stdout);
	for (i = 0; i < layout->nr; i++) {
		if (!widths[i])
			continue;
		fputs(blank, stdout);
		blank = " ";
		print_cell(layout, i, widths[i], layout->v[i]->heading);
	}
	putchar('\n');
}

int cli_line_print(const struct cli_layout *layout, enum cli_unit unit,
		   const char *before, const struct cli_row *row)
{
	const char *blank = before ? " " : "";
	int widths[CLI_COLUMNS_MAX];
	bool cuts = find_widths(layout, unit, before, widths);
	size_t i;

	fputs(before ? before : "", stdout);
	for (i = 0; i < layout->nr; i++) {
		char *cell;

		if (!widths[i])
			continue;
		cell = cli_cell(layout->v[i], row, cli_narrow_unit(unit),
				false);
		if (!cell)
			return cli_failed("table", -ENOMEM);
		if (cuts && layout->v[i]->least)
			cli_text_shorten(cell, widths[i]);
		fputs(blank, stdout);
		blank = " ";
		print_cell(layout, i, widths[i], cell);
		free(cell);
	}
	putchar('\n');
	return CLI_OK;
}
