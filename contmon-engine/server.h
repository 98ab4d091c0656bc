/* SPDX-License-Identifier: GPL-2.0-only */
/* Publishes the table on a unix socket, using base/names_protocol.h. */
#ifndef CONTMON_ENGINE_SERVER_H
#define CONTMON_ENGINE_SERVER_H

#include <systemd/sd-event.h>

#include "table.h"

/** struct engine_server - opaque */
struct engine_server;

/** engine_server_fn - describe all engines; returns their number */
typedef size_t engine_server_fn(struct name_engine ret[NAME_ENGINES_MAX],
				void *userdata);

/**
 * engine_server_new() - listen on @path (mode 0660), and for changes of @table
 *
 * Replaces a socket that an earlier process left behind.
 */
int engine_server_new(sd_event *event, const char *path,
		      struct engine_table *table, engine_server_fn *fn,
		      void *userdata, struct engine_server **ret);

/**
 * engine_server_tell() - announce that the descriptions of engines have changed
 */
void engine_server_tell(struct engine_server *server);

/** engine_server_free() - drops all clients, removes the socket */
void engine_server_free(struct engine_server *server);

#endif /* CONTMON_ENGINE_SERVER_H */
