/* SPDX-License-Identifier: GPL-2.0-only */
/* A listening unix socket */
#ifndef CONTMON_ENGINE_LISTENER_H
#define CONTMON_ENGINE_LISTENER_H

#include <sys/socket.h>

#include <systemd/sd-event.h>

/**
 * listener_fn - a client has connected
 * @peer: the process and its user
 *
 * Returns 1 if it keeps @fd, 0 if the client was refused, or an error, which is
 * logged.
 */
typedef int listener_fn(int fd, const struct ucred *peer, void *userdata);

/** struct listener - zero-initialise; @path is used in messages */
struct listener {
	char *path;
	int fd;
	sd_event_source *io;
	listener_fn *fn;
	void *userdata;
};

/**
 * listener_open() - create a socket of mode 0660, and call @fn for each client
 *
 * Replaces a socket that an earlier process left behind. @listener must not
 * move.
 */
int listener_open(struct listener *listener, sd_event *event,
		  const char *path, listener_fn *fn, void *userdata);

/**
 * listener_close() - also removes the socket; may follow a failed
 * listener_open()
 */
void listener_close(struct listener *listener);

#endif /* CONTMON_ENGINE_LISTENER_H */
