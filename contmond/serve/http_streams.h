/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Answers without an end. While there is nothing to send their connections are
 * suspended: libmicrohttpd then does not look at them.
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
 * struct http_streams - begin with http_streams_init()
 * @lock: for all members, and for the flags of each stream
 * @is_over: no more is sent; the streams end
 * @age: how often what requests may see has changed; streams of another end
 * @asked_age: of the newest request; only used by the server's thread
 * @traffic: what counts them
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

/** http_streams_asked() - a request is there; its rights are looked up next */
void http_streams_asked(struct http_streams *streams);

/**
 * http_streams_renew() - what requests may see has changed
 *
 * Streams end whose requests came before this. Their clients ask again.
 */
void http_streams_renew(struct http_streams *streams);

/**
 * http_streams_have_room() - may there be another one?
 *
 * Those whose clients have hung up are ended, which takes a moment.
 */
bool http_streams_have_room(struct http_streams *streams);

/**
 * http_streams_respond() - a response for a reply that has more
 *
 * Takes over the reply's body and what follows. NULL without memory.
 */
struct MHD_Response *http_streams_respond(struct http_streams *streams,
					  struct MHD_Connection *connection,
					  struct reply *reply);

/**
 * http_streams_wake() - there may be more to send
 * @is_beat: send a comment where there is nothing else, so that proxies and
 *	clients see that the connection is alive, and the server that it is not
 */
void http_streams_wake(struct http_streams *streams, bool is_beat);

/** http_streams_end() - finish what was begun and end all streams */
void http_streams_end(struct http_streams *streams);

#endif /* CONTMOND_SERVE_HTTP_STREAMS_H */
