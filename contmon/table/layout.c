// SPDX-License-Identifier: GPL-2.0-only
#include "base/buffer.h"
#include "base/util.h"
#include "contmon/cli/error.h"
#include "layout.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void cli_layout_offer(struct cli_layout *layout,
		      const struct cli_column *columns)
{
	for (; columns->name; columns++)
		layout->all[layout->nr_all++] = columns;
}

/* Is this a unit at the end of a name? */
static bool is_unit(const char *end)
{
	static const char *const units[] = {
		"-bytes", "-bytes-total", "-bytes-per-second", "-cores", "-ms",
		"-percent", "-seconds", "-seconds-total", "-total",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(units); i++)
		if (strcmp(end, units[i]) == 0)
			return true;
	return false;
}

/* The rest of a column's name after @name, which may be a key; or NULL */
static const char *rest_of(const struct cli_column *column, const char *name,
			   size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (column->name[i] != (name[i] == '_' ? '-' : name[i]))
			return NULL;
	return column->name + length;
}

/* 0, -ENOENT, or -ENOTUNIQ if several columns differ only by the unit */
static int find(const struct cli_layout *layout, const char *name,
		size_t length, const struct cli_column **ret)
{
	size_t i, nr = 0;

	for (i = 0; i < layout->nr_all; i++) {
		const char *rest = rest_of(layout->all[i], name, length);

		if (!rest || (*rest && !is_unit(rest)))
			continue;
		*ret = layout->all[i];
		if (!*rest)
			return 0;
		nr++;
	}
	if (nr == 0)
		return -ENOENT;
	return nr == 1 ? 0 : -ENOTUNIQ;
}

/* Reports the columns that exist, or those that @name may mean. */
static int refuse(const struct cli_layout *layout, const char *option,
		  const char *name, size_t length, int error)
{
	struct buffer names = { 0 };
	size_t i;

	for (i = 0; i < layout->nr_all; i++) {
		const char *rest = rest_of(layout->all[i], name, length);

		if (error == -ENOTUNIQ && !(rest && is_unit(rest)))
			continue;
		buffer_printf(&names, "%s%s", names.length ? ", " : "",
			      layout->all[i]->name);
	}
	cli_error("%s %.*s: %s %s", option, (int)length, name,
		  error == -ENOTUNIQ ? "may be" : "not one of",
		  names.failed ? "..." : names.text);
	buffer_done(&names);
	return CLI_USAGE;
}

static int print_columns(const struct cli_layout *layout)
{
	int width = 22, length;
	size_t i;

	for (i = 0; i < layout->nr_all; i++) {
		length = (int)strlen(layout->all[i]->name);
		width = length > width ? length : width;
	}
	for (i = 0; i < layout->nr_all; i++)
		printf("%-*s %s\n", width, layout->all[i]->name,
		       layout->all[i]->help);
	return CLI_OK;
}

int cli_layout_pick(struct cli_layout *layout, const char *names)
{
	if (strcmp(names, "help") == 0)
		return print_columns(layout);
	layout->nr = 0;
	layout->picked = true;

	for (;;) {
		const struct cli_column *column = NULL;
		size_t length = strcspn(names, ",");
		int r = find(layout, names, length, &column);

		if (r < 0)
			return refuse(layout, "-o", names, length, r);
		if (layout->nr == CLI_COLUMNS_MAX) {
			cli_error("-o: at most %d columns", CLI_COLUMNS_MAX);
			return CLI_USAGE;
		}
		layout->v[layout->nr++] = column;
		if (!names[length])
			return CLI_GO_ON;
		names += length + 1;
	}
}

void cli_layout_default(struct cli_layout *layout, const char *names)
{
	if (layout->picked)
		return;
	cli_layout_pick(layout, names);
	layout->picked = false;
}

static bool is_largest_first(const struct cli_column *column)
{
	return column->kind >= CLI_KIND_COUNT;
}

int cli_layout_sort(struct cli_layout *layout, const char *name)
{
	char sign = *name == '+' || *name == '-' ? *name++ : 0;
	struct cli_order *order = &layout->order;
	int r;

	if (strcmp(name, "help") == 0)
		return print_columns(layout);
	r = find(layout, name, strlen(name), &order->by);
	if (r < 0)
		return refuse(layout, "--sort", name, strlen(name), r);
	order->against = sign == (is_largest_first(order->by) ? '+' : '-');
	return CLI_GO_ON;
}

bool cli_layout_is_subject(const struct cli_layout *layout,
			   const struct cli_column *column)
{
	return layout->subject && strcmp(column->name, layout->subject) == 0;
}

/* Minimum width of a column that wants @width; a tree is indented. */
static int least_of(const struct cli_layout *layout, size_t i, int width)
{
	int least = layout->v[i]->least;

	if (layout->tree && cli_layout_is_subject(layout, layout->v[i]))
		least *= 2;
	return least && least < width ? least : width;
}

static bool may_leave(const struct cli_layout *layout, const int *widths,
		      size_t i)
{
	return widths[i] && !cli_layout_is_subject(layout, layout->v[i]);
}

/* Leaves out the columns of the highest rank. Returns the room they took. */
static int leave_out(const struct cli_layout *layout, const int *least,
		     int *widths)
{
	unsigned int highest = 0;
	int room = 0;
	size_t i;

	for (i = 0; i < layout->nr; i++)
		if (may_leave(layout, widths, i) &&
		    layout->v[i]->rank > highest)
			highest = layout->v[i]->rank;
	for (i = 0; i < layout->nr; i++)
		if (may_leave(layout, widths, i) &&
		    layout->v[i]->rank == highest) {
			room += least[i] + 1;
			widths[i] = 0;
		}
	return room;
}

void cli_layout_fit(const struct cli_layout *layout, int room,
		    int widths[CLI_COLUMNS_MAX])
{
	int least[CLI_COLUMNS_MAX], left = room + 1, freed = 1;
	size_t i, pass;

	for (i = 0; i < layout->nr; i++) {
		least[i] = least_of(layout, i, widths[i]);
		left -= widths[i] ? least[i] + 1 : 0;
	}
	while (left < 0 && !layout->picked && freed) {
		freed = leave_out(layout, least, widths);
		left += freed;
	}
	/* Remaining room goes to columns that were cut, the subject first. */
	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < layout->nr; i++) {
			int more = widths[i] - least[i];

			if (!widths[i] || (pass == 0) !=
			    cli_layout_is_subject(layout, layout->v[i]))
				continue;
			if (more > left)
				more = left;
			widths[i] = least[i] + more > 1 ? least[i] + more : 1;
			left -= more;
		}
}

int cli_layout_add_json(const struct cli_layout *layout,
			const struct cli_row *row, json_t *object)
{
	char key[CLI_KEY_MAX];
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < layout->nr; i++) {
		const struct cli_column *column = layout->v[i];
		struct cli_value value = cli_column_value(column, row);

		r = json_object_set_new(object, cli_column_key(column, key),
					cli_value_json(column->kind, &value));
	}
	return r;
}

json_t *cli_layout_json(const struct cli_layout *layout,
			const struct cli_row *row)
{
	json_t *object = json_object();

	if (cli_layout_add_json(layout, row, object) == 0)
		return object;
	json_decref(object);
	return NULL;
}
