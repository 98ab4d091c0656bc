/* SPDX-License-Identifier: GPL-2.0-only */
/* One HTTP request and its answer, apart from how they travel. */
#ifndef CONTMOND_SERVE_REQUEST_H
#define CONTMOND_SERVE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

#define REQUEST_MAX_PARAMETERS 32

struct parameter {
	char *key;
	char *value;
};

/**
 * struct request - zero-initialise, free with request_done()
 * @path: decoded, without the query string
 * @accept: the header, or NULL
 * @if_none_match: the header, or NULL
 * @authorized: it carries the token, or none is needed
 */
struct request {
	const char *path;
	const char *accept;
	const char *if_none_match;
	bool authorized;
	struct parameter parameters[REQUEST_MAX_PARAMETERS];
	size_t nr_parameters;
};

/**
 * request_add() - add a parameter of the query string
 *
 * The values of a key that comes several times are joined with commas.
 * Returns -E2BIG for more keys than anybody needs, -ENOMEM.
 */
int request_add(struct request *request, const char *key, const char *value);

/** request_get() - a parameter; NULL when it is absent, empty or "*" */
const char *request_get(const struct request *request, const char *key);

void request_done(struct request *request);

/**
 * struct reply - zero-initialise, free with reply_done()
 * @status: of HTTP
 * @content_type: a constant
 * @body: what is sent, unless there is a @constant_body
 * @constant_body: lives as long as the program
 * @etag: a constant; NULL for what must not be kept
 */
struct reply {
	unsigned int status;
	const char *content_type;
	struct buffer body;
	const char *constant_body;
	size_t constant_length;
	const char *etag;
};

/** reply_error() - a status and {"error": "..."}, in place of all before */
__attribute__((format(printf, 3, 4)))
void reply_error(struct reply *reply, unsigned int status,
		 const char *format, ...);

void reply_done(struct reply *reply);

#endif /* CONTMOND_SERVE_REQUEST_H */
