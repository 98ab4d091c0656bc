/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeps a table of containers up to date from the engine's list and events. It
 * never requests statistics, and inspects a container only when it has changed.
 */
#ifndef CONTMON_ENGINE_DOCKER_H
#define CONTMON_ENGINE_DOCKER_H

#include <stdbool.h>

#include <systemd/sd-event.h>

#include "table.h"

/** engine_docker_fn - the engine answers, or no longer answers */
typedef void engine_docker_fn(bool connected, void *userdata);

/** struct engine_docker - opaque */
struct engine_docker;

/** engine_docker_new() - @socket: of the engine; retries until it exists */
int engine_docker_new(sd_event *event, const char *socket,
		      struct engine_table *table, engine_docker_fn *fn,
		      void *userdata, struct engine_docker **ret);

/**
 * engine_docker_prefix() - what paths of requests begin with, "/v1.44"
 * @ret_runtime: "docker" or "podman"
 *
 * Returns NULL while the engine does not answer.
 */
const char *engine_docker_prefix(const struct engine_docker *docker,
				 const char **ret_runtime);

void engine_docker_free(struct engine_docker *docker);

#endif /* CONTMON_ENGINE_DOCKER_H */
