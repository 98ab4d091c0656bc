/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fills the table from the engine's data in one session: its list, its events,
 * and the containers that are inspected here. Invalid entries are counted,
 * logged and skipped.
 */
#ifndef CONTMON_ENGINE_INVENTORY_H
#define CONTMON_ENGINE_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <systemd/sd-event.h>

#include "fetch.h"
#include "parse.h"
#include "table.h"

/** struct inventory - opaque */
struct inventory;

/**
 * inventory_new()
 * @prefix: API version, which begins the paths of requests
 * @version: must outlive the inventory, as must @source
 * @user: the engine's user
 *
 * All fetches of @fetcher must have been cancelled before inventory_free().
 */
int inventory_new(sd_event *event, struct fetcher *fetcher, const char *prefix,
		  const struct engine_version *version, uid_t user,
		  struct table_source *source, struct inventory **ret);
void inventory_free(struct inventory *inventory);

/** inventory_pause() - stop asking while the engine is gone */
void inventory_pause(struct inventory *inventory, bool paused);

/** inventory_measured() - a container's own layer has this size now */
void inventory_measured(const char *id, int64_t bytes, void *inventory);

/*
 * Both have the type split_fn. They return -ENOMEM, or -ENOBUFS for too many.
 */

/** inventory_listed() - an entry of /containers/json */
int inventory_listed(const char *text, size_t length, void *inventory);

/** inventory_event() - a line of /events */
int inventory_event(const char *text, size_t length, void *inventory);

#endif /* CONTMON_ENGINE_INVENTORY_H */
