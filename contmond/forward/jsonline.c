// SPDX-License-Identifier: GPL-2.0-only
/*
 * One JSON object on each line, with the names that VictoriaLogs expects for
 * the time and the message
 */
#include "contmond/model/emit.h"
#include "protocol.h"

static void write_item(struct buffer *to, const struct item *item,
		       const struct target_options *options)
{
	(void)options;
	buffer_puts(to, "{\"_time\":\"");
	item_put_time(to, item);
	buffer_puts(to, "\",\"_msg\":");
	item_put_text(to, item);
	buffer_putc(to, ',');
	item_put_members(to, item);
	buffer_puts(to, "}\n");
}

const struct protocol jsonline_protocol = {
	.name = "jsonline",
	.scheme = "Bearer",
	.content_type = "application/stream+json",
	.packing = PACKING_USUAL,
	.write_item = write_item,
};
