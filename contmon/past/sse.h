/* SPDX-License-Identifier: GPL-2.0-only */
/* Server-sent events, as they are read in parts of any size. */
#ifndef CONTMON_PAST_SSE_H
#define CONTMON_PAST_SSE_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/lines.h"

#define SSE_MAX_ID 32

/**
 * struct sse - zero-initialise
 * @data, @id: of the event that is being read
 * @last_id: of the last whole one, with or without data; "" for none
 * @retry_ms: the server's wish; 0 for none
 */
struct sse {
	struct lines lines;
	struct buffer data;
	char id[SSE_MAX_ID];
	char last_id[SSE_MAX_ID];
	int64_t retry_ms;
};

/** sse_fn - gets the data of an event; an error stops and is returned */
typedef int sse_fn(const char *data, size_t length, void *userdata);

/**
 * sse_feed() - add bytes, and call @fn for each event that is whole
 *
 * Returns -ENOMEM, -EMSGSIZE for an event without an end, or the error of @fn;
 * then sse_begin() comes next.
 */
int sse_feed(struct sse *sse, const char *bytes, size_t nr_bytes, sse_fn *fn,
	     void *userdata);

/** sse_begin() - a new connection: forget all but @last_id and @retry_ms */
void sse_begin(struct sse *sse);

#endif /* CONTMON_PAST_SSE_H */
