// SPDX-License-Identifier: GPL-2.0-only
#include "reply.h"

#include <errno.h>
#include <string.h>

#include <stdarg.h>
#include <stdio.h>

#include "contmond/model/emit.h"
#include "http_kept.h"

#define ERROR_MAX_BYTES 512

void reply_error(struct reply *reply, unsigned int status,
		 const char *format, ...)
{
	char text[ERROR_MAX_BYTES];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	reply_done(reply);
	reply->status = status;
	reply->content_type = "application/json";
	buffer_putc(&reply->body, '{');
	emit_member(&reply->body, "error", text, true);
	buffer_puts(&reply->body, "}\n");
}

const char *reply_past_why(int error)
{
	return error == -EBADMSG ? "its database is damaged" :
				   strerror(-error);
}

void reply_past_error(struct reply *reply, int error)
{
	reply_error(reply, 503, REPLY_PAST_ERROR, reply_past_why(error));
}

const char *reply_body(const struct reply *reply, size_t *ret_length)
{
	if (reply->kept)
		return http_kept_body(reply->kept, ret_length);
	*ret_length = reply->constant_body ? reply->constant_length :
					     reply->body.length;
	return reply->constant_body ?: reply->body.text;
}

void reply_done(struct reply *reply)
{
	buffer_done(&reply->body);
	http_kept_unref(reply->kept);
	if (reply->more.free)
		reply->more.free(reply->more.state);
	*reply = (struct reply){ 0 };
}
