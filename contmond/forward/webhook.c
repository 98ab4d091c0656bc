// SPDX-License-Identifier: GPL-2.0-only
/* One request for each event, with a configured body */
#include "protocol.h"
#include "template.h"

static void write_item(struct buffer *to, const struct item *item,
		       const struct target_options *options)
{
	if (options->body) {
		template_write(to, options->body, item);
		return;
	}
	item_put_line(to, item);
	buffer_putc(to, '\n');
}

const struct protocol webhook_protocol = {
	.name = "webhook",
	.scheme = "Bearer",
	.content_type = "application/json",
	.one_tick = true,
	.whole = true,
	.packing = PACKING_UNKNOWN,
	.takes_template = true,
	.write_item = write_item,
	.add_headers = protocol_add_key,
};
