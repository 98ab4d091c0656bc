/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Without the driver: reports cgroups that are made and removed in the
 * directories of containers, by inotify. The events are those of the driver,
 * without those of processes. What is known to be missed is in @dropped of the
 * removal of a cgroup with the id 0, which may be less than was missed.
 */
#ifndef CONTMOND_COLLECT_PARENTS_H
#define CONTMOND_COLLECT_PARENTS_H

#include <systemd/sd-event.h>

#include "events.h"
#include "owner/cgroup.h"
#include "sample.h"

/** struct parents - opaque; NULL watches nothing */
struct parents;

/**
 * parents_new() - watch the directories in which runtimes put containers
 * @cgroups: must outlive it
 *
 * In a directory that does not exist or cannot be watched, only samples find
 * containers.
 * Returns -ENOMEM.
 */
int parents_new(sd_event *event, struct cgroups *cgroups, events_fn *happened,
		void *userdata, struct parents **ret);
void parents_free(struct parents *parents);

/** parents_sampled() - also watch the directories of a sample's containers */
void parents_sampled(struct parents *parents, const struct sample *sample);

#endif /* CONTMOND_COLLECT_PARENTS_H */
