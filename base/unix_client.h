/* SPDX-License-Identifier: GPL-2.0-only */
/* Client of a unix socket in the event loop; reconnects by itself */
#ifndef BASE_UNIX_CLIENT_H
#define BASE_UNIX_CLIENT_H

#include <stdbool.h>

#include <systemd/sd-event.h>

#include "buffer.h"

/**
 * struct unix_client_fns - what to call; they may send, but must not free the
 * client
 * @received: bytes from the server; a negative errno drops the connection
 * @lost: the connection was lost, or could not be made; @is_news: the error is
 *	not the same as last time
 */
struct unix_client_fns {
	int (*received)(const char *bytes, size_t nr_bytes, void *userdata);
	void (*lost)(int error, bool is_news, void *userdata);
	void *userdata;
};

/** struct unix_client - opaque */
struct unix_client;

/**
 * unix_client_new() - connect, and reconnect when the connection is lost
 *
 * Retries after 0.1 s at first, and every 5 s in the end.
 */
int unix_client_new(sd_event *event, const char *path,
		    const struct unix_client_fns *fns,
		    struct unix_client **ret);
void unix_client_free(struct unix_client *client);

/** unix_client_path() - path of the socket */
const char *unix_client_path(const struct unix_client *client);

/**
 * unix_client_works() - the server is the right one: reset the retry interval
 */
void unix_client_works(struct unix_client *client);

/**
 * unix_client_send() - send all of @bytes as soon as possible
 * @max_unsent_bytes: limit for what is still unsent from earlier calls
 *
 * Never blocks. Returns -ENOTCONN without a connection, -ENOBUFS if the server
 * does not read fast enough, -ENOMEM.
 */
int unix_client_send(struct unix_client *client, const struct buffer *bytes,
		     size_t max_unsent_bytes);

#endif /* BASE_UNIX_CLIENT_H */
