// SPDX-License-Identifier: GPL-2.0-only
#include "layout.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/util.h"
#include "store.h"

#define HOST_PREFIX "system_"
#define MAX_COLUMNS 1000
#define MAX_LINE 128
/* Above this a double cannot represent all integers. */
#define MAX_INTEGER 9007199254740992.0

static const char *const kinds[] = {
	[KEPT_GAUGE] = "gauge",
	[KEPT_CODE] = "code",
	[KEPT_TOTAL] = "total",
};

static const struct derived rules[] = {
	{ DERIVED_RATE, "cpu_seconds_total", "cpu_cores" },
	{ DERIVED_RATE_PERCENT, "cpu_seconds_total", "cpu_percent" },
};

static bool cut_end(char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	if (length <= end_length ||
	    strcmp(text + length - end_length, end) != 0)
		return false;
	text[length - end_length] = '\0';
	return true;
}

static bool exists(const char *key)
{
	return table_find(&container_table, key);
}

/* X_per_second comes from X_total, X_limit_percent from X_current_bytes. */
static struct derived by_name(const char *metric)
{
	struct derived derived = { 0 };
	char stem[40];

	snprintf(stem, sizeof(stem), "%s", metric);
	if (cut_end(stem, "_per_second")) {
		snprintf(derived.from, sizeof(derived.from), "%s_total", stem);
		derived.how = DERIVED_RATE;
	} else if (cut_end(stem, "_limit_percent")) {
		snprintf(derived.from, sizeof(derived.from),
			 "%s_current_bytes", stem);
		snprintf(derived.of, sizeof(derived.of), "%s_limit_bytes",
			 stem);
		derived.how = DERIVED_PERCENT;
	}
	if (!exists(derived.from) || (derived.of[0] && !exists(derived.of)))
		derived.how = DERIVED_NOT;
	return derived;
}

struct derived derived_find(const char *metric)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		struct derived derived = rules[i];

		if (strcmp(derived.of, metric) != 0 || !exists(derived.from))
			continue;
		derived.of[0] = '\0';
		return derived;
	}
	return by_name(metric);
}

static void set_unit(struct kept *kept, enum unit unit)
{
	kept->numerator = 1;
	kept->denominator = 1;
	if (unit == UNIT_SECONDS || unit == UNIT_CORES)
		kept->denominator = 1000;
	else if (kept->kind != KEPT_GAUGE)
		return;
	else if (unit == UNIT_BYTES)
		kept->numerator = 4096;	/* the kernel counts pages */
	else if (unit == UNIT_PERCENT || unit == UNIT_COUNT)
		kept->denominator = 100;
}

void layout_device_metric(char ret[64], unsigned int slot, const char *key)
{
	if (slot == STORE_OTHERS)
		snprintf(ret, 64, STORE_OTHERS_NAME "_%s", key);
	else
		snprintf(ret, 64, "device%u_%s", slot, key);
}

static void name_metric(struct kept *kept, const char *key)
{
	if (kept->slot)
		layout_device_metric(kept->metric, kept->slot, key);
	else
		snprintf(kept->metric, sizeof(kept->metric), "%s%s",
			 kept->of_host ? HOST_PREFIX : "", key);
}

/* Of many devices only totals can be added up. */
static bool is_kept(const struct column *column, bool of_host,
		    unsigned int slot)
{
	return column_is_metric(column) && !column->is_live &&
	       (of_host || derived_find(column->key).how == DERIVED_NOT) &&
	       (slot != STORE_OTHERS || column_is_total(column));
}

static void add_table(struct layout *layout, const struct table *table,
		      bool of_host, unsigned int slot)
{
	size_t i;

	for (i = 0; i < table->nr_columns && layout->nr < MAX_COLUMNS; i++) {
		const struct column *column = &table->columns[i];
		struct kept *kept = &layout->all[layout->nr];

		if (!is_kept(column, of_host, slot))
			continue;
		kept->kind = column_is_total(column) ? KEPT_TOTAL :
			     column_is_code(column) ? KEPT_CODE : KEPT_GAUGE;
		kept->of_host = of_host;
		kept->source = column;
		kept->slot = slot;
		name_metric(kept, column->key);
		set_unit(kept, column->unit);
		layout->nr++;
	}
	if (!of_host)
		layout->nr_container = layout->nr;
}

static struct layout *layout_alloc(void)
{
	struct layout *layout = calloc(1, sizeof(*layout));

	if (!layout)
		return NULL;
	layout->all = calloc(MAX_COLUMNS, sizeof(*layout->all));
	if (!layout->all) {
		free(layout);
		return NULL;
	}
	return layout;
}

/* Frees unused memory. */
static struct layout *trimmed(struct layout *layout)
{
	struct kept *all = reallocarray(layout->all, layout->nr + 1,
					sizeof(*all));

	if (all)
		layout->all = all;
	return layout;
}

struct layout *layout_new(void)
{
	struct layout *layout = layout_alloc();
	unsigned int slot;

	if (!layout)
		return NULL;
	add_table(layout, &container_table, false, 0);
	for (slot = 1; slot <= STORE_OTHERS; slot++)
		add_table(layout, &device_table, false, slot);
	add_table(layout, &system_table, true, 0);
	return trimmed(layout);
}

void layout_free(struct layout *layout)
{
	if (!layout)
		return;
	free(layout->all);
	free(layout);
}

char *layout_text(const struct layout *layout)
{
	struct buffer text = { 0 };
	size_t i;

	for (i = 0; i < layout->nr; i++) {
		const struct kept *kept = &layout->all[i];

		buffer_printf(&text, "%s %s %" PRId64 "/%" PRId64 "\n",
			      kept->metric, kinds[kept->kind],
			      kept->numerator, kept->denominator);
	}
	buffer_add(&text, "", 1);
	if (text.failed) {
		buffer_done(&text);
		return NULL;
	}
	return text.text;
}

static int parse_line(const char *line, struct layout *layout)
{
	struct kept *kept = &layout->all[layout->nr];
	char kind[8];
	size_t i;

	if (layout->nr == MAX_COLUMNS ||
	    sscanf(line, "%63s %7s %" SCNd64 "/%" SCNd64, kept->metric, kind,
		   &kept->numerator, &kept->denominator) != 4 ||
	    kept->numerator <= 0 || kept->denominator <= 0)
		return -EBADMSG;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(kinds[i], kind) == 0)
			break;
	}
	kept->of_host = strncmp(kept->metric, HOST_PREFIX,
				sizeof(HOST_PREFIX) - 1) == 0;
	if (i == ARRAY_SIZE(kinds) ||
	    (!kept->of_host && layout->nr != layout->nr_container))
		return -EBADMSG;
	kept->kind = (enum kept_kind)i;
	layout->nr++;
	if (!kept->of_host)
		layout->nr_container = layout->nr;
	return 0;
}

/* sscanf(3) looks for the end of the whole text for each line. */
static bool has_length(const char *text)
{
	size_t length = strlen(text);

	return length > 0 && length <= MAX_COLUMNS * MAX_LINE;
}

int layout_parse(const char *text, struct layout **ret)
{
	struct layout *layout = layout_alloc();
	int r = !layout ? -ENOMEM : has_length(text) ? 0 : -EBADMSG;

	while (r == 0 && *text) {
		r = parse_line(text, layout);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	if (r < 0) {
		layout_free(layout);
		return r;
	}
	*ret = trimmed(layout);
	return 0;
}

int layout_find(const struct layout *layout, const char *metric)
{
	size_t i;

	for (i = 0; i < layout->nr; i++) {
		if (strcmp(layout->all[i].metric, metric) == 0)
			return (int)i;
	}
	return -1;
}

bool kept_integer(const struct kept *kept, double number, int64_t *ret)
{
	double integer = number * (double)kept->denominator /
			 (double)kept->numerator;

	/*
	 * A total is rounded down, so that it never exceeds its later values.
	 */
	integer = kept->kind == KEPT_TOTAL ? floor(integer + 1e-6) :
					     round(integer);
	if (!(fabs(integer) <= MAX_INTEGER))	/* also when it is NAN */
		return false;
	*ret = (int64_t)integer;
	return true;
}

double kept_number(const struct kept *kept, double integer)
{
	return integer * (double)kept->numerator / (double)kept->denominator;
}
