/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Answers that are made once for all clients, of all servers, and kept until
 * what they are about changes (API.md).
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

/* Largest age of answers that have numbers of contmond itself, too */
#define HTTP_KEPT_LIVE_MS 1000

/* No limit for the age of an answer, see http_kept_get() */
#define HTTP_KEPT_ANY_AGE UINT64_MAX

struct http_kept_answer;

/**
 * struct http_kept - begin with http_kept_init()
 * @lock: for all members, and for the answers, also those that are not kept any
 *	more. It comes after the lock of the facts, so do not call facts_hold()
 *	with it. No answer is made or compressed with it
 * @made: an answer has been made, or compressed
 * @all: what is kept, oldest first
 * @nr_bytes: what these count for
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
 * http_kept_renew() - what answers are about has changed: keep none of them
 *
 * By whoever changes it, before anybody can see the change: with the lock of
 * the facts held for writing. An answer that is being made, or sent, lives
 * until that is done.
 */
void http_kept_renew(struct http_kept *kept);

/**
 * http_kept_get() - the answer to a request, if it is kept
 * @form: tells answers apart that differ by a header of the request
 * @max_age_ms: for answers with numbers that are not only about a sample
 * @reply: gets the answer, of which it then has a share
 * @ret_making: what http_kept_put() needs; may be NULL
 *
 * Requests are the same if they have the same path, parameters, form and rights
 * (http_rights_class()). If the answer is being made, this waits for it.
 *
 * Returns false if there is none: then make it, in any case, without another
 * question in between, and call http_kept_put().
 */
bool http_kept_get(struct http_kept *kept, const struct request *request,
		   unsigned int form, uint64_t max_age_ms, struct reply *reply,
		   struct http_kept_answer **ret_making);

/**
 * http_kept_put() - an answer was made; also if it is an error
 *
 * Only one with status 200 is kept, and given to those who wait for it. @reply
 * stays the same answer, but its body moves to what is kept.
 */
void http_kept_put(struct http_kept_answer *making, struct reply *reply);

/** http_kept_body() - not compressed; as long as there is a share in it */
const char *http_kept_body(const struct http_kept_answer *answer,
			   size_t *ret_length);

/** http_kept_packed() - compressed, once for all; NULL without memory */
const char *http_kept_packed(struct http_kept_answer *answer,
			     size_t *ret_length);

/**
 * http_kept_only_packed() - the share is in the compressed body from now on
 *
 * After http_kept_packed(). Without others who need it, the body itself is
 * freed as soon as the answer is not kept any more.
 */
void http_kept_only_packed(struct http_kept_answer *answer);

/** http_kept_unref() - give up a share; accepts NULL */
void http_kept_unref(struct http_kept_answer *answer);

/** http_kept_unref_packed() - one in the compressed body; likewise */
void http_kept_unref_packed(struct http_kept_answer *answer);

#endif /* CONTMOND_SERVE_HTTP_KEPT_H */
