/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much containers have written into their own layers. An engine walks
 * through all files of a layer to find out, so it is asked about one container
 * at a time, and then left in peace for much longer than it needed.
 */
#ifndef CONTMON_ENGINE_LAYERS_H
#define CONTMON_ENGINE_LAYERS_H

#include <stdint.h>
#include <sys/types.h>

#include <systemd/sd-event.h>

#include "fetch.h"
#include "table.h"

/** layers_fn - called after each valid answer */
typedef void layers_fn(const char *id, int64_t bytes, void *userdata);

/** struct layers - opaque */
struct layers;

/**
 * layers_new()
 * @prefix: begins the paths of requests, like "/v1.44"; borrowed
 * @source: its live containers are asked about; borrowed
 * @user: the engine's user
 *
 * Free it before @event, but after the fetches of @fetcher.
 */
int layers_new(sd_event *event, struct fetcher *fetcher, const char *prefix,
	       const struct table_source *source, uid_t user, layers_fn *fn,
	       void *userdata, struct layers **ret);
void layers_free(struct layers *layers);

#endif /* CONTMON_ENGINE_LAYERS_H */
