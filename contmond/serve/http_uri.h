/* SPDX-License-Identifier: GPL-2.0-only */
/* Request lines before libmicrohttpd parses them */
#ifndef CONTMOND_SERVE_HTTP_URI_H
#define CONTMOND_SERVE_HTTP_URI_H

#include <microhttpd.h>

/*
 * State of a request with %2f in its path. When the path is decoded that looks
 * like a slash, but it is a part of a name.
 */
extern char http_has_slash_in_name;

/**
 * http_check_uri() - answer one that cannot be parsed; for libmicrohttpd
 *
 * Returns NULL, or &http_has_slash_in_name.
 */
void *http_check_uri(void *userdata, const char *uri,
		     struct MHD_Connection *connection);

#endif /* CONTMOND_SERVE_HTTP_URI_H */
