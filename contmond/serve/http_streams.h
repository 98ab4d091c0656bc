/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Endless answers. While there is nothing to send, their connections are
 * suspended: libmicrohttpd does not watch them.
 */
#ifndef CONTMOND_SERVE_HTTP_STREAMS_H
#define CONTMOND_SERVE_HTTP_STREAMS_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reply.h"
#include "traffic.h"

#define HTTP_MAX_STREAMS 32

struct http_stream;

/**
 * struct http_streams - initialise with http_streams_init()
 * @lock: protects all members, and the flags of each stream
 * @is_over: nothing more is sent; all streams end
 * @age: counts changes of what requests may see; streams of an older age end
 * @asked_age: of the newest request; only used by the server's thread
 * @traffic: counts the streams
 */
struct http_streams {
	pthread_mutex_t lock;
	struct http_stream *first;
	size_t nr;
	bool is_over;
	uint64_t age;
	uint64_t asked_age;
	struct traffic *traffic;
};

void http_streams_init(struct http_streams *streams, struct traffic *traffic);
void http_streams_done(struct http_streams *streams);

/** http_streams_asked() - a request has arrived; its rights are checked next */
void http_streams_asked(struct http_streams *streams);

/**
 * http_streams_renew() - what requests may see has changed
 *
 * Ends the streams of earlier requests. Their clients will ask again.
 */
void http_streams_renew(struct http_streams *streams);

/**
 * http_streams_have_room() - may there be another one?
 *
 * If not, ends those whose clients have hung up, which takes a moment.
 */
bool http_streams_have_room(struct http_streams *streams);

/**
 * http_streams_respond() - make a response for an endless reply
 *
 * Takes over the reply's body and what follows. Returns NULL if there is no
 * memory.
 */
struct MHD_Response *http_streams_respond(struct http_streams *streams,
					  struct MHD_Connection *connection,
					  struct reply *reply);

/**
 * http_streams_wake() - there may be more to send
 * @is_beat: where there is nothing else, send a comment, so that proxies and
 *	clients see that the connection is alive, and the server notices if not
 */
void http_streams_wake(struct http_streams *streams, bool is_beat);

/** http_streams_end() - finish what was started, and end all streams */
void http_streams_end(struct http_streams *streams);

#endif /* CONTMOND_SERVE_HTTP_STREAMS_H */
