// SPDX-License-Identifier: GPL-2.0-only
#include "answer.h"

#include "contmond/model/emit.h"

void answer_begin(struct reply *reply)
{
	reply->status = 200;
	reply->content_type = "application/json";
	buffer_puts(&reply->body, "{\"rows\":[");
}

static void separate(struct buffer *body)
{
	if (body->length > 0 && body->text[body->length - 1] == '}')
		buffer_puts(body, ",\n");
}

void answer_next(struct reply *reply)
{
	separate(&reply->body);
	buffer_putc(&reply->body, '{');
}

void answer_add(struct reply *reply, const struct table *table,
		const bool *wanted, const void *row)
{
	separate(&reply->body);
	emit_row(&reply->body, table, wanted, row);
}

void answer_add_of_host(struct reply *reply, const char *host,
			const struct table *table, const bool *wanted,
			const void *row)
{
	separate(&reply->body);
	emit_row_of_host(&reply->body, host, table, wanted, row);
}

void answer_end(struct reply *reply, bool truncated)
{
	buffer_puts(&reply->body, "],\"meta\":{");
	emit_key(&reply->body, "truncated", true);
	buffer_puts(&reply->body, truncated ? "true}}\n" : "false}}\n");
}

void answer_row(struct reply *reply, const struct table *table,
		const void *row)
{
	answer_begin(reply);
	answer_add(reply, table, NULL, row);
	answer_end(reply, false);
}
