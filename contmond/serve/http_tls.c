// SPDX-License-Identifier: GPL-2.0-only
#include "http_tls.h"

#include <gnutls/gnutls.h>
#include <sys/socket.h>

void http_tls_send(struct MHD_Connection *connection, const char *text,
		   size_t length)
{
	const union MHD_ConnectionInfo *session =
		MHD_get_connection_info(connection,
					MHD_CONNECTION_INFO_GNUTLS_SESSION);
	int fd = MHD_get_connection_info(connection,
					 MHD_CONNECTION_INFO_CONNECTION_FD)
		->connect_fd;

	if (session && session->tls_session)
		gnutls_record_send(session->tls_session, text, length);
	else
		send(fd, text, length, MSG_DONTWAIT | MSG_NOSIGNAL);
}
