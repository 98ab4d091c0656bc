// SPDX-License-Identifier: GPL-2.0-only
#include "http_clients.h"

#include <stdlib.h>
#include <sys/socket.h>

static void unlink_client(struct http_clients *clients,
			  struct http_client *client)
{
	if (client->earlier)
		client->earlier->later = client->later;
	else
		clients->first = client->later;
	if (client->later)
		client->later->earlier = client->earlier;
	else
		clients->last = client->earlier;
}

static void append(struct http_clients *clients, struct http_client *client)
{
	client->earlier = clients->last;
	client->later = NULL;
	if (clients->last)
		clients->last->later = client;
	else
		clients->first = client;
	clients->last = client;
}

/* libmicrohttpd closes a socket that was shut down. */
static void shut_down(struct http_clients *clients, struct http_client *client,
		      int how)
{
	if (client->fd < 0)
		return;
	shutdown(client->fd, how);
	client->fd = -1;
	clients->nr--;
}

/* A busy client is shut down only if all are busy. */
static void make_room(struct http_clients *clients)
{
	struct http_client *client, *victim = NULL;

	for (client = clients->first; client; client = client->later) {
		if (client->fd < 0)
			continue;
		if (!victim)
			victim = client;
		if (!client->is_busy) {
			victim = client;
			break;
		}
	}
	if (victim)
		shut_down(clients, victim, SHUT_RDWR);
}

struct http_client *http_clients_add(struct http_clients *clients, int fd)
{
	struct http_client *client = calloc(1, sizeof(*client));

	if (!client)
		return NULL;
	client->fd = fd;
	if (clients->nr >= HTTP_MAX_CLIENTS)
		make_room(clients);
	append(clients, client);
	clients->nr++;
	return client;
}

void http_clients_remove(struct http_clients *clients,
			 struct http_client *client)
{
	if (!client)
		return;
	unlink_client(clients, client);
	clients->nr -= client->fd >= 0;
	clients->nr_busy -= client->is_busy;
	free(client);
}

void http_clients_busy(struct http_clients *clients,
		       struct http_client *client, bool is_busy)
{
	if (!client || client->is_busy == is_busy)
		return;
	client->is_busy = is_busy;
	clients->nr_busy += is_busy ? 1 : (size_t)-1;
	unlink_client(clients, client);
	append(clients, client);
}

static bool has_unread(const struct http_client *client)
{
	char byte;

	return client->fd >= 0 &&
	       recv(client->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/*
 * Requests that have arrived can still be answered. If libmicrohttpd has read
 * one, only the direction of requests is shut down. If it has not read it yet,
 * nothing is shut down, because libmicrohttpd would then miss its end.
 */
void http_clients_dismiss(struct http_clients *clients)
{
	struct http_client *client;

	for (client = clients->first; client; client = client->later) {
		if (!client->is_busy && !has_unread(client))
			shut_down(clients, client, SHUT_RD);
	}
}
