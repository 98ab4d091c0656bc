/* SPDX-License-Identifier: GPL-2.0-only */
/* The networks of the containers of a sample, and of the host. */
#ifndef CONTMOND_COLLECT_NETWORKS_H
#define CONTMOND_COLLECT_NETWORKS_H

#include "sample.h"

/**
 * networks_read() - fill in the networks of @sample, which has its processes
 *
 * Each namespace is read once, however many containers share it: all of them
 * have the same numbers of the same moment. Returns 0, -ENOMEM.
 */
int networks_read(struct sample_source *source, struct sample *sample);

#endif /* CONTMOND_COLLECT_NETWORKS_H */
