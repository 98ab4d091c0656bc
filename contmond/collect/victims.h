/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts the processes that the OOM killer ends, as they die: if a container
 * ends with such a process, its memory.events is gone before it can be read.
 */
#ifndef CONTMOND_COLLECT_VICTIMS_H
#define CONTMOND_COLLECT_VICTIMS_H

#include <systemd/sd-event.h>

#include <contmon.h>

#include "scope.h"

/**
 * victims_fn - a process was chosen by the OOM killer
 * @scope: the container it is in, or NULL; borrowed
 */
typedef void victims_fn(const struct contmon_event *event,
			const struct scope *scope, void *userdata);

/** struct victims - opaque; NULL counts nothing */
struct victims;

/**
 * victims_new() - count from now on, in @scopes
 * @scopes: must outlive it
 * @killed: called for each process
 *
 * Errors: those of contmon_events_open() and sd_event_add_io().
 */
int victims_new(sd_event *event, struct contmon *device,
		struct scope_map *scopes, victims_fn *killed, void *userdata,
		struct victims **ret);
void victims_free(struct victims *victims);

/** victims_read() - count the victims that have not been counted yet */
void victims_read(struct victims *victims);

#endif /* CONTMOND_COLLECT_VICTIMS_H */
