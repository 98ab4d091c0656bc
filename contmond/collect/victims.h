/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts the processes that the OOM killer ends, as they die: if a container
 * ends with such a process, its memory.events is gone before it can be read.
 */
#ifndef CONTMOND_COLLECT_VICTIMS_H
#define CONTMOND_COLLECT_VICTIMS_H

#include <stddef.h>
#include <stdint.h>

#include <contmon.h>

#include "runs.h"
#include "scope.h"

/**
 * victims_fn - a process was chosen by the OOM killer
 * @scope: the container it is in, or NULL; borrowed
 * @memory: what victims_memory() has read of it
 */
typedef void victims_fn(const struct contmon_event *event,
			const struct scope *scope,
			const struct cgroup_stats *memory, void *userdata);

/**
 * victims_count() - count the victim of the first OOM event of a process
 * @runs: for containers that are not in a sample yet; may be NULL
 *
 * Returns the container that it is in, or NULL; borrowed.
 */
const struct scope *victims_count(const struct contmon_event *event,
				  struct scope_map *scopes,
				  const struct runs *runs);

/**
 * victims_memory() - how much memory the container of a victim has
 * @scope: the container, or NULL
 * @ret: the groups PEAK and CURRENT, if the container's cgroup still exists
 *
 * By the time the driver has reported the victim, its memory may have been
 * freed: then only PEAK shows how much it was.
 */
void victims_memory(const struct scope *scope, struct cgroupfs_buffer *buffer,
		    struct cgroup_stats *ret);

#endif /* CONTMOND_COLLECT_VICTIMS_H */
