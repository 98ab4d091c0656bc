/* SPDX-License-Identifier: GPL-2.0-only */
/* What libmicrohttpd has parsed of a request */
#ifndef CONTMOND_SERVE_HTTP_REQUEST_H
#define CONTMOND_SERVE_HTTP_REQUEST_H

#include <microhttpd.h>
#include <stdbool.h>

#include "request.h"

/** http_header() - the value of a header, or NULL */
const char *http_header(struct MHD_Connection *connection, const char *name);

/** http_is_read() - GET or HEAD */
bool http_is_read(const char *method);

/**
 * http_has_many_hosts() - are there several Host headers?
 *
 * A proxy and contmond could each choose another one.
 */
bool http_has_many_hosts(struct MHD_Connection *connection);

/** http_read_parameters() - add those of the query; as request_add() */
int http_read_parameters(struct MHD_Connection *connection,
			 struct request *request);

#endif /* CONTMOND_SERVE_HTTP_REQUEST_H */
