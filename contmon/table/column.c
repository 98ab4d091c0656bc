// SPDX-License-Identifier: GPL-2.0-only
#include "column.h"
#include "contmon/cli/error.h"
#include "contmon/cli/format.h"
#include "contmon/cli/text.h"
#include "output.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool cli_column_is_number(const struct cli_column *column)
{
	return column->kind != CLI_KIND_TEXT;
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

static const struct cli_column *find(const struct cli_column *all,
				     const char *name, size_t length)
{
	for (; all->name; all++)
		if (strlen(all->name) == length &&
		    strncmp(all->name, name, length) == 0)
			return all;
	return NULL;
}

static int no_such(const struct cli_column *all, const char *option,
		   const char *name, size_t length)
{
	char names[512] = "";
	size_t at = 0;

	for (; all->name && at < sizeof(names); all++)
		at += (size_t)snprintf(names + at, sizeof(names) - at, "%s%s",
				       at ? ", " : "", all->name);
	cli_error("%s %.*s: not one of %s", option, (int)length, name, names);
	return CLI_USAGE;
}

static int print_columns(const struct cli_column *all)
{
	for (; all->name; all++)
		printf("%-10s %s\n", all->name, all->help);
	return CLI_OK;
}

int cli_layout_pick(struct cli_layout *layout, const char *names)
{
	if (strcmp(names, "help") == 0)
		return print_columns(layout->all);
	layout->nr = 0;
	layout->picked = true;

	for (;;) {
		size_t length = strcspn(names, ",");
		const struct cli_column *column =
			find(layout->all, names, length);

		if (!column)
			return no_such(layout->all, "-o", names, length);
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

	if (strcmp(name, "help") == 0)
		return print_columns(layout->all);
	layout->sort = find(layout->all, name, strlen(name));
	if (!layout->sort)
		return no_such(layout->all, "--sort", name, strlen(name));
	layout->against = sign == (is_largest_first(layout->sort) ? '+' : '-');
	return CLI_GO_ON;
}

#define ORDER(a, b) ((a) < (b) ? -1 : (a) > (b))

/* Negative if @a comes first */
static int compare(const struct cli_column *column, const struct cli_value *a,
		   const struct cli_value *b)
{
	switch (column->kind) {
	case CLI_KIND_TEXT:
		return strcmp(a->text, b->text);
	case CLI_KIND_ID:
		return ORDER(a->number, b->number);
	case CLI_KIND_COUNT:
		return ORDER(b->number, a->number);
	case CLI_KIND_RATIO:
	case CLI_KIND_CORES:
		return ORDER(b->ratio, a->ratio);
	default:
		return ORDER(b->bytes, a->bytes);
	}
}

/* A row and its value, which is asked for once */
struct sorted {
	struct cli_row *row;
	struct cli_value value;
};

/* Rows that are alike are in the order of their ids, so none jumps about. */
static int compare_rows(const void *x, const void *y, void *arg)
{
	const struct sorted *a = x, *b = y;
	const struct cli_layout *layout = arg;
	int order = 0;

	if (a->value.known != b->value.known)
		return a->value.known ? -1 : 1;
	if (a->value.known)
		order = compare(layout->sort, &a->value, &b->value);
	if (order)
		return layout->reverse != layout->against ? -order : order;
	return ORDER(a->row->id, b->row->id);
}

/* Parts of all rows that follow each other */
enum part { PART_FIRST, PART_SECOND, PART_UNKNOWN, NR_PARTS };

static bool is_above_0(const struct cli_column *column,
		       const struct cli_value *value)
{
	switch (column->kind) {
	case CLI_KIND_TEXT:
	case CLI_KIND_ID:
		return true;
	case CLI_KIND_COUNT:
		return value->number > 0;
	case CLI_KIND_RATIO:
	case CLI_KIND_CORES:
		return value->ratio > 0;
	default:
		return value->bytes > 0;
	}
}

static enum part part_of(const struct cli_layout *layout,
			 const struct cli_value *value)
{
	bool is_first = is_above_0(layout->sort, value);

	if (!value->known)
		return PART_UNKNOWN;
	if (layout->reverse != layout->against)
		is_first = !is_first;
	return is_first ? PART_FIRST : PART_SECOND;
}

static void sort_part(struct sorted *part, size_t nr,
		      const struct cli_layout *layout)
{
	size_t i;

	for (i = 1; i < nr; i++) {
		if (compare_rows(&part[i - 1], &part[i], (void *)layout) < 0)
			continue;
		qsort_r(part, nr, sizeof(*part), compare_rows, (void *)layout);
		return;
	}
}

/*
 * Most rows have a value of 0, and all come by their ids: set apart, those are in
 * order already.
 */
static void sort_parts(struct sorted *sorted, const struct sorted *all,
		       size_t nr, const struct cli_layout *layout)
{
	size_t i, end[NR_PARTS] = { 0 }, begin = 0;
	enum part part;

	for (i = 0; i < nr; i++)
		for (part = part_of(layout, &all[i].value) + 1; part < NR_PARTS;
		     part++)
			end[part]++;
	/* Where each begins; filling it moves that to its end. */
	for (i = 0; i < nr; i++)
		sorted[end[part_of(layout, &all[i].value)]++] = all[i];
	for (part = 0; part < NR_PARTS; part++) {
		sort_part(sorted + begin, end[part] - begin, layout);
		begin = end[part];
	}
}

void cli_rows_sort(struct cli_rows *rows, const struct cli_layout *layout)
{
	struct sorted *all, *sorted;
	size_t i, nr = rows->nr;

	if (!layout->sort)
		return;
	/* Without memory rows are shown as they came. */
	all = calloc(2 * nr + 1, sizeof(*all));
	if (!all)
		return;
	for (i = 0; i < nr; i++)
		all[i] = (struct sorted){
			rows->v[i], layout->sort->get(rows->v[i]),
		};
	sorted = all + nr;
	sort_parts(sorted, all, nr, layout);
	for (i = 0; i < nr; i++)
		rows->v[i] = sorted[i].row;
	free(all);
}

static void rate_text(char text[CLI_TEXT_MAX], uint64_t bytes,
		      enum cli_unit unit)
{
	cli_format_bytes(text, bytes, unit);
	if (unit != CLI_UNIT_SHORT)
		strcat(text, "/s");
}

const char *cli_value_text(const struct cli_column *column,
			   const struct cli_value *value, enum cli_unit unit,
			   char text[CLI_TEXT_MAX])
{
	if (!value->known)
		return "-";
	switch (column->kind) {
	case CLI_KIND_TEXT:
		return value->text;
	case CLI_KIND_ID:
	case CLI_KIND_COUNT:
		snprintf(text, CLI_TEXT_MAX, "%" PRId64, value->number);
		return text;
	case CLI_KIND_LIMIT:
		if (value->bytes == CONTMON_UNLIMITED)
			return "max";
		return cli_format_bytes(text, value->bytes, unit);
	case CLI_KIND_BYTES:
		return cli_format_bytes(text, value->bytes, unit);
	case CLI_KIND_RATE:
		rate_text(text, value->bytes, unit);
		return text;
	case CLI_KIND_NS:
		return cli_format_duration(text, value->ns);
	case CLI_KIND_RATIO:
		snprintf(text, CLI_TEXT_MAX, "%.1f%%", value->ratio * 100);
		return text;
	case CLI_KIND_CORES:
		snprintf(text, CLI_TEXT_MAX, "%.2f", value->ratio);
		return text;
	}
	return "";
}

/* Deeper rows stand where the deepest that fits does. */
#define DEPTH_MAX 20

char *cli_cell(const struct cli_column *column, const struct cli_row *row,
	       enum cli_unit unit)
{
	struct cli_value value = column->get(row);
	char room[CLI_TEXT_MAX], *raw, *cell;
	const char *text = cli_value_text(column, &value, unit, room);
	unsigned int depth = column->tree ? row->depth : 0;

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

static json_t *json_value(const struct cli_column *column,
			  const struct cli_value *value)
{
	if (!value->known)
		return json_null();
	switch (column->kind) {
	case CLI_KIND_TEXT:
		return cli_json_text(value->text, strlen(value->text));
	case CLI_KIND_ID:
	case CLI_KIND_COUNT:
		return json_integer(value->number);
	case CLI_KIND_RATIO:
	case CLI_KIND_CORES:
		return json_real(value->ratio);
	default:
		return cli_json_u64(value->bytes);
	}
}

json_t *cli_layout_json(const struct cli_layout *layout,
			const struct cli_row *row)
{
	json_t *object = json_object();
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < layout->nr; i++) {
		struct cli_value value = layout->v[i]->get(row);

		r = json_object_set_new(object, layout->v[i]->key,
					json_value(layout->v[i], &value));
	}
	if (r == 0)
		return object;
	json_decref(object);
	return NULL;
}
