/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A container engine on a unix socket, as far as contmon-engine uses it: the
 * test sets its answers, and can break every answer at every place.
 */
#ifndef TESTS_UNIT_FAKE_ENGINE_H
#define TESTS_UNIT_FAKE_ENGINE_H

#include "daemon.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/buffer.h"
#include "base/clock.h"

#define FAKE_MAX_CONNECTIONS 16

/**
 * struct fake_engine - zero-initialise
 * @version: body of /version
 * @list: body of /containers/json
 * @inspect: bodies of /containers/ID/json by id; 404 for others
 * @nr_refused: number of requests for them that are answered with 500
 * @mute: requests with this in their path are not answered; @muted: connection
 *	of the last one
 * @piece: bytes of an answer that are sent at once; 0 for all
 * @pause_usec: pause before each piece
 * @cut: bytes of each body to send before the connection ends; 0: all
 * @informs: answers of status 100 before /events
 * @encoding: of /events, before "chunked"; NULL: none
 * @status: of every answer but 404; 0 for 200
 * @act: what a POST or DELETE does, and the status of the answer, which may
 *	have a message; 0: no answer, -1: the connection ends
 * @message: of an error
 * @requests: paths of the requests, each with a newline; after the method if it
 *	is not GET
 */
struct fake_engine {
	const char *version;
	const char *list;
	struct {
		const char *id;
		const char *body;
	} inspect[8];
	int nr_refused;
	const char *mute;
	int muted;
	size_t piece;
	uint64_t pause_usec;
	size_t cut;
	size_t informs;
	const char *encoding;
	int status;
	int (*act)(const char *method, const char *path);
	const char *message;
	char requests[8192];
	int nr_inspections;

	sd_event *event;
	sd_event_source *io;
	sd_event_source *pause;	/* its end */
	int listener;
	int events;		/* connection of /events, or -1 */
	int fds[FAKE_MAX_CONNECTIONS];
	sd_event_source *sources[FAKE_MAX_CONNECTIONS];
	struct buffer unsent[FAKE_MAX_CONNECTIONS];
	bool ends[FAKE_MAX_CONNECTIONS];	/* once all is sent */
};

static inline size_t fake_index(const struct fake_engine *engine, int fd)
{
	size_t i = 0;

	while (engine->fds[i] != fd)
		assert_true(++i < FAKE_MAX_CONNECTIONS);
	return i;
}

static inline void fake_close(struct fake_engine *engine, int fd)
{
	size_t i = fake_index(engine, fd);

	sd_event_source_disable_unref(engine->sources[i]);
	buffer_done(&engine->unsent[i]);
	engine->fds[i] = -1;
	engine->ends[i] = false;
	close(fd);
	if (engine->events == fd)
		engine->events = -1;
}

/* Sends as much as possible, or one piece of a slow answer. */
static inline void fake_flush(struct fake_engine *engine, int fd)
{
	size_t i = fake_index(engine, fd), sent = 0;
	struct buffer *unsent = &engine->unsent[i];

	while (sent < unsent->length) {
		size_t piece = engine->piece ?: unsent->length;
		ssize_t r;

		if (piece > unsent->length - sent)
			piece = unsent->length - sent;
		r = send(fd, unsent->text + sent, piece, MSG_NOSIGNAL);
		if (r <= 0)
			break;
		sent += (size_t)r;
		if (engine->pause_usec)
			break;
	}
	if (sent > 0)
		memmove(unsent->text, unsent->text + sent,
			unsent->length - sent);
	unsent->length -= sent;
	if (!engine->pause_usec)
		sd_event_source_set_io_events(engine->sources[i], EPOLLIN |
					      (unsent->length ? EPOLLOUT : 0));
	if (unsent->length == 0 && engine->ends[i])
		fake_close(engine, fd);
}

static inline void fake_pause(struct fake_engine *engine)
{
	sd_event_source_set_time(engine->pause, clock_monotonic_ns() /
				 NS_PER_USEC + engine->pause_usec);
	sd_event_source_set_enabled(engine->pause, SD_EVENT_ONESHOT);
}

static inline int fake_on_pause_end(sd_event_source *source, uint64_t usec,
				    void *userdata)
{
	struct fake_engine *engine = userdata;
	size_t i;

	(void)source;
	(void)usec;
	fake_pause(engine);
	for (i = 0; i < FAKE_MAX_CONNECTIONS; i++) {
		if (engine->fds[i] >= 0 && engine->unsent[i].length > 0)
			fake_flush(engine, engine->fds[i]);
	}
	return 0;
}

static inline void fake_send(struct fake_engine *engine, int fd,
			     const char *bytes, size_t length)
{
	buffer_add(&engine->unsent[fake_index(engine, fd)], bytes, length);
	if (!engine->pause_usec)
		fake_flush(engine, fd);
}

/* Ends the connection once all is sent. */
static inline void fake_end(struct fake_engine *engine, int fd)
{
	size_t i = fake_index(engine, fd);

	engine->ends[i] = true;
	if (engine->unsent[i].length == 0)
		fake_close(engine, fd);
}

/* A chunk of a chunked answer. */
static inline void fake_chunk(struct fake_engine *engine, int fd,
			      const char *bytes, size_t length)
{
	char head[32];

	snprintf(head, sizeof(head), "%zx\r\n", length);
	fake_send(engine, fd, head, strlen(head));
	fake_send(engine, fd, bytes, length);
	fake_send(engine, fd, "\r\n", 2);
}

static inline void fake_answer(struct fake_engine *engine, int fd, int status,
			       const char *body)
{
	size_t length = strlen(body);
	char head[256];

	snprintf(head, sizeof(head), "HTTP/1.1 %d X\r\nContent-Type: "
		 "application/json\r\nContent-Length: %zu\r\n\r\n", status,
		 length);
	fake_send(engine, fd, head, strlen(head));
	if (engine->cut && engine->cut < length) {
		length = engine->cut;
		engine->ends[fake_index(engine, fd)] = true;
	}
	fake_send(engine, fd, body, length);
}

static inline void fake_begin_events(struct fake_engine *engine, int fd)
{
	struct buffer head = { 0 };
	size_t i;

	for (i = 0; i < engine->informs; i++)
		buffer_puts(&head, "HTTP/1.1 100 X\r\n\r\n");
	buffer_printf(&head, "HTTP/1.1 200 OK\r\nContent-Type: "
		      "application/json\r\nTransfer-Encoding: %schunked\r\n"
		      "\r\n", engine->encoding ?: "");
	fake_send(engine, fd, head.text, head.length);
	buffer_done(&head);
	engine->events = fd;
}

static inline void fake_inspect(struct fake_engine *engine, int fd,
				const char *path)
{
	size_t i;

	engine->nr_inspections++;
	if (engine->nr_refused > 0) {
		engine->nr_refused--;
		fake_answer(engine, fd, 500, "{\"message\":\"busy\"}");
		return;
	}
	for (i = 0; i < COUNT(engine->inspect); i++) {
		if (engine->inspect[i].id &&
		    strstr(path, engine->inspect[i].id)) {
			fake_answer(engine, fd, engine->status ?: 200,
				    engine->inspect[i].body);
			return;
		}
	}
	fake_answer(engine, fd, 404, "{\"message\":\"No such container\"}");
}

/* A slow run makes more requests than fit; only the first ones matter. */
static inline void fake_note(struct fake_engine *engine, const char *method,
			     const char *path)
{
	size_t length = strlen(engine->requests);
	bool gets = strcmp(method, "GET") == 0;

	if (length + strlen(method) + strlen(path) + 3 <=
	    sizeof(engine->requests))
		sprintf(engine->requests + length, "%s%s%s\n",
			gets ? "" : method, gets ? "" : " ", path);
}

static inline void fake_act(struct fake_engine *engine, int fd,
			    const char *method, const char *path)
{
	int status = engine->act ? engine->act(method, path) : 501;
	char body[256] = "";

	if (status >= 400 && engine->message)
		snprintf(body, sizeof(body), "{\"message\":\"%s\"}",
			 engine->message);
	if (status > 0)
		fake_answer(engine, fd, status, body);
	else if (status < 0)
		fake_close(engine, fd);
}

static inline void fake_handle(struct fake_engine *engine, int fd,
			       const char *method, const char *path)
{
	int status = engine->status ?: 200;

	fake_note(engine, method, path);
	if (engine->mute && strstr(path, engine->mute)) {
		engine->muted = fd;
		return;
	}
	if (strcmp(method, "GET") != 0)
		fake_act(engine, fd, method, path);
	else if (strcmp(path, "/version") == 0)
		fake_answer(engine, fd, status, engine->version);
	else if (strstr(path, "/containers/json"))
		fake_answer(engine, fd, status, engine->list);
	else if (strstr(path, "/events?"))
		fake_begin_events(engine, fd);
	else if (strcmp(path, "/_ping") == 0)
		fake_answer(engine, fd, status, "OK");
	else
		fake_inspect(engine, fd, path);
}

static inline int fake_on_request(sd_event_source *source, int fd,
				  uint32_t events, void *userdata)
{
	struct fake_engine *engine = userdata;
	char request[4096], method[16], path[512];
	ssize_t r;

	(void)source;
	if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) {
		fake_flush(engine, fd);
		return 0;
	}
	r = read(fd, request, sizeof(request) - 1);
	if (r <= 0) {
		fake_close(engine, fd);
		return 0;
	}
	request[r] = '\0';
	assert_int_equal(sscanf(request, "%15s %511s", method, path), 2);
	fake_handle(engine, fd, method, path);
	return 0;
}

static inline int fake_on_connect(sd_event_source *source, int listener,
				  uint32_t events, void *userdata)
{
	struct fake_engine *engine = userdata;
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	size_t i = 0;

	(void)source;
	(void)events;
	assert_true(fd >= 0);
	while (engine->fds[i] >= 0)
		assert_true(++i < FAKE_MAX_CONNECTIONS);
	engine->fds[i] = fd;
	assert_true(sd_event_add_io(engine->event, &engine->sources[i], fd,
				    EPOLLIN, fake_on_request, engine) >= 0);
	return 0;
}

static inline void fake_engine_start(struct fake_engine *engine,
				     sd_event *event, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t i;

	engine->event = event;
	engine->events = -1;
	for (i = 0; i < FAKE_MAX_CONNECTIONS; i++)
		engine->fds[i] = -1;
	strcpy(address.sun_path, path);
	unlink(path);
	engine->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(engine->listener, (struct sockaddr *)&address,
			      sizeof(address)), 0);
	assert_int_equal(listen(engine->listener, 16), 0);
	assert_true(sd_event_add_io(event, &engine->io, engine->listener,
				    EPOLLIN, fake_on_connect, engine) >= 0);
	assert_true(sd_event_add_time(event, &engine->pause, CLOCK_MONOTONIC,
				      0, 1000, fake_on_pause_end,
				      engine) >= 0);
	if (!engine->pause_usec)
		sd_event_source_set_enabled(engine->pause, SD_EVENT_OFF);
}

static inline void fake_engine_stop(struct fake_engine *engine)
{
	size_t i;

	if (!engine->io)
		return;
	for (i = 0; i < FAKE_MAX_CONNECTIONS; i++) {
		if (engine->fds[i] >= 0)
			fake_close(engine, engine->fds[i]);
	}
	engine->io = sd_event_source_disable_unref(engine->io);
	engine->pause = sd_event_source_disable_unref(engine->pause);
	close(engine->listener);
}

#endif /* TESTS_UNIT_FAKE_ENGINE_H */
