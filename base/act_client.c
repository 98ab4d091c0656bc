// SPDX-License-Identifier: GPL-2.0-only
#include "act_client.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "lines.h"
#include "log.h"
#include "unix_socket.h"
#include "util.h"

#define MIN_BACKOFF_USEC (100 * 1000)
#define MAX_BACKOFF_USEC (5 * 1000 * 1000)
#define MAX_UNSENT_BYTES (256 * 1024)

struct act_client {
	char *path;
	struct act_client_fns fns;
	sd_event *event;
	sd_event_source *io;
	sd_event_source *retry;
	uint64_t backoff_usec;
	int fd;
	bool ready;		/* the hello has come */
	struct lines lines;
	struct buffer unsent;
	int logged_error;
	bool logged_bad;
};

/* The connection */

/* Logs an error once, not at each attempt. That it is off is no error. */
static void log_lost(struct act_client *client, int error)
{
	if (error != client->logged_error && error != -ENOENT)
		log_info("%s: %s", client->path, strerror(-error));
	client->logged_error = error;
}

static int disconnect(struct act_client *client, int error)
{
	bool was_ready = client->ready;
	int r;

	client->io = sd_event_source_disable_unref(client->io);
	close_p(&client->fd);
	client->fd = -1;
	client->ready = false;
	lines_reset(&client->lines);
	buffer_done(&client->unsent);
	log_lost(client, error);
	r = sd_event_source_set_time_relative(client->retry,
					      client->backoff_usec);
	if (r >= 0)
		r = sd_event_source_set_enabled(client->retry,
						SD_EVENT_ONESHOT);
	client->backoff_usec *= 2;
	if (client->backoff_usec > MAX_BACKOFF_USEC)
		client->backoff_usec = MAX_BACKOFF_USEC;
	if (was_ready)
		client->fns.connected(NULL, client->fns.userdata);
	return r;
}

/* Reading */

static int greet(struct act_client *client, const struct act_answer *hello)
{
	if (hello->version != ACT_VERSION)
		return -EPROTO;
	client->ready = true;
	client->logged_error = 0;
	client->backoff_usec = MIN_BACKOFF_USEC;
	log_info("%s: connected", client->path);
	client->fns.connected(hello, client->fns.userdata);
	return 0;
}

static int on_line(const char *line, size_t length, void *userdata)
{
	struct act_client *client = userdata;
	struct act_answer answer;
	struct json_t *json;
	int r = act_read_answer(line, length, &answer, &json);

	if (r < 0) {
		if (!client->logged_bad)
			log_warn("%s: invalid message; more of them are not "
				 "logged", client->path);
		client->logged_bad = true;
		return 0;
	}
	if (answer.kind == ACT_HELLO)
		r = greet(client, &answer);
	else if (answer.kind != ACT_MESSAGE_UNKNOWN)
		client->fns.answered(&answer, client->fns.userdata);
	json_decref(json);
	return r;
}

static int read_some(struct act_client *client)
{
	char bytes[16 * 1024];
	ssize_t nr_bytes = read(client->fd, bytes, sizeof(bytes));

	if (nr_bytes < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (nr_bytes == 0)
		return -ECONNRESET;
	return lines_feed(&client->lines, bytes, (size_t)nr_bytes,
			  ACT_LINE_MAX, on_line, client);
}

/* Writing */

static int flush(struct act_client *client)
{
	int r = unix_send(client->fd, &client->unsent);

	return r < 0 ? r : sd_event_source_set_io_events(client->io, EPOLLIN |
		(client->unsent.length ? EPOLLOUT : 0));
}

/* What it sent before it closed the connection is read first. */
static int on_io(sd_event_source *source, int fd, uint32_t events,
		 void *userdata)
{
	struct act_client *client = userdata;
	int r = 0;

	(void)source;
	(void)fd;
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		r = read_some(client);
	if (r >= 0)
		r = flush(client);
	return r < 0 ? disconnect(client, r) : 0;
}

int act_client_send(struct act_client *client,
		    const struct act_request *request)
{
	if (!client->ready)
		return -ENOTCONN;
	if (client->unsent.length > MAX_UNSENT_BYTES)
		return -ENOBUFS;
	act_write_request(&client->unsent, request);
	if (client->unsent.failed)
		return -ENOMEM;
	return sd_event_source_set_io_events(client->io, EPOLLIN | EPOLLOUT);
}

bool act_client_ready(const struct act_client *client)
{
	return client->ready;
}

/* Life */

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct act_client *client = userdata;
	int r;

	(void)source;
	(void)usec;
	client->fd = unix_connect(client->path);
	if (client->fd < 0)
		return disconnect(client, client->fd);
	r = sd_event_add_io(client->event, &client->io, client->fd, EPOLLIN,
			    on_io, client);
	return r < 0 ? disconnect(client, r) : 0;
}

int act_client_new(sd_event *event, const char *path,
		   const struct act_client_fns *fns, struct act_client **ret)
{
	struct act_client *client = calloc(1, sizeof(*client));
	int r;

	if (!client)
		return -ENOMEM;
	client->event = sd_event_ref(event);
	client->fns = *fns;
	client->fd = -1;
	client->backoff_usec = MIN_BACKOFF_USEC;
	client->path = strdup(path);
	r = client->path ? 0 : -ENOMEM;
	if (r == 0)
		r = sd_event_add_time(event, &client->retry, CLOCK_MONOTONIC,
				      0, 0, on_retry, client);
	if (r < 0) {
		act_client_free(client);
		return r;
	}
	*ret = client;
	return 0;
}

void act_client_free(struct act_client *client)
{
	if (!client)
		return;
	sd_event_source_disable_unref(client->io);
	sd_event_source_disable_unref(client->retry);
	sd_event_unref(client->event);
	close_p(&client->fd);
	lines_reset(&client->lines);
	buffer_done(&client->unsent);
	free(client->path);
	free(client);
}
