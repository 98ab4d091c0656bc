/* SPDX-License-Identifier: GPL-2.0-only */
/* Containers started since the newest sample, with unknown numbers */
#ifndef CONTMOND_MODEL_ARRIVED_H
#define CONTMOND_MODEL_ARRIVED_H

#include "model.h"

/**
 * arrived_add() - list a container that is not in a sample yet
 *
 * Returns 0, or -ENOMEM; then titles may be missing.
 */
int arrived_add(struct model *model, struct scope *scope,
		const struct names *names);

/**
 * arrived_remove() - a container has ended; one in a sample stays until the
 * next
 */
void arrived_remove(struct model *model, uint64_t cgroup_id);

#endif /* CONTMOND_MODEL_ARRIVED_H */
