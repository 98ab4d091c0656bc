/* SPDX-License-Identifier: GPL-2.0-only */
/* Converts replies to responses of libmicrohttpd. */
#ifndef CONTMOND_SERVE_HTTP_RESPONSE_H
#define CONTMOND_SERVE_HTTP_RESPONSE_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>

#include "http_streams.h"
#include "reply.h"

/**
 * http_respond() - queue a reply; takes over its body
 * @is_last: close the connection afterwards
 * @unsent_bytes: total length of all bodies that are being sent; must outlive
 *	the connection
 * @streams: what an answer without an end is added to
 *
 * The body is compressed if the request accepts that, and if it has an end.
 */
enum MHD_Result http_respond(struct MHD_Connection *connection,
			     struct reply *reply, bool is_last,
			     size_t *unsent_bytes,
			     struct http_streams *streams);

#endif /* CONTMOND_SERVE_HTTP_RESPONSE_H */
