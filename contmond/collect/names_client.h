/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Client of contmon-engine: learns what containers are called.
 *
 * The protocol is one JSON object a line, from contmon-engine only:
 * {"op":"reset"}, a "set" for each container, {"op":"sync"}; then "set" and
 * {"op":"remove","id":...} as things change. {"op":"engine","connected":...}
 * says whether contmon-engine itself is in touch with the container engine.
 */
#ifndef CONTMOND_COLLECT_NAMES_CLIENT_H
#define CONTMOND_COLLECT_NAMES_CLIENT_H

#include <stdbool.h>

#include <systemd/sd-event.h>

#include "base/names.h"

#define ENGINE_SOCKET "/run/contmon/engine.sock"

/** engine_fn - names or the connection have changed */
typedef void engine_fn(bool connected, void *userdata);

/** struct engine - opaque */
struct engine;

/**
 * engine_new() - connect, and connect again whenever the connection is lost
 * @names: kept up to date; what is known stays known without a connection
 */
int engine_new(sd_event *event, const char *path, struct names *names,
	       engine_fn *fn, void *userdata, struct engine **ret);

void engine_free(struct engine *engine);

#endif /* CONTMOND_COLLECT_NAMES_CLIENT_H */
