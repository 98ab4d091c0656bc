// SPDX-License-Identifier: GPL-2.0-only
#include "columns.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/util.h"

/* What a column shows of the numbers in a step */
enum part { MEAN, LEAST, MOST };

static const struct cli_past_row *past_of(const struct cli_row *row)
{
	return (const struct cli_past_row *)row;
}

/* When the step begins, and the container */

static struct cli_value get_t(const struct cli_row *row)
{
	return (struct cli_value){ true, { .number = past_of(row)->t_ms } };
}

static struct cli_value get_container(const struct cli_row *row)
{
	return (struct cli_value){ true,
				   { .text = past_of(row)->container } };
}

static const struct cli_column t_column[] = {
	{ .name = "t", .heading = "TIME", .kind = CLI_KIND_TIME,
	  .help = "when the step begins", .width = 19, .get = get_t },
	{ .name = NULL }
};

static const struct cli_column container_column[] = {
	{ .name = "container", .heading = "CONTAINER", .kind = CLI_KIND_TEXT,
	  .help = "name of the container, else 12 digits of its id",
	  .width = 18, .least = 12, .most = 24, .color = "cyan",
	  .get = get_container },
	{ .name = NULL }
};

/* Metrics */

static enum cli_kind kind_of(const struct cli_past_list *list,
			     const struct column *metric)
{
	static const enum cli_kind kinds[] = {
		[UNIT_BYTES] = CLI_KIND_BYTES,
		[UNIT_SECONDS] = CLI_KIND_SECONDS,
		[UNIT_PERCENT] = CLI_KIND_PERCENT,
		[UNIT_CORES] = CLI_KIND_CORES,
		[UNIT_BYTES_PER_SECOND] = CLI_KIND_RATE,
		[UNIT_COUNT] = CLI_KIND_COUNT,
	};

	if (list->fractions && strncmp(metric->key, list->fractions,
				       strlen(list->fractions)) == 0)
		return CLI_KIND_CORES;
	return kinds[metric->unit];
}

static struct cli_value value_of(enum cli_kind kind, double number)
{
	struct cli_value value = { .known = !isnan(number) };

	if (!value.known)
		return value;
	switch (kind) {
	case CLI_KIND_COUNT:
		value.number = llround(number);
		break;
	case CLI_KIND_SECONDS:
		value.ns = (uint64_t)llround(number * (double)NS_PER_SECOND);
		break;
	case CLI_KIND_PERCENT:
		value.ratio = number / 100;
		break;
	case CLI_KIND_CORES:
		value.ratio = number;
		break;
	default:
		value.bytes = (uint64_t)llround(number);
		break;
	}
	return value;
}

static struct cli_value get_metric(const struct cli_column *column,
				   const struct cli_row *row)
{
	const struct cli_past_column *from = column->from;
	const char *part = (const char *)past_of(row) + from->offset;

	return value_of(column->kind, column_number(from->metric, part));
}

/* For fixed widths of columns: "100.0M" and the headings fit. */
static int width_of(const char *heading)
{
	int length = (int)strlen(heading);

	return length > 7 ? length : 7;
}

static void write_name(const char *before, const char *key,
		       char ret[CLI_KEY_MAX])
{
	char *c;

	snprintf(ret, CLI_KEY_MAX, "%s%s", before, key);
	for (c = ret; *c; c++) {
		if (*c == '_')
			*c = '-';
	}
}

static void make(const struct cli_past_list *list,
		 const struct cli_past_metric *metric, enum part part,
		 struct cli_past_column *ret)
{
	static const struct {
		const char *name, *heading, *help;
		size_t offset;
	} parts[] = {
		/* The host's and those of devices are in the same places. */
		[MEAN] = { "", "", "", offsetof(struct cli_past_row, mean) },
		[LEAST] = { "min-", "MIN ", "the smallest ",
			    offsetof(struct cli_past_row, least) },
		[MOST] = { "max-", "MAX ", "the largest ",
			   offsetof(struct cli_past_row, most) },
	};

	ret->metric = table_find(list->table, metric->key);
	ret->offset = parts[part].offset;
	write_name(parts[part].name, metric->key, ret->name);
	snprintf(ret->heading, sizeof(ret->heading), "%s%s",
		 parts[part].heading, metric->heading);
	snprintf(ret->help, sizeof(ret->help), "%s%s", parts[part].help,
		 part == MEAN ? metric->help :
				ret->name + strlen(parts[part].name));
	ret->column = (struct cli_column){
		.name = ret->name,
		.heading = ret->heading,
		.kind = kind_of(list, ret->metric),
		.help = ret->help,
		.rank = part == MEAN ? metric->rank :
			metric->range_rank + (part == LEAST),
		.width = width_of(ret->heading),
		.get_from = get_metric,
		.from = ret,
	};
}

void cli_past_offer(struct cli_layout *layout, const struct cli_past_list *list)
{
	struct cli_past_column *next = *list->columns;
	enum part part;
	size_t i;

	layout->subject = "t";
	cli_layout_offer(layout, t_column);
	if (table_find(list->table, "container"))
		cli_layout_offer(layout, container_column);
	for (i = 0; i < list->nr; i++) {
		enum part last = list->metrics[i].range_rank ? MOST : MEAN;

		for (part = MEAN; part <= last; part++, next++) {
			make(list, &list->metrics[i], part, next);
			layout->all[layout->nr_all++] = &next->column;
		}
	}
}
