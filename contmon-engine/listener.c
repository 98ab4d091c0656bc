// SPDX-License-Identifier: GPL-2.0-only
#include "listener.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/log.h"
#include "base/unix_socket.h"

static int welcome(const struct listener *listener, int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return -errno;
	return listener->fn(fd, &peer, listener->userdata);
}

static int on_connect(sd_event_source *source, int listening, uint32_t events,
		      void *userdata)
{
	int fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	int r;

	(void)source;
	(void)events;
	if (fd < 0)
		return 0;
	r = welcome(userdata, fd);
	if (r < 0)
		log_warn("cannot serve a client: %s", strerror(-r));
	if (r <= 0)
		close(fd);
	return 0;
}

int listener_open(struct listener *listener, sd_event *event,
		  const char *path, listener_fn *fn, void *userdata)
{
	int r;

	listener->fn = fn;
	listener->userdata = userdata;
	listener->fd = unix_listen(path);
	if (listener->fd < 0)
		return listener->fd;
	listener->path = strdup(path);
	if (!listener->path) {
		close(listener->fd);
		return -ENOMEM;
	}
	r = sd_event_add_io(event, &listener->io, listener->fd, EPOLLIN,
			    on_connect, listener);
	if (r < 0)
		listener_close(listener);
	return r;
}

/* Without @path no socket was created. */
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
