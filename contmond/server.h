/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The HTTP servers: one at the address, one at the socket. Each has its own
 * thread and its own limits, so clients of one cannot keep out those of the
 * other.
 */
#ifndef CONTMOND_SERVER_H
#define CONTMOND_SERVER_H

#include <stdint.h>

#include <systemd/sd-event.h>

#include "config.h"
#include "contmond/serve/facts.h"

/** struct server - opaque */
struct server;

/**
 * server_new() - does not serve anything yet
 * @facts: must outlive the server
 */
int server_new(sd_event *event, const struct facts *facts,
	       struct server **ret);

/**
 * server_open() - serve what is configured; logs failures
 * @config: must outlive the server, which looks every ten seconds at whether
 *	/proc hides processes
 */
int server_open(struct server *server, const struct config *config);

/**
 * server_change() - replace @old by @new
 * @old: what server_open() was given; the caller then puts @new there
 *
 * After a failure, @old is in use again; if that fails as well, the loop ends.
 * Logs why a place cannot be opened.
 */
int server_change(struct server *server, const struct config *old,
		  const struct config *new);

/** server_drained_fn - no answer is under way any more, or the time is over */
typedef void server_drained_fn(void *userdata);

/** server_drain() - like http_drain() */
int server_drain(struct server *server, uint64_t timeout_usec,
		 server_drained_fn *fn, void *userdata);

/** server_free() - drops all connections; accepts NULL */
void server_free(struct server *server);

#endif /* CONTMOND_SERVER_H */
