// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mode of the socket lets the whole group connect, but the group may only
 * read, not act: so the user of each client is checked. That user's id is
 * looked up only once, because the name service may have to wait for the
 * network, and all engines and clients would wait with it.
 *
 * A client that sends several lines at once waits for its turn, and one that
 * does not read its answers is dropped. When there are too many clients, the
 * oldest is dropped.
 */
#include "act_server.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/lines.h"
#include "base/log.h"
#include "base/trouble.h"
#include "base/unix_socket.h"
#include "base/util.h"
#include "listener.h"
#include "socket_path.h"

/* contmond, and the administrator's own sessions */
#define MAX_CLIENTS 8
#define MAX_UNSENT_BYTES (64 * 1024)
#define ASKING_USER "contmon"

struct client {
	struct act_server *server;
	struct asker asker;
	int fd;
	sd_event_source *io;
	struct lines lines;
	uint64_t nr_too_long;
	struct buffer unsent;
	bool broken;		/* dropped when nothing uses it any more */
};

struct act_server {
	sd_event *event;
	struct listener listener;
	struct acts *acts;
	uid_t asking_user;	/* SOCKET_PATH_NO_USER if there is none */
	struct client *clients[MAX_CLIENTS];
	uint64_t nr_accepted;
	struct trouble refused;
};

/* Clients */

static void drop(struct client *client)
{
	struct act_server *server = client->server;
	size_t i;

	for (i = 0; i < MAX_CLIENTS; i++) {
		if (server->clients[i] == client)
			server->clients[i] = NULL;
	}
	sd_event_source_disable_unref(client->io);
	close_p(&client->fd);
	lines_reset(&client->lines);
	buffer_done(&client->unsent);
	free(client);
}

/*
 * May be called while lines of the client are being read, so the client is not
 * dropped here, but when its end of file is noticed.
 */
static void flush(struct client *client)
{
	struct buffer *unsent = &client->unsent;

	if (unix_send(client->fd, unsent) < 0 ||
	    unsent->length > MAX_UNSENT_BYTES) {
		client->broken = true;
		shutdown(client->fd, SHUT_RDWR);
	}
	sd_event_source_set_io_events(client->io, EPOLLIN |
		(unsent->length && !client->broken ? EPOLLOUT : 0));
}

static void push(struct client *client, const struct buffer *lines)
{
	if (client->broken)
		return;
	buffer_append(&client->unsent, lines);
	flush(client);
}

static void say(uint64_t number, const struct buffer *lines, void *userdata)
{
	struct act_server *server = userdata;
	size_t i;

	for (i = 0; i < MAX_CLIENTS; i++) {
		if (server->clients[i] &&
		    server->clients[i]->asker.client == number)
			push(server->clients[i], lines);
	}
}

static void tell(const struct buffer *line, void *userdata)
{
	struct act_server *server = userdata;
	size_t i;

	for (i = 0; i < MAX_CLIENTS; i++) {
		if (server->clients[i])
			push(server->clients[i], line);
	}
}

/* Requests */

static int on_line(const char *line, size_t length, void *userdata)
{
	struct client *client = userdata;

	if (client->broken)
		return -ECONNRESET;
	acts_ask(client->server->acts, &client->asker, line, length);
	return client->broken ? -ECONNRESET : 0;
}

/* A line that is too long is answered like an invalid request. */
static int answer_too_long(struct client *client)
{
	if (client->lines.nr_too_long == client->nr_too_long)
		return 0;
	client->nr_too_long = client->lines.nr_too_long;
	return on_line("", 0, client);
}

static int read_some(struct client *client)
{
	char bytes[4096];
	ssize_t nr_bytes = read(client->fd, bytes, sizeof(bytes));
	int r;

	if (nr_bytes < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (nr_bytes == 0)
		return -ECONNRESET;
	r = lines_feed(&client->lines, bytes, (size_t)nr_bytes, ACT_LINE_MAX,
		       on_line, client);
	return r < 0 ? r : answer_too_long(client);
}

static int on_client(sd_event_source *source, int fd, uint32_t events,
		     void *userdata)
{
	struct client *client = userdata;
	int r = 0;

	(void)source;
	(void)fd;
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR) && !client->broken)
		r = read_some(client);
	if (r >= 0 && !client->broken)
		flush(client);
	if (r < 0 || client->broken)
		drop(client);
	return 0;
}

/* Connections */

static uid_t find_asking_user(void)
{
	const struct passwd *user = getpwnam(ASKING_USER);

	return user ? user->pw_uid : SOCKET_PATH_NO_USER;
}

static bool may_ask(const struct act_server *server, uid_t uid)
{
	return socket_path_is_trusted(uid) ||
	       (uid == server->asking_user && uid != SOCKET_PATH_NO_USER);
}

/* All refusals are counted, but at most one a minute is logged. */
static void refuse(struct act_server *server, int fd, const struct ucred *peer)
{
	struct act_answer answer = ACT_ANSWER_UNKNOWN;
	struct buffer line = { 0 };

	answer.kind = ACT_FINISHED;
	answer.result = ACT_REFUSED;
	answer.code = ACT_USER;
	answer.why = "only root and the user " ASKING_USER " may ask";
	act_write_answer(&line, &answer);
	if (!line.failed)
		(void)!send(fd, line.text, line.length, MSG_NOSIGNAL);
	buffer_done(&line);
	if (!trouble_is_due(&server->refused))
		return;
	log_warn("%s: pid %d of user %u may not ask; refused so far: %llu",
		 server->listener.path, (int)peer->pid, (unsigned int)peer->uid,
		 (unsigned long long)server->refused.nr);
}

static size_t find_place(struct act_server *server)
{
	size_t i, oldest = 0;

	for (i = 0; i < MAX_CLIENTS; i++) {
		if (!server->clients[i])
			return i;
		if (server->clients[i]->asker.client <
		    server->clients[oldest]->asker.client)
			oldest = i;
	}
	drop(server->clients[oldest]);
	return oldest;
}

static int welcome(struct act_server *server, int fd, const struct ucred *peer)
{
	struct client *client = calloc(1, sizeof(*client));
	struct buffer hello = { 0 };
	int r;

	if (!client)
		return -ENOMEM;
	client->server = server;
	client->asker = (struct asker){ ++server->nr_accepted, peer->pid,
					peer->uid };
	r = sd_event_add_io(server->event, &client->io, fd, EPOLLIN,
			    on_client, client);
	if (r < 0) {
		free(client);
		return r;
	}
	client->fd = fd;
	server->clients[find_place(server)] = client;
	acts_write_hello(server->acts, &hello);
	push(client, &hello);
	buffer_done(&hello);
	return 1;
}

static int on_connect(int fd, const struct ucred *peer, void *userdata)
{
	struct act_server *server = userdata;

	if (may_ask(server, peer->uid))
		return welcome(server, fd, peer);
	refuse(server, fd, peer);
	return 0;
}

/* Lifecycle */

int act_server_new(sd_event *event, const char *path, struct acts *acts,
		   struct act_server **ret)
{
	struct act_server *server = calloc(1, sizeof(*server));
	const struct acts_listener listener = { say, tell, server };
	int r;

	if (!server)
		return -ENOMEM;
	server->event = sd_event_ref(event);
	server->acts = acts;
	server->asking_user = find_asking_user();
	r = listener_open(&server->listener, event, path, on_connect, server);
	if (r < 0) {
		act_server_free(server);
		return r;
	}
	acts_listen(acts, &listener);
	*ret = server;
	return 0;
}

void act_server_free(struct act_server *server)
{
	static const struct acts_listener nobody;
	size_t i;

	if (!server)
		return;
	acts_listen(server->acts, &nobody);
	for (i = 0; i < MAX_CLIENTS; i++) {
		if (server->clients[i])
			drop(server->clients[i]);
	}
	listener_close(&server->listener);
	sd_event_unref(server->event);
	free(server);
}
