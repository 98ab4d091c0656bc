/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks request lines before libmicrohttpd parses them */
#ifndef CONTMOND_SERVE_HTTP_URI_H
#define CONTMOND_SERVE_HTTP_URI_H

#include <microhttpd.h>

/*
 * State of a request with %2f in its path, which is part of a name although it
 * looks like a slash once decoded.
 */
extern char http_has_slash_in_name;

/**
 * http_check_uri() - answer a request that cannot be parsed; for libmicrohttpd
 *
 * Returns NULL, or &http_has_slash_in_name.
 */
void *http_check_uri(void *userdata, const char *uri,
		     struct MHD_Connection *connection);

#endif /* CONTMOND_SERVE_HTTP_URI_H */
