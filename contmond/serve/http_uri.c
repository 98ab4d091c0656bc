// SPDX-License-Identifier: GPL-2.0-only
#include "http_uri.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "http_tls.h"

#define MAX_URI_BYTES (16 * 1024)
#define MAX_URI_PARAMETERS 128

char http_has_slash_in_name;

static bool has_slash_in_name(const char *uri)
{
	const char *slash = strcasestr(uri, "%2f");

	return slash && slash < uri + strcspn(uri, "?");
}

static size_t nr_parameters(const char *uri)
{
	const char *query = strchr(uri, '?');
	size_t nr = 0;

	while (query) {
		nr++;
		query = strchr(query + 1, '&');
	}
	return nr;
}

/*
 * Called with the request line before its parameters are parsed. If they do not
 * fit into the memory of the connection, libmicrohttpd 0.9.75 hangs: it refuses
 * the request but neither reads nor sends until the connection times out. So
 * the parameters are counted first, and the request is refused here.
 */
void *http_check_uri(void *userdata, const char *uri,
		     struct MHD_Connection *connection)
{
	static const char format[] =
		"HTTP/1.1 %s\r\nContent-Type: application/json\r\n"
		"Connection: close\r\nContent-Length: %zu\r\n\r\n%s";
	static const char error[] =
		"{\"error\":\"the request line is too long, or has a NUL or "
		"too many parameters\"}\n";
	const char *status = NULL;
	char text[512];
	int length;

	(void)userdata;
	if (strlen(uri) > MAX_URI_BYTES)
		status = "414 URI Too Long";
	else if (strstr(uri, "%00"))
		status = "400 Bad Request";
	else if (nr_parameters(uri) > MAX_URI_PARAMETERS)
		status = "400 Bad Request";
	if (!status)
		return has_slash_in_name(uri) ? &http_has_slash_in_name : NULL;
	length = snprintf(text, sizeof(text), format, status,
			  sizeof(error) - 1, error);
	http_tls_send(connection, text, (size_t)length);
	shutdown(MHD_get_connection_info(connection,
					 MHD_CONNECTION_INFO_CONNECTION_FD)
		 ->connect_fd, SHUT_RDWR);
	return NULL;
}
