// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nothing is read from clients: the mode of the socket says who may know. What
 * clients do not take is kept for them up to a bound, of which each has the same
 * share. One that is slower than that is dropped; when it connects again it gets
 * a complete list.
 */
#include "server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/log.h"
#include "base/util.h"

/* contmond, and each contmon top */
#define MAX_CLIENTS 64
#define MAX_UNSENT_BYTES (128 * 1024 * 1024)	/* half of the unit's MemoryMax */
#define BACKLOG 16

struct client {
	struct engine_server *server;
	int fd;
	sd_event_source *io;
	struct buffer unsent;
	size_t sent;		/* of it */
	bool full;		/* its socket, until the loop says otherwise */
};

struct engine_server {
	sd_event *event;
	sd_event_source *io;
	int fd;
	char *path;
	struct engine_table *table;
	bool connected;
	struct client *clients[MAX_CLIENTS];
	size_t nr_clients;
};

/* Clients */

static void drop(struct client *client)
{
	struct engine_server *server = client->server;
	size_t i;

	for (i = 0; i < MAX_CLIENTS; i++) {
		if (server->clients[i] == client)
			server->clients[i] = NULL;
	}
	server->nr_clients--;
	sd_event_source_disable_unref(client->io);
	close_p(&client->fd);
	buffer_done(&client->unsent);
	free(client);
}

/* Send what can be sent now. Returns an error when the client is lost. */
static int flush(struct client *client)
{
	struct buffer *unsent = &client->unsent;
	uint32_t events = 0;
	ssize_t r;

	while (client->sent < unsent->length) {
		r = send(client->fd, unsent->text + client->sent,
			 unsent->length - client->sent, MSG_NOSIGNAL);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0 && errno != EAGAIN)
			return -errno;
		if (r < 0) {
			events = EPOLLOUT;
			break;
		}
		client->sent += (size_t)r;
	}
	client->full = events != 0;
	if (!client->full) {
		buffer_done(unsent);
		client->sent = 0;
	}
	return sd_event_source_set_io_events(client->io, events);
}

/* After something was added: send it, or drop a client that is too slow. */
static void push(struct client *client)
{
	size_t left = client->unsent.length - client->sent;
	size_t share = MAX_UNSENT_BYTES / client->server->nr_clients;

	if (client->unsent.failed || left > share) {
		log_warn("a client was too slow and is dropped");
		drop(client);
	} else if (!client->full && flush(client) < 0) {
		drop(client);
	}
}

static void add_connected(struct client *client)
{
	names_write_engine(&client->unsent, client->server->connected);
}

/* Before there is a list there is nothing that a client should believe. */
static void add_all(struct client *client)
{
	const struct engine_table *table = client->server->table;
	size_t i;

	if (!engine_table_complete(table))
		return;
	names_write_reset(&client->unsent);
	for (i = 0; i < engine_table_nr(table); i++)
		buffer_puts(&client->unsent, engine_table_record(table, i));
	names_write_sync(&client->unsent);
}

static int on_client(sd_event_source *source, int fd, uint32_t events,
		     void *userdata)
{
	struct client *client = userdata;

	(void)source;
	(void)fd;
	if (events & (EPOLLHUP | EPOLLERR) || flush(client) < 0)
		drop(client);
	return 0;
}

static int welcome(struct engine_server *server, size_t place, int fd)
{
	struct client *client = calloc(1, sizeof(*client));
	int r;

	if (!client) {
		close(fd);
		return -ENOMEM;
	}
	client->server = server;
	client->fd = fd;
	server->clients[place] = client;
	server->nr_clients++;
	r = sd_event_add_io(server->event, &client->io, fd, 0, on_client,
			    client);
	if (r < 0) {
		drop(client);
		return r;
	}
	names_write_hello(&client->unsent);
	add_all(client);
	add_connected(client);
	push(client);
	return 0;
}

static int on_connect(sd_event_source *source, int listener, uint32_t events,
		      void *userdata)
{
	struct engine_server *server = userdata;
	size_t i = 0;
	int fd, r;

	(void)source;
	(void)events;
	fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0)
		return 0;
	while (i < MAX_CLIENTS && server->clients[i])
		i++;
	if (i == MAX_CLIENTS) {
		log_warn("more than %d clients", MAX_CLIENTS);
		close(fd);
		return 0;
	}
	r = welcome(server, i, fd);
	if (r < 0)
		log_warn("cannot serve a client: %s", strerror(-r));
	return 0;
}

/* Changes */

static void on_changed(const char *line, void *userdata)
{
	struct engine_server *server = userdata;
	size_t i;

	for (i = 0; i < MAX_CLIENTS; i++) {
		if (!server->clients[i])
			continue;
		buffer_puts(&server->clients[i]->unsent, line);
		push(server->clients[i]);
	}
}

static void on_replaced(void *userdata)
{
	struct engine_server *server = userdata;
	size_t i;

	for (i = 0; i < MAX_CLIENTS; i++) {
		if (!server->clients[i])
			continue;
		add_all(server->clients[i]);
		push(server->clients[i]);
	}
}

void engine_server_set_connected(struct engine_server *server, bool connected)
{
	size_t i;

	if (server->connected == connected)
		return;
	server->connected = connected;
	for (i = 0; i < MAX_CLIENTS; i++) {
		if (!server->clients[i])
			continue;
		add_connected(server->clients[i]);
		push(server->clients[i]);
	}
}

/* The socket */

static int bind_to(int fd, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t old_mask;
	int r;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	if (unlink(path) < 0 && errno != ENOENT)
		return -errno;
	/* By the mask, so that there is no moment at which it is open to all. */
	old_mask = umask(0117);
	r = bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ?
		-errno : 0;
	umask(old_mask);
	return r;
}

static int listen_on(struct engine_server *server, const char *path)
{
	int r;

	server->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
			    0);
	if (server->fd < 0)
		return -errno;
	r = bind_to(server->fd, path);
	if (r < 0)
		return r;
	server->path = strdup(path);
	if (!server->path)
		return -ENOMEM;
	if (listen(server->fd, BACKLOG) < 0)
		return -errno;
	return sd_event_add_io(server->event, &server->io, server->fd, EPOLLIN,
			       on_connect, server);
}

int engine_server_new(sd_event *event, const char *path,
		      struct engine_table *table, struct engine_server **ret)
{
	struct engine_server *server = calloc(1, sizeof(*server));
	const struct table_listener listener = { on_changed, on_replaced,
						 server };
	int r;

	if (!server)
		return -ENOMEM;
	server->event = sd_event_ref(event);
	server->table = table;
	server->fd = -1;
	r = listen_on(server, path);
	if (r < 0) {
		engine_server_free(server);
		return r;
	}
	engine_table_listen(table, &listener);
	*ret = server;
	return 0;
}

void engine_server_free(struct engine_server *server)
{
	static const struct table_listener nobody;
	size_t i;

	if (!server)
		return;
	engine_table_listen(server->table, &nobody);
	for (i = 0; i < MAX_CLIENTS; i++) {
		if (server->clients[i])
			drop(server->clients[i]);
	}
	sd_event_source_disable_unref(server->io);
	close_p(&server->fd);
	if (server->path)
		unlink(server->path);
	free(server->path);
	sd_event_unref(server->event);
	free(server);
}
