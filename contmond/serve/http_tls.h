/* SPDX-License-Identifier: GPL-2.0-only */
/* TLS settings of the HTTP server, and sending without libmicrohttpd */
#ifndef CONTMOND_SERVE_HTTP_TLS_H
#define CONTMOND_SERVE_HTTP_TLS_H

#include <microhttpd.h>
#include <stddef.h>

/** HTTP_TLS_PRIORITIES - accepted versions of TLS, in GnuTLS' syntax */
#define HTTP_TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

/**
 * http_tls_send() - send a short text at once, encrypted if the connection is
 *
 * What cannot be sent at once is lost.
 */
void http_tls_send(struct MHD_Connection *connection, const char *text,
		   size_t length);

#endif /* CONTMOND_SERVE_HTTP_TLS_H */
