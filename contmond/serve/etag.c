// SPDX-License-Identifier: GPL-2.0-only
#include "etag.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

void etag_make(char ret[ETAG_MAX], const char *bytes, size_t length)
{
	const Bytef *from = (const Bytef *)bytes;

	snprintf(ret, ETAG_MAX, "W/\"%08lx%08lx-%zx\"",
		 crc32_z(0, from, length), adler32_z(1, from, length), length);
}

/* Weakly, as RFC 9110 has it: without the W/. */
bool etag_is_known(const struct request *request, const char *etag)
{
	const char *known = request->if_none_match;

	return known && (strcmp(known, "*") == 0 || strstr(known, etag + 2));
}

/*
 * Streams have no length, and the numbers of /metrics are new each time. Files
 * of the page have tags already.
 */
void etag_apply(const struct request *request, struct reply *reply)
{
	const char *type = reply->content_type;

	if (reply->status != 200 || reply->constant_body || reply->more.next ||
	    reply->body.failed || !type ||
	    strcmp(type, "application/json") != 0)
		return;
	etag_make(reply->etag, reply->body.text, reply->body.length);
	if (!etag_is_known(request, reply->etag))
		return;
	reply->status = 304;
	buffer_done(&reply->body);
}
