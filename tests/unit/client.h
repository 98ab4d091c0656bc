/* SPDX-License-Identifier: GPL-2.0-only */
/* An HTTP client that runs the server's loop while it waits. */
#ifndef TESTS_UNIT_CLIENT_H
#define TESTS_UNIT_CLIENT_H

#include "daemon.h"

#include <netinet/in.h>
#include <sys/socket.h>

#define HOST "Host: 127.0.0.1:1\r\n"

static sd_event *event;
static in_port_t port;

struct answer {
	char bytes[512 * 1024];
	size_t length;
	bool closed;
};

static struct answer got;

static inline int open_client(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = port,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address,
				 sizeof(address)), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

static inline void client_send(int fd, const char *bytes, size_t length)
{
	int i;

	for (i = 0; i < 500 && length > 0; i++) {
		ssize_t r = send(fd, bytes, length, MSG_NOSIGNAL);

		if (r < 0 && errno != EAGAIN)
			return;		/* the server hung up */
		if (r > 0) {
			bytes += r;
			length -= (size_t)r;
		}
		assert_true(sd_event_run(event, 1000) >= 0);
	}
}

/* Receives until nothing more comes. */
static inline void receive(int fd)
{
	int idle = 0;

	got.length = 0;
	got.closed = false;
	while (idle < 5 && !got.closed) {
		ssize_t r;

		assert_true(sd_event_run(event, 10000) >= 0);
		r = recv(fd, got.bytes + got.length,
			 sizeof(got.bytes) - 1 - got.length, 0);
		idle = r > 0 ? 0 : idle + 1;
		got.closed = r == 0 || (r < 0 && errno != EAGAIN);
		if (r > 0)
			got.length += (size_t)r;
	}
	got.bytes[got.length] = '\0';
}

static inline void talk(const char *request)
{
	int fd = open_client();

	client_send(fd, request, strlen(request));
	receive(fd);
	close(fd);
}

static inline void get(const char *path, const char *headers)
{
	char request[4096];

	snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n" HOST
		 "%s\r\n", path, headers);
	talk(request);
}

static inline int status(void)
{
	int code = 0;

	sscanf(got.bytes, "HTTP/1.%*d %d", &code);
	return code;
}

static inline const char *body(void)
{
	const char *end = strstr(got.bytes, "\r\n\r\n");

	assert_non_null(end);
	return end + 4;
}

static inline size_t body_length(void)
{
	return got.length - (size_t)(body() - got.bytes);
}

static inline bool has_header(const char *line)
{
	char text[256];

	snprintf(text, sizeof(text), "\r\n%s\r\n", line);
	return strcasestr(got.bytes, text);
}

#endif /* TESTS_UNIT_CLIENT_H */
