// SPDX-License-Identifier: GPL-2.0-only
#include "unix_client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "unix_socket.h"
#include "util.h"

#define MIN_BACKOFF_USEC (100 * 1000)
#define MAX_BACKOFF_USEC (5 * 1000 * 1000)

/* @last_error: error of the last attempt; 0 after a connection that worked */
struct unix_client {
	char *path;
	struct unix_client_fns fns;
	sd_event *event;
	sd_event_source *io;
	sd_event_source *retry;
	uint64_t backoff_usec;
	int fd;
	struct buffer unsent;
	int last_error;
};

static int retry_later(struct unix_client *client)
{
	int r = sd_event_source_set_time_relative(client->retry,
						  client->backoff_usec);

	client->backoff_usec *= 2;
	if (client->backoff_usec > MAX_BACKOFF_USEC)
		client->backoff_usec = MAX_BACKOFF_USEC;
	return r < 0 ? r : sd_event_source_set_enabled(client->retry,
						       SD_EVENT_ONESHOT);
}

static int disconnect(struct unix_client *client, int error)
{
	bool is_news = error != client->last_error;

	client->io = sd_event_source_disable_unref(client->io);
	close_p(&client->fd);
	client->fd = -1;
	buffer_done(&client->unsent);
	client->last_error = error;
	client->fns.lost(error, is_news, client->fns.userdata);
	return retry_later(client);
}

static int read_some(struct unix_client *client)
{
	char bytes[16 * 1024];
	ssize_t nr_bytes = read(client->fd, bytes, sizeof(bytes));

	if (nr_bytes < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (nr_bytes == 0)
		return -ECONNRESET;
	return client->fns.received(bytes, (size_t)nr_bytes,
				    client->fns.userdata);
}

static int flush(struct unix_client *client)
{
	int r = unix_send(client->fd, &client->unsent);

	return r < 0 ? r : sd_event_source_set_io_events(client->io, EPOLLIN |
		(client->unsent.length ? EPOLLOUT : 0));
}

/* Reads what the server sent before it closed the connection. */
static int on_io(sd_event_source *source, int fd, uint32_t events,
		 void *userdata)
{
	struct unix_client *client = userdata;
	int r = 0;

	(void)source;
	(void)fd;
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
		r = read_some(client);
	if (r >= 0)
		r = flush(client);
	return r < 0 ? disconnect(client, r) : 0;
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct unix_client *client = userdata;
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

const char *unix_client_path(const struct unix_client *client)
{
	return client->path;
}

void unix_client_works(struct unix_client *client)
{
	client->last_error = 0;
	client->backoff_usec = MIN_BACKOFF_USEC;
}

int unix_client_send(struct unix_client *client, const struct buffer *bytes,
		     size_t max_unsent_bytes)
{
	if (!client->io)
		return -ENOTCONN;
	if (client->unsent.length > max_unsent_bytes)
		return -ENOBUFS;
	buffer_append(&client->unsent, bytes);
	if (client->unsent.failed)
		return -ENOMEM;
	return sd_event_source_set_io_events(client->io, EPOLLIN | EPOLLOUT);
}

int unix_client_new(sd_event *event, const char *path,
		    const struct unix_client_fns *fns,
		    struct unix_client **ret)
{
	struct unix_client *client = calloc(1, sizeof(*client));
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
		unix_client_free(client);
		return r;
	}
	*ret = client;
	return 0;
}

void unix_client_free(struct unix_client *client)
{
	if (!client)
		return;
	sd_event_source_disable_unref(client->io);
	sd_event_source_disable_unref(client->retry);
	sd_event_unref(client->event);
	close_p(&client->fd);
	buffer_done(&client->unsent);
	free(client->path);
	free(client);
}
