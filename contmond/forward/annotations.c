// SPDX-License-Identifier: GPL-2.0-only
/*
 * Grafana's annotations API, one annotation in each request. Without a
 * dashboard it is shown on every dashboard that asks for its tags.
 */
#include <inttypes.h>

#include "base/utf8.h"
#include "contmond/model/emit.h"
#include "contmond/model/title.h"
#include "protocol.h"

/* Limit of a column in Grafana's database */
#define MAX_TAG 100

static void put_tag(struct buffer *to, const char *key, const char *value)
{
	char cut[MAX_TAG];
	struct buffer tag = { 0 };

	utf8_copy(cut, sizeof(cut), value, strlen(value));
	buffer_printf(&tag, "%s:%s", key, cut);
	buffer_putc(to, ',');
	emit_buffer(to, &tag);
}

static void write_item(struct buffer *to, const struct item *item,
		       const struct target_options *options)
{
	size_t i;

	(void)options;
	buffer_printf(to, "{\"time\":%" PRId64 ",\"tags\":[\"contmon\"",
		      item->t_ms);
	put_tag(to, item->table == item_table(FEED_EVENTS) ? "kind" : "state",
		item->kind);
	put_tag(to, "container", item_text(item, "container") ?: TITLE_HOST);
	for (i = 0; i < item->labels->nr; i++)
		put_tag(to, item->labels->all[i].key,
			item->labels->all[i].value);
	buffer_puts(to, "],\"text\":");
	item_put_text(to, item);
	buffer_putc(to, '}');
}

const struct protocol annotations_protocol = {
	.name = "grafana_annotations",
	.scheme = "Bearer",
	.content_type = "application/json",
	.one_tick = true,
	.whole = true,
	.write_item = write_item,
	.add_headers = protocol_add_key,
};
