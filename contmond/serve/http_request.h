/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of a request that libmicrohttpd has parsed */
#ifndef CONTMOND_SERVE_HTTP_REQUEST_H
#define CONTMOND_SERVE_HTTP_REQUEST_H

#include <microhttpd.h>
#include <stdbool.h>

#include "request.h"

/** http_header() - the value of a header, or NULL */
const char *http_header(struct MHD_Connection *connection, const char *name);

/** http_is_read() - is it GET or HEAD? */
bool http_is_read(const char *method);

/**
 * http_has_many_hosts() - does it have several Host headers?
 *
 * A proxy and contmond could each choose a different one.
 */
bool http_has_many_hosts(struct MHD_Connection *connection);

/**
 * http_read_parameters() - add those of the query string, like request_add()
 */
int http_read_parameters(struct MHD_Connection *connection,
			 struct request *request);

#endif /* CONTMOND_SERVE_HTTP_REQUEST_H */
