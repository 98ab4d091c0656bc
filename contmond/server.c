// SPDX-License-Identifier: GPL-2.0-only
#include "server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/util.h"
#include "contmond/collect/hidepid.h"
#include "contmond/serve/http.h"
#include "contmond/serve/listen.h"
#include "contmond/serve/routes.h"

enum place { AT_ADDRESS, AT_SOCKET, NR_PLACES };

/* So long may /proc hide more than contmond does. */
#define LOOK_USEC (10 * 1000 * 1000)

/**
 * struct server - see server.h
 * @config: what is in use; its owner puts another in its place
 * @look: when to look at /proc again
 * @https: NULL where nothing is served
 * @socket: its path, to remove it
 * @nr_draining: number of servers that have not drained yet
 */
struct server {
	sd_event *event;
	const struct facts *facts;
	const struct config *config;
	sd_event_source *look;
	struct http *https[NR_PLACES];
	char *socket;
	size_t nr_draining;
	server_drained_fn *drained;
	void *drained_userdata;
};

int server_new(sd_event *event, const struct facts *facts, struct server **ret)
{
	struct server *server = calloc(1, sizeof(*server));

	if (!server)
		return -ENOMEM;
	server->event = sd_event_ref(event);
	server->facts = facts;
	*ret = server;
	return 0;
}

/* Called in the threads of the servers. */
static void handle(const struct request *request, struct reply *reply,
		   void *userdata)
{
	const struct server *server = userdata;

	routes_handle(server->facts, request, reply);
}

/* Called in the store's thread. */
static void on_events(void *userdata)
{
	const struct server *server = userdata;
	size_t i;

	for (i = 0; i < NR_PLACES; i++) {
		if (server->https[i])
			http_wake(server->https[i]);
	}
}

/*
 * Whoever may connect to the socket or has the token may see everything. With
 * neither, other users of this host must not see more than /proc shows them.
 */
static struct http_options options_at(const struct server *server,
				      const struct config *config,
				      enum place place)
{
	struct traffic *traffic = server->facts->traffic;

	if (place == AT_SOCKET)
		return (struct http_options){ .traffic = traffic };
	return (struct http_options){
		.traffic = traffic,
		.host = config->loopback ? config->host : NULL,
		.token = config->token,
		.hides_processes = !config->token &&
			(config->closed_on_loopback || hidepid_is_set(NULL)),
		.certificate = config->certificate,
		.key = config->key,
	};
}

/* Closes the servers; no function is called after that. */
static void close_all(struct server *server)
{
	size_t i;

	store_watch_events(server->facts->store, NULL, NULL);
	for (i = 0; i < NR_PLACES; i++) {
		http_free(server->https[i]);
		server->https[i] = NULL;
	}
	if (server->socket)
		unlink(server->socket);
	free(server->socket);
	server->socket = NULL;
}

static int open_at(struct server *server, const struct config *config,
		   enum place place)
{
	const struct http_options options = options_at(server, config, place);
	int fd;

	if (place == AT_ADDRESS)
		fd = listen_open(&config->address, config->address_length);
	else
		fd = listen_open_socket(config->socket, config->socket_mode,
					config->socket_group);
	if (fd < 0)
		return fd;
	if (place == AT_SOCKET) {
		server->socket = strdup(config->socket);
		if (!server->socket) {
			close(fd);
			return -ENOMEM;
		}
	}
	return http_new(server->event, fd, &options, handle, server,
			&server->https[place]);
}

static const char *name_of(const struct config *config, enum place place)
{
	if (place == AT_SOCKET)
		return config->socket;
	return config->address_length ? config->listen : NULL;
}

static int open_all(struct server *server, const struct config *config)
{
	enum place place;

	for (place = AT_ADDRESS; place < NR_PLACES; place++) {
		const char *name = name_of(config, place);
		int r = name ? open_at(server, config, place) : 0;

		if (r == 0)
			continue;
		log_err("cannot listen on %s: %s", name, strerror(-r));
		close_all(server);
		return r;
	}
	store_watch_events(server->facts->store, on_events, server);
	return 0;
}

static int set_options(struct server *server, const struct config *config)
{
	enum place place;
	int r = 0;

	for (place = AT_ADDRESS; place < NR_PLACES && r == 0; place++) {
		const struct http_options options = options_at(server, config,
							       place);

		if (server->https[place])
			r = http_set_options(server->https[place], &options);
	}
	return r;
}

/* What fails now is tried again the next time. */
static int on_look(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct server *server = userdata;

	(void)usec;
	set_options(server, server->config);
	return sd_event_source_set_time_relative(source, LOOK_USEC);
}

int server_open(struct server *server, const struct config *config)
{
	int r = sd_event_add_time_relative(server->event, &server->look,
					   CLOCK_BOOTTIME, LOOK_USEC, 0,
					   on_look, server);

	if (r >= 0)
		r = sd_event_source_set_enabled(server->look, SD_EVENT_ON);
	if (r < 0)
		return r;
	server->config = config;
	return open_all(server, config);
}

static bool is_same(const char *a, const char *b)
{
	return strcmp(a ?: "", b ?: "") == 0;
}

static bool is_same_place(const struct config *a, const struct config *b)
{
	return is_same(a->listen, b->listen) && is_same(a->socket, b->socket) &&
	       is_same(a->certificate, b->certificate) &&
	       is_same(a->key, b->key) &&
	       a->socket_mode == b->socket_mode &&
	       a->socket_group == b->socket_group;
}

/*
 * The new address may overlap with the old one, so the old one is closed first.
 */
static int move(struct server *server, const struct config *old,
		const struct config *new)
{
	int r;

	close_all(server);
	r = open_all(server, new);
	if (r < 0 && open_all(server, old) < 0)
		sd_event_exit(server->event, EXIT_FAILURE);
	return r;
}

int server_change(struct server *server, const struct config *old,
		  const struct config *new)
{
	return is_same_place(old, new) ? set_options(server, new) :
					 move(server, old, new);
}

static void on_drained(void *userdata)
{
	struct server *server = userdata;

	if (--server->nr_draining == 0)
		server->drained(server->drained_userdata);
}

int server_drain(struct server *server, uint64_t timeout_usec,
		 server_drained_fn *fn, void *userdata)
{
	size_t i;
	int r = 0;

	server->drained = fn;
	server->drained_userdata = userdata;
	for (i = 0; i < NR_PLACES && r >= 0; i++) {
		if (!server->https[i])
			continue;
		server->nr_draining++;
		r = http_drain(server->https[i], timeout_usec, on_drained,
			       server);
	}
	return r;
}

void server_free(struct server *server)
{
	if (!server)
		return;
	close_all(server);
	sd_event_source_disable_unref(server->look);
	sd_event_unref(server->event);
	free(server);
}
