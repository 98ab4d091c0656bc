/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The connections of the HTTP server. When there are too many, the one that has
 * been idle for the longest time is shut down, so clients that connect and send
 * nothing cannot keep others out. The lock is in http.c.
 */
#ifndef CONTMOND_SERVE_HTTP_CLIENTS_H
#define CONTMOND_SERVE_HTTP_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>

#define HTTP_MAX_CLIENTS 256

/**
 * struct http_client - one connection
 * @fd: its socket, which libmicrohttpd closes
 * @is_busy: its request is being answered
 */
struct http_client {
	struct http_client *earlier;
	struct http_client *later;
	int fd;
	bool is_busy;
};

/**
 * struct http_clients - zero-initialise
 * @first: list in the order of last activity
 * @nr: number of clients that were not shut down
 */
struct http_clients {
	struct http_client *first;
	struct http_client *last;
	size_t nr;
	size_t nr_busy;
};

/** http_clients_add() - add a connection; may shut down another */
struct http_client *http_clients_add(struct http_clients *clients, int fd);

/** http_clients_remove() - a connection was closed; @client may be NULL */
void http_clients_remove(struct http_clients *clients,
			 struct http_client *client);

/** http_clients_busy() - a request has arrived, or its answer has been sent */
void http_clients_busy(struct http_clients *clients,
		       struct http_client *client, bool is_busy);

/**
 * http_clients_dismiss() - accept no more requests from clients that are not
 * busy
 */
void http_clients_dismiss(struct http_clients *clients);

#endif /* CONTMOND_SERVE_HTTP_CLIENTS_H */
