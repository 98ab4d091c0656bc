/* SPDX-License-Identifier: GPL-2.0-only */
/* ETags: a client that has an answer already need not get it again. */
#ifndef CONTMOND_SERVE_ETAG_H
#define CONTMOND_SERVE_ETAG_H

#include <stdbool.h>
#include <stddef.h>

#include "reply.h"
#include "request.h"

/**
 * etag_make() - the ETag of these bytes
 *
 * It is weak, since the compressed answer has the same one.
 */
void etag_make(char ret[ETAG_MAX], const char *bytes, size_t length);

/** etag_is_known() - is it in the If-None-Match of the request? */
bool etag_is_known(const struct request *request, const char *etag);

/** etag_add() - tag an answer of the API, unless it has a tag */
void etag_add(struct reply *reply);

/** etag_apply() - the same; 304 if the client has the answer already */
void etag_apply(const struct request *request, struct reply *reply);

#endif /* CONTMOND_SERVE_ETAG_H */
