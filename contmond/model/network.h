/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which container the counters of a network namespace belong to. Containers may
 * share a namespace, as in a pod, but its traffic must count only once: for the
 * container that was there first.
 */
#ifndef CONTMOND_MODEL_NETWORK_H
#define CONTMOND_MODEL_NETWORK_H

#include "contmond/collect/sample.h"
#include "rows.h"

/** NETWORK_HOST, NETWORK_UNKNOWN - not a container's; otherwise an index */
#define NETWORK_HOST	SIZE_MAX
#define NETWORK_UNKNOWN	(SIZE_MAX - 1)

/**
 * network_owners() - find the owner of each container's namespace
 * @ret: for each of sample->containers the index of the first container in its
 *	namespace, which may be itself, or one of the constants
 *
 * Returns 0, or -ENOMEM.
 */
int network_owners(const struct sample *sample, size_t *ret);

/**
 * network_fill() - set the numbers of a container that owns its namespace
 * @base: counted while another container was the owner; subtracted
 */
void network_fill(const struct sample_container *before,
		  const struct sample_container *now,
		  const struct netdev_stats *base,
		  struct container_row *row);

/** network_fill_unknown() - set the numbers of any other container */
void network_fill_unknown(struct container_row *row);

#endif /* CONTMOND_MODEL_NETWORK_H */
