// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loki's push API, as JSON. There is a single stream, because its labels are
 * those of this host; what differs between events is in their lines.
 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "contmond/model/emit.h"
#include "protocol.h"

static void write_item(struct buffer *to, const struct item *item,
		       const struct target_options *options)
{
	struct buffer line = { 0 };

	(void)options;
	item_put_line(&line, item);
	buffer_printf(to, "[\"%" PRId64 "\",",
		      item->t_ms * (int64_t)NS_PER_MS);
	emit_buffer(to, &line);
	buffer_puts(to, "],");
}

/* A label in @labels replaces the default one with the same name. */
static void put_labels(struct buffer *to, const struct labels *labels,
		       const char *feed)
{
	const struct label more[] = {
		{ (char *)"feed", (char *)feed },
		{ (char *)"service_name", (char *)"contmond" },
	};
	size_t i;

	labels_put(to, labels);
	for (i = 0; i < ARRAY_SIZE(more); i++) {
		if (!labels_find(labels, more[i].key))
			emit_member(to, more[i].key, more[i].value, false);
	}
}

static void write_body(struct buffer *to, const struct parcel_tick *tick,
		       const struct target_options *options, const char *rows,
		       size_t length)
{
	struct labels labels;

	if (labels_make(&labels, tick->host, options, NULL) < 0) {
		to->failed = true;
		return;
	}
	buffer_puts(to, "{\"streams\":[{\"stream\":{");
	put_labels(to, &labels, options_noun(options));
	labels_done(&labels);
	buffer_puts(to, "},\"values\":[");
	buffer_add(to, rows, length - 1);	/* without the last comma */
	buffer_puts(to, "]}]}");
}

const struct protocol loki_protocol = {
	.name = "loki",
	.scheme = "Bearer",
	.content_type = "application/json",
	.packing = PACKING_USUAL,
	.write_item = write_item,
	.write_body = write_body,
};
