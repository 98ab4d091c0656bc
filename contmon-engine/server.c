// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients send nothing; the mode of the socket controls who may connect. The
 * data buffered for a client is bounded. A client that falls further behind
 * gets the whole list again, piece by piece as it reads: it may miss
 * intermediate states, but never the current one. So a client that does not
 * read costs little, and need not be dropped.
 *
 * When there are too many clients, the user with the most loses the oldest one.
 */
#include "server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/log.h"
#include "base/names_protocol.h"
#include "base/trouble.h"
#include "base/util.h"
#include "listener.h"

/* contmond, and each contmon top */
#define MAX_CLIENTS 64

/* How far the list is written ahead, and how many bytes of changes are kept */
#define AHEAD_BYTES (32 * 1024)
#define MAX_UNSENT_BYTES (128 * 1024)

/* Live containers come first in the list: most clients need only them. */
enum listing { LISTING_LIVING, LISTING_ENDED, LISTING_DONE };

struct client {
	struct engine_server *server;
	int fd;
	uid_t uid;
	uint64_t number;	/* smaller for older clients */
	sd_event_source *io;
	struct buffer unsent;
	size_t sent;		/* bytes of @unsent that were sent */
	bool in_line;		/* the last line sent is incomplete */
	bool full;		/* the socket accepts no more for now */
	enum listing listing;
	struct table_place last;	/* written from the list */
};

struct engine_server {
	sd_event *event;
	struct listener listener;
	struct engine_table *table;
	engine_server_fn *describe;
	void *describes;
	struct client *clients[MAX_CLIENTS];
	uint64_t nr_accepted;
	struct trouble dropped;
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
	sd_event_source_disable_unref(client->io);
	close_p(&client->fd);
	buffer_done(&client->unsent);
	free(client);
}

static size_t unsent_bytes(const struct client *client)
{
	return client->unsent.length - client->sent;
}

static size_t describe(const struct engine_server *server,
		       struct name_engine ret[NAME_ENGINES_MAX])
{
	return server->describe(ret, server->describes);
}

static void write_engines(struct client *client)
{
	struct name_engine all[NAME_ENGINES_MAX];
	size_t nr = describe(client->server, all);

	names_write_engines(&client->unsent, all, nr);
}

static void write_connected(struct client *client)
{
	struct name_engine all[NAME_ENGINES_MAX];
	size_t nr = describe(client->server, all);
	const char *summary = name_engines_summary(all, nr);

	names_write_engine(&client->unsent, strcmp(summary, "connected") == 0);
}

static bool any_is_listed(const struct engine_server *server)
{
	struct name_engine all[NAME_ENGINES_MAX];
	size_t i, nr = describe(server, all);

	for (i = 0; i < nr; i++) {
		if (all[i].listed)
			return true;
	}
	return false;
}

/* Writes the next part of the list. */
static void continue_list(struct client *client)
{
	const struct engine_table *table = client->server->table;
	const struct table_entry *entry;

	while (client->listing != LISTING_DONE &&
	       unsent_bytes(client) < AHEAD_BYTES && !client->unsent.failed) {
		entry = engine_table_next(table, &client->last,
					  client->listing == LISTING_LIVING);
		if (entry) {
			buffer_puts(&client->unsent, entry->line);
			table_place_of(entry, &client->last);
			continue;
		}
		client->listing++;
		client->last = (struct table_place){ 0 };
		if (client->listing == LISTING_DONE) {
			write_engines(client);
			names_write_sync(&client->unsent);
			write_connected(client);
		}
	}
}

/* No containers are sent until the list of some engine is complete. */
static void begin_list(struct client *client)
{
	client->listing = LISTING_DONE;
	client->last = (struct table_place){ 0 };
	if (!any_is_listed(client->server)) {
		write_engines(client);
		write_connected(client);
		return;
	}
	names_write_reset(&client->unsent);
	client->listing = LISTING_LIVING;
}

/*
 * Drops unsent data, except for the rest of a partly sent line, and starts
 * over.
 */
static void begin_list_again(struct client *client)
{
	struct buffer *unsent = &client->unsent;
	const char *from = unsent->text + client->sent;
	const char *end = client->in_line ? strchr(from, '\n') : NULL;
	struct buffer rest = { 0 };

	if (end)
		buffer_add(&rest, from, (size_t)(end + 1 - from));
	buffer_done(unsent);
	*unsent = rest;
	client->sent = 0;
	begin_list(client);
}

static void forget_sent(struct client *client)
{
	struct buffer *unsent = &client->unsent;

	if (client->sent < unsent->length && client->sent < AHEAD_BYTES)
		return;
	unsent->length -= client->sent;
	memmove(unsent->text, unsent->text + client->sent, unsent->length);
	client->sent = 0;
}

/* Sends what can be sent now. Returns an error if the connection is lost. */
static int flush(struct client *client)
{
	ssize_t r;

	client->full = false;
	for (;;) {
		continue_list(client);
		if (client->unsent.failed)
			return -ENOMEM;
		if (unsent_bytes(client) == 0)
			break;
		r = send(client->fd, client->unsent.text + client->sent,
			 unsent_bytes(client), MSG_NOSIGNAL);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0 && errno != EAGAIN)
			return -errno;
		if (r < 0) {
			client->full = true;
			break;
		}
		client->sent += (size_t)r;
		client->in_line = client->unsent.text[client->sent - 1] != '\n';
		forget_sent(client);
	}
	return sd_event_source_set_io_events(client->io,
					     client->full ? EPOLLOUT : 0);
}

/* Call after something was written for the client; may drop it. */
static void push(struct client *client)
{
	if (unsent_bytes(client) > MAX_UNSENT_BYTES)
		begin_list_again(client);
	if (client->unsent.failed || (!client->full && flush(client) < 0))
		drop(client);
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

/* Connections */

static size_t nr_of_user(const struct engine_server *server, uid_t uid)
{
	size_t i, nr = 0;

	for (i = 0; i < MAX_CLIENTS; i++)
		nr += server->clients[i] && server->clients[i]->uid == uid;
	return nr;
}

/* Is @a dropped before @b to make room for a client of @uid? */
static bool goes_before(const struct client *a, const struct client *b,
			uid_t uid)
{
	size_t nr_a = nr_of_user(a->server, a->uid) + (a->uid == uid);
	size_t nr_b = nr_of_user(b->server, b->uid) + (b->uid == uid);

	return nr_a != nr_b ? nr_a > nr_b : a->number < b->number;
}

static void drop_one(struct engine_server *server, uid_t uid)
{
	struct client *victim = server->clients[0];
	size_t i;

	for (i = 1; i < MAX_CLIENTS; i++) {
		if (goes_before(server->clients[i], victim, uid))
			victim = server->clients[i];
	}
	if (trouble_is_due(&server->dropped))
		log_warn("more than %d clients: dropped the oldest of user %u",
			 MAX_CLIENTS, (unsigned int)victim->uid);
	drop(victim);
}

static size_t find_place(struct engine_server *server, uid_t uid)
{
	size_t i;

	for (i = 0; i < MAX_CLIENTS; i++) {
		if (!server->clients[i])
			return i;
	}
	drop_one(server, uid);
	return find_place(server, uid);
}

static int on_connect(int fd, const struct ucred *peer, void *userdata)
{
	struct engine_server *server = userdata;
	struct client *client = calloc(1, sizeof(*client));
	int r;

	if (!client)
		return -ENOMEM;
	client->server = server;
	client->uid = peer->uid;
	client->number = server->nr_accepted++;
	r = sd_event_add_io(server->event, &client->io, fd, 0, on_client,
			    client);
	if (r < 0) {
		free(client);
		return r;
	}
	client->fd = fd;
	server->clients[find_place(server, peer->uid)] = client;
	names_write_hello(&client->unsent);
	begin_list(client);
	push(client);
	return 1;
}

/* Changes */

/* Will the list that is still being written include the entry? */
static bool comes_later(const struct client *client,
			const struct table_entry *entry)
{
	switch (client->listing) {
	case LISTING_LIVING:
		return !entry->alive || table_is_after(entry, &client->last);
	case LISTING_ENDED:
		return !entry->alive && table_is_after(entry, &client->last);
	default:
		return false;
	}
}

static void on_changed(const struct table_entry *entry, void *userdata)
{
	struct engine_server *server = userdata;
	size_t i;

	for (i = 0; i < MAX_CLIENTS; i++) {
		struct client *client = server->clients[i];

		if (!client || comes_later(client, entry))
			continue;
		buffer_puts(&client->unsent, entry->line);
		push(client);
	}
}

static void on_removed(const char *id, const char *engine, void *userdata)
{
	struct engine_server *server = userdata;
	size_t i;

	for (i = 0; i < MAX_CLIENTS; i++) {
		if (!server->clients[i])
			continue;
		names_write_remove(&server->clients[i]->unsent, id, engine);
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
		begin_list_again(server->clients[i]);
		push(server->clients[i]);
	}
}

/* Clients that are still getting the list get the descriptions at its end. */
void engine_server_tell(struct engine_server *server)
{
	size_t i;

	for (i = 0; i < MAX_CLIENTS; i++) {
		struct client *client = server->clients[i];

		if (!client || client->listing != LISTING_DONE)
			continue;
		write_engines(client);
		write_connected(client);
		push(client);
	}
}

/* The socket */

int engine_server_new(sd_event *event, const char *path,
		      struct engine_table *table, engine_server_fn *fn,
		      void *userdata, struct engine_server **ret)
{
	struct engine_server *server = calloc(1, sizeof(*server));
	const struct table_listener listener = { on_changed, on_removed,
						 on_replaced, server };
	int r;

	if (!server)
		return -ENOMEM;
	server->event = sd_event_ref(event);
	server->table = table;
	server->describe = fn;
	server->describes = userdata;
	r = listener_open(&server->listener, event, path, on_connect, server);
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
	static const struct table_listener none;
	size_t i;

	if (!server)
		return;
	engine_table_listen(server->table, &none);
	for (i = 0; i < MAX_CLIENTS; i++) {
		if (server->clients[i])
			drop(server->clients[i]);
	}
	listener_close(&server->listener);
	sd_event_unref(server->event);
	free(server);
}
