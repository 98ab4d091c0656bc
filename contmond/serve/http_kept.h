/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Answers that are made once for all clients of all servers, and kept until the
 * data that they show changes (API.md)
 */
#ifndef CONTMOND_SERVE_HTTP_KEPT_H
#define CONTMOND_SERVE_HTTP_KEPT_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reply.h"
#include "request.h"

/* Documented in API.md. The bytes are those of bodies, plain and compressed. */
#define HTTP_KEPT_MAX_ANSWERS 64
#define HTTP_KEPT_MAX_BYTES (32 * 1024 * 1024)

/* Maximum age of answers that also have numbers of contmond itself */
#define HTTP_KEPT_LIVE_MS 1000

/* No maximum age, see http_kept_get() */
#define HTTP_KEPT_ANY_AGE UINT64_MAX

struct http_kept_answer;

/**
 * struct http_kept - initialise with http_kept_init()
 * @lock: protects all members and all answers, including those that are no
 *	longer kept. Taken after the lock of the facts, so do not call
 *	facts_hold() with it. Not held while an answer is made or compressed
 * @made: signalled when an answer was made or compressed
 * @all: kept answers, oldest first
 * @nr_bytes: total size of these
 */
struct http_kept {
	pthread_mutex_t lock;
	pthread_cond_t made;
	struct http_kept_answer *all[HTTP_KEPT_MAX_ANSWERS];
	size_t nr;
	size_t nr_bytes;
};

void http_kept_init(struct http_kept *kept);

/** http_kept_done() - all replies and bodies must have been freed before */
void http_kept_done(struct http_kept *kept);

/**
 * http_kept_renew() - the data has changed: keep no answer any more
 *
 * To be called by whoever changes the data, before anybody can see the change:
 * with the lock of the facts held for writing. An answer that is being made or
 * sent lives until that is done.
 */
void http_kept_renew(struct http_kept *kept);

/**
 * http_kept_get() - get the answer to a request, if it is kept
 * @form: distinguishes answers that depend on a header of the request
 * @max_age_ms: for answers with numbers that are not from a sample
 * @reply: gets the answer, and a reference to it
 * @ret_making: to be passed to http_kept_put(); set to NULL if nothing is kept
 *
 * Requests are equal if they have the same path, parameters, form and rights
 * (http_rights_class()). If the answer is being made, waits for it.
 *
 * Returns false if there is none. Then the caller must make it, without calling
 * this function again before http_kept_put().
 */
bool http_kept_get(struct http_kept *kept, const struct request *request,
		   unsigned int form, uint64_t max_age_ms, struct reply *reply,
		   struct http_kept_answer **ret_making);

/**
 * http_kept_put() - an answer was made, even if it is an error
 *
 * Only an answer with status 200 is kept, and given to those who wait for it.
 * @reply stays the same, but its body moves to the kept answer.
 */
void http_kept_put(struct http_kept_answer *making, struct reply *reply);

/**
 * http_kept_body() - the uncompressed body; valid as long as a reference to it
 */
const char *http_kept_body(const struct http_kept_answer *answer,
			   size_t *ret_length);

/** http_kept_packed() - the compressed body, made once; NULL if no memory */
const char *http_kept_packed(struct http_kept_answer *answer,
			     size_t *ret_length);

/**
 * http_kept_only_packed() - from now on only refer to the compressed body
 *
 * To be called after http_kept_packed(). If nobody else needs the body itself,
 * it is freed as soon as the answer is no longer kept.
 */
void http_kept_only_packed(struct http_kept_answer *answer);

/** http_kept_unref() - drop a reference; accepts NULL */
void http_kept_unref(struct http_kept_answer *answer);

/** http_kept_unref_packed() - drop one to the compressed body; accepts NULL */
void http_kept_unref_packed(struct http_kept_answer *answer);

#endif /* CONTMOND_SERVE_HTTP_KEPT_H */
