// SPDX-License-Identifier: GPL-2.0-only
#include "names_client.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/log.h"
#include "base/names_reader.h"
#include "base/unix_socket.h"
#include "base/util.h"

#define MIN_BACKOFF_USEC (100 * 1000)
#define MAX_BACKOFF_USEC (5 * 1000 * 1000)

struct names_client {
	char *path;
	names_client_fn *fn;
	void *userdata;
	sd_event *event;
	sd_event_source *io;
	sd_event_source *retry;
	uint64_t backoff_usec;
	int fd;
	struct names_reader reader;
	int logged_error;
	bool logged_bad;
};

static void report(struct names_client *client)
{
	client->fn(client->reader.connected, client->userdata);
}

/* Logs an error once, not at each attempt. */
static void disconnect(struct names_client *client, int error)
{
	bool was_connected = client->reader.connected;

	client->io = sd_event_source_disable_unref(client->io);
	close_p(&client->fd);
	client->fd = -1;
	names_reader_reset(&client->reader);
	if (error != client->logged_error)
		log_info("%s: %s; container names may be out of date",
			 client->path, strerror(-error));
	client->logged_error = error;
	if (was_connected)
		report(client);
}

static int retry_later(struct names_client *client)
{
	int r = sd_event_source_set_time_relative(client->retry,
						  client->backoff_usec);

	client->backoff_usec *= 2;
	if (client->backoff_usec > MAX_BACKOFF_USEC)
		client->backoff_usec = MAX_BACKOFF_USEC;
	return r < 0 ? r : sd_event_source_set_enabled(client->retry,
						       SD_EVENT_ONESHOT);
}

static void log_bad(struct names_client *client)
{
	if (client->reader.nr_bad == 0 || client->logged_bad)
		return;
	log_warn("%s: invalid message; more of them are not logged",
		 client->path);
	client->logged_bad = true;
}

static void log_complete(struct names_client *client)
{
	log_info("%s: connected", client->path);
	client->logged_error = 0;
	client->backoff_usec = MIN_BACKOFF_USEC;
}

static int read_some(struct names_client *client)
{
	bool was_complete = client->reader.complete;
	char bytes[16 * 1024];
	ssize_t nr_bytes = read(client->fd, bytes, sizeof(bytes));
	int r;

	if (nr_bytes < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (nr_bytes == 0)
		return -ECONNRESET;
	r = names_reader_feed(&client->reader, bytes, (size_t)nr_bytes);
	if (client->reader.complete && !was_complete)
		log_complete(client);
	log_bad(client);
	return r < 0 ? r : client->reader.changed;
}

static int on_io(sd_event_source *source, int fd, uint32_t events,
		 void *userdata)
{
	struct names_client *client = userdata;
	int r = read_some(client);

	(void)source;
	(void)fd;
	(void)events;
	if (r < 0) {
		disconnect(client, r);
		return retry_later(client);
	}
	if (r > 0)
		report(client);
	return 0;
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct names_client *client = userdata;

	(void)source;
	(void)usec;
	client->fd = unix_connect(client->path);
	if (client->fd < 0) {
		disconnect(client, client->fd);
		return retry_later(client);
	}
	return sd_event_add_io(client->event, &client->io, client->fd, EPOLLIN,
			       on_io, client);
}

int names_client_new(sd_event *event, const char *path, struct names *names,
		     names_client_fn *fn, void *userdata,
		     struct names_client **ret)
{
	struct names_client *client = calloc(1, sizeof(*client));
	int r;

	if (!client)
		return -ENOMEM;
	client->event = sd_event_ref(event);
	client->reader.names = names;
	client->fn = fn;
	client->userdata = userdata;
	client->fd = -1;
	client->backoff_usec = MIN_BACKOFF_USEC;
	client->path = strdup(path);
	r = client->path ? 0 : -ENOMEM;
	if (r == 0)
		r = sd_event_add_time(event, &client->retry, CLOCK_MONOTONIC,
				      0, 0, on_retry, client);
	if (r < 0) {
		names_client_free(client);
		return r;
	}
	*ret = client;
	return 0;
}

void names_client_free(struct names_client *client)
{
	if (!client)
		return;
	sd_event_source_disable_unref(client->io);
	sd_event_source_disable_unref(client->retry);
	sd_event_unref(client->event);
	close_p(&client->fd);
	names_reader_reset(&client->reader);
	free(client->path);
	free(client);
}
