/* SPDX-License-Identifier: GPL-2.0-only */
/* Passes the rows of the model to the store, tick by tick */
#ifndef CONTMOND_RECORDER_H
#define CONTMOND_RECORDER_H

#include "base/names.h"
#include "contmond/model/model.h"
#include "contmond/store/store.h"

/** struct recorder - opaque */
struct recorder;

/** recorder_new() - both are borrowed; returns NULL if there is no memory */
struct recorder *recorder_new(struct store *store, const struct names *names);
void recorder_free(struct recorder *recorder);

/**
 * recorder_tick() - store the newest sample
 *
 * After -ENOMEM it is not stored.
 */
int recorder_tick(struct recorder *recorder, const struct model *model);

/**
 * recorder_rename() - what engines report has changed
 *
 * This may be names, also past ones, or data about ended containers.
 */
void recorder_rename(struct recorder *recorder, const struct model *model);

/**
 * recorder_hear() - an engine has reported a container
 *
 * If it has ended, that is recorded with a later tick, also if nobody has seen
 * the container.
 */
void recorder_hear(struct recorder *recorder,
		   const struct container_info *name);

/**
 * recorder_kill() - the OOM killer has chosen a process
 * @scope: its container, or NULL
 * @memory: of its container, read at that time; where it is not valid, that of
 *	the last sample is recorded
 */
void recorder_kill(struct recorder *recorder, const struct model *model,
		   const struct contmon_event *event,
		   const struct scope *scope,
		   const struct cgroup_stats *memory);

/** recorder_begin() - a container has started; @model lists it */
void recorder_begin(struct recorder *recorder, const struct model *model,
		    const struct run *run);

/** recorder_end() - a container has ended; @model may still list it */
void recorder_end(struct recorder *recorder, const struct model *model,
		  const struct run *run);

/** recorder_gap() - there was no sample, so the next one has no predecessor */
void recorder_gap(struct recorder *recorder);

#endif /* CONTMOND_RECORDER_H */
