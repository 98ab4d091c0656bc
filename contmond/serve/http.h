/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The HTTP server: limits, tokens, compression, but not routes. It has its own
 * thread, so a slow answer delays only other answers.
 */
#ifndef CONTMOND_SERVE_HTTP_H
#define CONTMOND_SERVE_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-event.h>

#include "reply.h"
#include "request.h"
#include "traffic.h"

#define HTTP_TIMEOUT_SECONDS 30

/**
 * http_handler - fill in the reply; called only for GET and HEAD, in the
 * server's thread
 */
typedef void http_handler(const struct request *request, struct reply *reply,
			  void *userdata);

/**
 * struct http_options
 * @host: the listening address; requests whose Host header has neither this nor
 *	a loopback name are refused, because another site's page could send them
 *	through the user's browser. NULL: any
 * @token: what requests must carry, or NULL
 * @hides_processes: see struct request
 * @traffic: counts the answers; only used by http_new()
 * @certificate, @key: PEM, for TLS; NULL for none; only used by http_new()
 * @timeout_seconds: limit for the time in which clients neither send nor read;
 *	0 for HTTP_TIMEOUT_SECONDS; only tests set another; only used by
 *	http_new()
 */
struct http_options {
	const char *host;
	const char *token;
	bool hides_processes;
	struct traffic *traffic;
	const char *certificate;
	const char *key;
	unsigned int timeout_seconds;
};

/** struct http - opaque */
struct http;

/**
 * http_new() - serve on a listening socket
 * @event: calls http_drained_fn
 * @fd: closed by http_free(), or by this function on failure
 * @options: copied
 */
int http_new(sd_event *event, int fd, const struct http_options *options,
	     http_handler *handler, void *userdata, struct http **ret);

/**
 * http_set_options() - replace the options; after -ENOMEM the old ones remain
 *
 * If they differ, endless answers are ended.
 */
int http_set_options(struct http *http, const struct http_options *options);

/** http_wake() - endless answers may have more to send; for any thread */
void http_wake(struct http *http);

/**
 * http_beat() - send a sign of life in endless answers
 *
 * The loop does so every 15 s.
 */
void http_beat(struct http *http);

/** http_drained_fn - no answer is under way any more, or the time is over */
typedef void http_drained_fn(void *userdata);

/**
 * http_drain() - accept no more requests, finish the answers under way
 *
 * @fn is called once, from the loop, after @timeout_usec at the latest.
 */
int http_drain(struct http *http, uint64_t timeout_usec, http_drained_fn *fn,
	       void *userdata);

/** http_free() - drops all connections */
void http_free(struct http *http);

#endif /* CONTMOND_SERVE_HTTP_H */
