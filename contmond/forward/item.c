// SPDX-License-Identifier: GPL-2.0-only
#include "item.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/util.h"
#include "contmond/model/emit.h"
#include "contmond/store/past_tables.h"

/* The database has JSON, unless somebody else wrote to it. */
static json_t *parse_detail(const char *text)
{
	json_t *detail = text ? json_loads(text, 0, NULL) : NULL;

	if (json_is_object(detail))
		return detail;
	json_decref(detail);
	return NULL;
}

void item_begin(struct item *item, const struct feed_row *row,
		const struct labels *labels)
{
	if (row->event)
		*item = (struct item){
			.row = row->event,
			.stored_seq = (int64_t)row->event->seq,
			.t_ms = (int64_t)row->event->t_ms,
			.kind = row->event->kind,
			.detail = parse_detail(row->event->detail),
		};
	else
		*item = (struct item){
			.row = row->decision,
			.stored_seq = (int64_t)row->decision->seq,
			.t_ms = (int64_t)row->decision->t_ms,
			.kind = row->decision->state,
			.detail = parse_detail(row->decision->detail),
		};
	item->table = item_table(row->event ? FEED_EVENTS : FEED_DECISIONS);
	item->labels = labels;
}

void item_done(struct item *item)
{
	json_decref(item->detail);
}

const struct table *item_table(enum feed feed)
{
	return feed == FEED_EVENTS ? &event_table : &decision_table;
}

const char *item_text(const struct item *item, const char *key)
{
	const struct column *column = table_find(item->table, key);

	return column && column->unit == UNIT_TEXT ?
	       column_text(column, item->row) : NULL;
}

/* Members */

static void put_detail(struct buffer *to, const json_t *detail)
{
	_cleanup_free_ char *text = json_dumps(detail, JSON_COMPACT);

	emit_key(to, "detail", false);
	if (text)
		buffer_puts(to, text);
	else
		to->failed = true;
}

static void put_column(struct buffer *to, const struct item *item,
		       const struct column *column)
{
	bool is_text = column->unit == UNIT_TEXT;
	const char *text = is_text ? column_text(column, item->row) : NULL;

	if (strcmp(column->key, "detail") == 0) {
		if (item->detail)
			put_detail(to, item->detail);
	} else if (text) {
		emit_member(to, column->key, text, false);
	} else if (!is_text && isfinite(column_number(column, item->row))) {
		emit_key(to, column->key, false);
		emit_number(to, column_number(column, item->row));
	}
}

void item_put_members(struct buffer *to, const struct item *item)
{
	size_t i;

	labels_put(to, item->labels);
	for (i = 0; i < item->table->nr_columns; i++)
		put_column(to, item, &item->table->columns[i]);
}

void item_put_text(struct buffer *to, const struct item *item)
{
	struct buffer text = { 0 };

	item_put_summary(&text, item);
	emit_buffer(to, &text);
}

void item_put_line(struct buffer *to, const struct item *item)
{
	buffer_puts(to, "{\"text\":");
	item_put_text(to, item);
	buffer_putc(to, ',');
	item_put_members(to, item);
	buffer_putc(to, '}');
}

void item_put_time(struct buffer *to, const struct item *item)
{
	time_t seconds = item->t_ms / 1000;
	char text[32] = "";
	struct tm tm;

	if (gmtime_r(&seconds, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	buffer_printf(to, "%s.%03dZ", text, (int)(item->t_ms % 1000));
}
