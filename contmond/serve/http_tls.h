/* SPDX-License-Identifier: GPL-2.0-only */
/* Certificates of the HTTP server, and sending past libmicrohttpd */
#ifndef CONTMOND_SERVE_HTTP_TLS_H
#define CONTMOND_SERVE_HTTP_TLS_H

#include <microhttpd.h>
#include <stddef.h>

/** HTTP_TLS_PRIORITIES - which versions of TLS are spoken; GnuTLS' syntax */
#define HTTP_TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

/**
 * http_tls_send() - send at once what is short, encrypted if the connection is
 *
 * What cannot be sent at once is lost.
 */
void http_tls_send(struct MHD_Connection *connection, const char *text,
		   size_t length);

#endif /* CONTMOND_SERVE_HTTP_TLS_H */
