/* SPDX-License-Identifier: GPL-2.0-only */
/* Client of a unix socket in the event loop, which reconnects by itself. */
#ifndef BASE_UNIX_CLIENT_H
#define BASE_UNIX_CLIENT_H

#include <stdbool.h>

#include <systemd/sd-event.h>

#include "buffer.h"

/**
 * struct unix_client_fns - what to call; they may send, but must not free it
 * @received: bytes of the server; with a negative errno the connection is lost
 * @lost: a connection is lost, or could not be made; @is_news: the error is
 *	another one than the last time
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
 * At first after 0.1 s, at last every 5 s.
 */
int unix_client_new(sd_event *event, const char *path,
		    const struct unix_client_fns *fns,
		    struct unix_client **ret);
void unix_client_free(struct unix_client *client);

/** unix_client_path() - of its socket */
const char *unix_client_path(const struct unix_client *client);

/** unix_client_works() - the server is the right one: begin intervals anew */
void unix_client_works(struct unix_client *client);

/**
 * unix_client_send() - send all of @bytes, as soon as it is possible
 * @max_unsent_bytes: of what was not sent before
 *
 * Never blocks. Returns -ENOTCONN without a connection, -ENOBUFS when the
 * server does not read, -ENOMEM.
 */
int unix_client_send(struct unix_client *client, const struct buffer *bytes,
		     size_t max_unsent_bytes);

#endif /* BASE_UNIX_CLIENT_H */
