/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A substitute for the driver's events: uses inotify to report cgroups that are
 * created and removed in the directories of containers. The events are like the
 * driver's, but without those of processes. Known losses are reported in
 * @dropped of a removal of a cgroup with the id 0; there may have been more.
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
 * parents_new() - watch the directories in which runtimes create containers
 * @cgroups: must outlive it
 *
 * Containers in a directory that does not exist or cannot be watched are only
 * found by samples. Returns -ENOMEM.
 */
int parents_new(sd_event *event, struct cgroups *cgroups, events_fn *happened,
		void *userdata, struct parents **ret);
void parents_free(struct parents *parents);

/** parents_sampled() - also watch the directories of a sample's containers */
void parents_sampled(struct parents *parents, const struct sample *sample);

#endif /* CONTMOND_COLLECT_PARENTS_H */
