// SPDX-License-Identifier: GPL-2.0-only
#include "listener.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/unix_socket.h"

int listener_open(struct listener *listener, sd_event *event,
		  const char *path, sd_event_io_handler_t fn, void *userdata)
{
	int r;

	listener->fd = unix_listen(path);
	if (listener->fd < 0)
		return listener->fd;
	listener->path = strdup(path);
	if (!listener->path) {
		close(listener->fd);
		return -ENOMEM;
	}
	r = sd_event_add_io(event, &listener->io, listener->fd, EPOLLIN, fn,
			    userdata);
	if (r < 0)
		listener_close(listener);
	return r;
}

/* Without @path there is no socket. */
void listener_close(struct listener *listener)
{
	listener->io = sd_event_source_disable_unref(listener->io);
	if (!listener->path)
		return;
	close(listener->fd);
	unlink(listener->path);
	free(listener->path);
	listener->path = NULL;
}
