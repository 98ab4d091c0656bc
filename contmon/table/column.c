// SPDX-License-Identifier: GPL-2.0-only
#include "column.h"
#include "contmon/cli/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *cli_column_key(const struct cli_column *column,
			   char key[CLI_KEY_MAX])
{
	char *p;

	snprintf(key, CLI_KEY_MAX, "%s", column->name);
	for (p = key; (p = strchr(p, '-'));)
		*p = '_';
	return key;
}

bool cli_column_is_number(const struct cli_column *column)
{
	return column->kind != CLI_KIND_TEXT && column->kind != CLI_KIND_BOOL;
}

/* "123456789 KiB/s" */
#define UNIT_WIDTH 15

int cli_column_width(const struct cli_column *column, enum cli_unit unit)
{
	bool is_size = column->kind == CLI_KIND_BYTES ||
		       column->kind == CLI_KIND_LIMIT ||
		       column->kind == CLI_KIND_RATE;

	return is_size && unit != CLI_UNIT_AUTO ? UNIT_WIDTH : column->width;
}

enum cli_unit cli_narrow_unit(enum cli_unit unit)
{
	return unit == CLI_UNIT_AUTO ? CLI_UNIT_SHORT : unit;
}

/* Maximum depth of indentation. */
#define DEPTH_MAX 20

char *cli_cell(const struct cli_column *column, const struct cli_row *row,
	       enum cli_unit unit, bool tree)
{
	struct cli_value value = cli_column_value(column, row);
	char room[CLI_TEXT_MAX], *raw, *cell;
	const char *text = cli_value_text(column->kind, &value, unit, room);
	unsigned int depth = tree ? row->depth : 0;

	if (depth == 0)
		return cli_escape(text, strlen(text));
	if (depth > DEPTH_MAX)
		depth = DEPTH_MAX;
	if (asprintf(&raw, "%*s\\_ %s", (int)(depth - 1) * 2, "", text) < 0)
		return NULL;
	cell = cli_escape(raw, strlen(raw));
	free(raw);
	return cell;
}
