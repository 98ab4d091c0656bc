/* SPDX-License-Identifier: GPL-2.0-only */
/* Client of contmon-engine, in the event loop */
#ifndef CONTMOND_COLLECT_NAMES_CLIENT_H
#define CONTMOND_COLLECT_NAMES_CLIENT_H

#include <stdbool.h>

#include <systemd/sd-event.h>

#include "base/names.h"

/* Minimum time between two reports of changes */
#define NAMES_CLIENT_PAUSE_MS 200

/**
 * names_client_fn - names or engines may have changed
 * @connected: there is a connection, and all that contmon-engine knew has
 *	arrived
 */
typedef void names_client_fn(bool connected, void *userdata);

/**
 * struct names_listener
 * @heard: a container was reported; it may be removed before @changed is called
 * @changed: see names_client_fn
 */
struct names_listener {
	names_fn *heard;
	names_client_fn *changed;
	void *userdata;
};

/** struct names_client - opaque */
struct names_client;

/**
 * names_client_new() - connect, and reconnect when the connection is lost
 * @names: kept up to date; keeps its contents while there is no connection
 * @listener: copied
 */
int names_client_new(sd_event *event, const char *path, struct names *names,
		     const struct names_listener *listener,
		     struct names_client **ret);

void names_client_free(struct names_client *client);

#endif /* CONTMOND_COLLECT_NAMES_CLIENT_H */
