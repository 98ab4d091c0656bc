/* SPDX-License-Identifier: GPL-2.0-only */
/* Converts replies to responses of libmicrohttpd */
#ifndef CONTMOND_SERVE_HTTP_RESPONSE_H
#define CONTMOND_SERVE_HTTP_RESPONSE_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>

#include "http_streams.h"
#include "reply.h"
#include "traffic.h"

/**
 * struct http_sending - how answers are sent
 * @is_last: close the connection afterwards
 * @is_bodiless: libmicrohttpd omits the body, but sends its length
 * @unsent_bytes: total length of all bodies that are being sent; must outlive
 *	the connection
 * @streams: where endless answers are added
 * @traffic: counts the answer
 */
struct http_sending {
	bool is_last;
	bool is_bodiless;
	size_t *unsent_bytes;
	struct http_streams *streams;
	struct traffic *traffic;
};

/**
 * http_respond() - queue a reply; takes ownership of its body
 *
 * The body is compressed if the request accepts that, unless it is endless.
 */
enum MHD_Result http_respond(struct MHD_Connection *connection,
			     struct reply *reply,
			     const struct http_sending *sending);

#endif /* CONTMOND_SERVE_HTTP_RESPONSE_H */
