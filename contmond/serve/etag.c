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

/* A weak comparison as in RFC 9110, without the W/. */
bool etag_is_known(const struct request *request, const char *etag)
{
	const char *known = request->if_none_match;

	return known && (strcmp(known, "*") == 0 || strstr(known, etag + 2));
}

/*
 * Streams have no length, and the numbers of /metrics are always new. Files of
 * the page already have tags.
 */
static bool needs_tag(const struct reply *reply)
{
	const char *type = reply->content_type;

	return reply->status == 200 && !reply->etag[0] && !reply->more.next &&
	       !reply->body.failed && type &&
	       strcmp(type, "application/json") == 0;
}

void etag_add(struct reply *reply)
{
	const char *bytes;
	size_t length;

	if (!needs_tag(reply))
		return;
	bytes = reply_body(reply, &length);
	etag_make(reply->etag, bytes, length);
}

/*
 * The body stays, because a 304 has the same Content-Length as the answer to
 * HEAD.
 */
void etag_apply(const struct request *request, struct reply *reply)
{
	etag_add(reply);
	if (reply->status == 200 && reply->etag[0] &&
	    etag_is_known(request, reply->etag))
		reply->status = 304;
}
