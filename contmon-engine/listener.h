/* SPDX-License-Identifier: GPL-2.0-only */
/* A socket that clients connect to. */
#ifndef CONTMON_ENGINE_LISTENER_H
#define CONTMON_ENGINE_LISTENER_H

#include <systemd/sd-event.h>

/** struct listener - zero-initialise; @path: for messages */
struct listener {
	char *path;
	int fd;
	sd_event_source *io;
};

/**
 * listener_open() - make a socket of mode 0660, and call @fn for each client
 *
 * Replaces one that an earlier process left behind.
 */
int listener_open(struct listener *listener, sd_event *event,
		  const char *path, sd_event_io_handler_t fn, void *userdata);

/** listener_close() - also removes the socket; after a failure, too */
void listener_close(struct listener *listener);

#endif /* CONTMON_ENGINE_LISTENER_H */
