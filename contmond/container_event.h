/* SPDX-License-Identifier: GPL-2.0-only */
/* Events of containers that start and end. */
#ifndef CONTMOND_CONTAINER_EVENT_H
#define CONTMOND_CONTAINER_EVENT_H

#include <stdint.h>

#include "contmond/store/store.h"

/**
 * container_event() - add one to the store
 * @kind: of event_kinds.h
 * @row: has its texts; NULL for none
 */
void container_event(struct store *store, const char *kind, int64_t t_ms,
		     uint64_t cgroup_id, const struct container_row *row);

#endif /* CONTMOND_CONTAINER_EVENT_H */
