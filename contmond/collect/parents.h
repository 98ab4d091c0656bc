/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Without the driver: cgroups that are made and removed where containers are,
 * by inotify. These are reported as the driver reports them, but the processes
 * in them are not.
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
 * Those that are not there, or that cannot be watched, are left to samples.
 * Returns -ENOMEM.
 */
int parents_new(sd_event *event, struct cgroups *cgroups, events_fn *happened,
		void *userdata, struct parents **ret);
void parents_free(struct parents *parents);

/** parents_sampled() - watch also where the containers of a sample are */
void parents_sampled(struct parents *parents, const struct sample *sample);

#endif /* CONTMOND_COLLECT_PARENTS_H */
