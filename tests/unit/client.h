/* SPDX-License-Identifier: GPL-2.0-only */
/* An HTTP client that waits for what must come, however slow the machine. */
#ifndef TESTS_UNIT_CLIENT_H
#define TESTS_UNIT_CLIENT_H

#include "daemon.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#define HOST "Host: 127.0.0.1:1\r\n"

/* Longer than the server waits for a client */
#define PATIENCE_MS 600000

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

static inline void client_wait(int fd, short events)
{
	struct pollfd one = { .fd = fd, .events = events };

	assert_int_equal(poll(&one, 1, PATIENCE_MS), 1);
}

static inline void client_send(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t r = send(fd, bytes, length, MSG_NOSIGNAL);

		if (r < 0 && errno != EAGAIN)
			return;		/* the server hung up */
		if (r < 0)
			client_wait(fd, POLLOUT);
		if (r > 0) {
			bytes += r;
			length -= (size_t)r;
		}
	}
}

/*
 * Past the answer at @text, NULL when it is not there completely. One with 304
 * has the length of a body, and none.
 */
static inline const char *end_of_answer(const char *text, bool has_body)
{
	const char *end = strstr(text, "\r\n\r\n");
	const char *header = strcasestr(text, "\r\nContent-Length: ");
	size_t length = 0;

	if (!end)
		return NULL;
	end += 4;
	if (header && header < end && has_body &&
	    strncmp(text, "HTTP/1.1 304 ", 13) != 0)
		length = strtoul(header + 18, NULL, 10);
	return length <= got.length - (size_t)(end - got.bytes) ? end + length :
								  NULL;
}

static inline bool has_all(size_t nr, bool has_body)
{
	const char *text = got.bytes, *last = text;

	for (; nr > 0 && text; nr--) {
		last = text;
		text = end_of_answer(text, has_body);
	}
	return text && !strcasestr(last, "\r\nConnection: close\r\n");
}

/* @nr answers, and the end of the connection if the last one announces it */
static inline void receive_all(int fd, size_t nr, bool has_body)
{
	got = (struct answer){ 0 };
	while (!got.closed && !has_all(nr, has_body)) {
		ssize_t r;

		client_wait(fd, POLLIN);
		r = recv(fd, got.bytes + got.length,
			 sizeof(got.bytes) - 1 - got.length, 0);
		got.closed = r == 0 || (r < 0 && errno != EAGAIN);
		if (r > 0)
			got.length += (size_t)r;
	}
}

static inline void receive(int fd)
{
	receive_all(fd, 1, true);
}

static inline void talk(const char *request)
{
	int fd = open_client();
	size_t nr = 0;
	const char *line;

	for (line = request; (line = strstr(line, " HTTP/1.")); line++)
		nr++;
	client_send(fd, request, strlen(request));
	receive_all(fd, nr, strncmp(request, "HEAD ", 5) != 0);
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
