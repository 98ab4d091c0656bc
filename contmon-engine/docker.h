/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeps one engine's part of the container table up to date, from the engine's
 * list and events. Never requests statistics, and inspects a container only
 * when it has changed.
 */
#ifndef CONTMON_ENGINE_DOCKER_H
#define CONTMON_ENGINE_DOCKER_H

#include <stdbool.h>
#include <sys/types.h>

#include <systemd/sd-event.h>

#include "fetch.h"
#include "table.h"

/** engine_docker_fn - the description of the engine has changed */
typedef void engine_docker_fn(void *userdata);

/** struct engine_docker - opaque */
struct engine_docker;

/**
 * engine_docker_new() - retries until the socket exists
 * @source: borrowed
 * @layers: let it measure the writable layers of its containers
 */
int engine_docker_new(sd_event *event, struct table_source *source,
		      bool layers, engine_docker_fn *fn, void *userdata,
		      struct engine_docker **ret);

/**
 * engine_docker_prefix() - what the paths of requests begin with, like "/v1.44"
 * @ret_fetcher: for orders; lives as long as the engine
 *
 * Returns NULL while the engine does not answer.
 */
const char *engine_docker_prefix(const struct engine_docker *docker,
				 struct fetcher **ret_fetcher);

/** engine_docker_user() - its user; SOCKET_PATH_NO_USER if not known yet */
uid_t engine_docker_user(const struct engine_docker *docker);

/** engine_docker_is_acting() - is an order under way? */
bool engine_docker_is_acting(const struct engine_docker *docker);

/** engine_docker_is_idle() - true if it is not connected and has no order */
bool engine_docker_is_idle(const struct engine_docker *docker);

void engine_docker_describe(const struct engine_docker *docker,
			    struct name_engine *ret);

void engine_docker_free(struct engine_docker *docker);

#endif /* CONTMON_ENGINE_DOCKER_H */
