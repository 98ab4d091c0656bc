/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeps the part of an engine in the table of containers up to date from its
 * list and events. It never requests statistics, and inspects a container only
 * when it has changed.
 */
#ifndef CONTMON_ENGINE_DOCKER_H
#define CONTMON_ENGINE_DOCKER_H

#include <stdbool.h>
#include <sys/types.h>

#include <systemd/sd-event.h>

#include "fetch.h"
#include "table.h"

/** engine_docker_fn - its description has changed */
typedef void engine_docker_fn(void *userdata);

/** struct engine_docker - opaque */
struct engine_docker;

/** engine_docker_new() - @source: borrowed; retries until its socket exists */
int engine_docker_new(sd_event *event, struct table_source *source,
		      engine_docker_fn *fn, void *userdata,
		      struct engine_docker **ret);

/**
 * engine_docker_prefix() - what paths of requests begin with, "/v1.44"
 * @ret_fetcher: for orders; as long-lived as the engine
 *
 * Returns NULL while the engine does not answer.
 */
const char *engine_docker_prefix(const struct engine_docker *docker,
				 struct fetcher **ret_fetcher);

/** engine_docker_user() - whose engine it is; PLACE_NO_USER: not known yet */
uid_t engine_docker_user(const struct engine_docker *docker);

/** engine_docker_is_acting() - an order is under way */
bool engine_docker_is_acting(const struct engine_docker *docker);

/** engine_docker_is_idle() - it does not answer, and no order is under way */
bool engine_docker_is_idle(const struct engine_docker *docker);

void engine_docker_describe(const struct engine_docker *docker,
			    struct name_engine *ret);

void engine_docker_free(struct engine_docker *docker);

#endif /* CONTMON_ENGINE_DOCKER_H */
