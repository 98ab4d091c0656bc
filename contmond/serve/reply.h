/* SPDX-License-Identifier: GPL-2.0-only */
/* The answer to one HTTP request, independent of the server library */
#ifndef CONTMOND_SERVE_REPLY_H
#define CONTMOND_SERVE_REPLY_H

#include <stdbool.h>

#include "base/buffer.h"

/* Size of an ETag, including its NUL */
#define ETAG_MAX 48

struct http_kept_answer;

/**
 * struct reply_more - an endless body
 * @next: appends what comes next to a body, or nothing if there is nothing yet;
 *	called in the server's thread when the client has read everything
 *	before. A negative errno ends the body
 * @free: frees @state
 */
struct reply_more {
	int (*next)(void *state, struct buffer *body);
	void (*free)(void *state);
	void *state;
};

/**
 * struct reply - zero-initialise; free with reply_done()
 * @status: HTTP status
 * @content_type: a constant
 * @body: sent unless there is a @constant_body or a @kept one
 * @more: follows @body if it has @next
 * @constant_body: lives as long as the program
 * @kept: a reference to an answer that others get as well, or NULL
 * @etag: empty for none
 * @may_be_kept: a browser may cache it, but must revalidate it
 */
struct reply {
	unsigned int status;
	const char *content_type;
	struct buffer body;
	const char *constant_body;
	size_t constant_length;
	struct http_kept_answer *kept;
	char etag[ETAG_MAX];
	bool may_be_kept;
	struct reply_more more;
};

/** reply_error() - replace the reply by a status and {"error": "..."} */
__attribute__((format(printf, 3, 4)))
void reply_error(struct reply *reply, unsigned int status,
		 const char *format, ...);

/** reply_past_error() - report an error of the store */
void reply_past_error(struct reply *reply, int error);

/** reply_past_why() - the same as a string */
const char *reply_past_why(int error);

#define REPLY_PAST_ERROR "the past cannot be read: %s"

/** reply_body() - the bytes, wherever they are; valid as long as the reply */
const char *reply_body(const struct reply *reply, size_t *ret_length);

void reply_done(struct reply *reply);

#endif /* CONTMOND_SERVE_REPLY_H */
