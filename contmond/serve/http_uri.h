/* SPDX-License-Identifier: GPL-2.0-only */
/* Request lines before libmicrohttpd parses them */
#ifndef CONTMOND_SERVE_HTTP_URI_H
#define CONTMOND_SERVE_HTTP_URI_H

#include <microhttpd.h>

/** http_check_uri() - answer one that cannot be parsed; for libmicrohttpd */
void *http_check_uri(void *userdata, const char *uri,
		     struct MHD_Connection *connection);

#endif /* CONTMOND_SERVE_HTTP_URI_H */
