/* SPDX-License-Identifier: GPL-2.0-only */
/* ETags, so that a client need not get an answer again that it already has */
#ifndef CONTMOND_SERVE_ETAG_H
#define CONTMOND_SERVE_ETAG_H

#include <stdbool.h>
#include <stddef.h>

#include "reply.h"
#include "request.h"

/**
 * etag_make() - make the ETag of these bytes
 *
 * It is weak, because the compressed answer has the same one.
 */
void etag_make(char ret[ETAG_MAX], const char *bytes, size_t length);

/** etag_is_known() - is it in the If-None-Match of the request? */
bool etag_is_known(const struct request *request, const char *etag);

/** etag_add() - tag an answer of the API, unless it already has a tag */
void etag_add(struct reply *reply);

/** etag_apply() - the same; 304 if the client already has the answer */
void etag_apply(const struct request *request, struct reply *reply);

#endif /* CONTMOND_SERVE_ETAG_H */
