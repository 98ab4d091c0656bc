/* SPDX-License-Identifier: GPL-2.0-only */
/* Containers that have come since the newest sample: no number is known yet */
#ifndef CONTMOND_MODEL_ARRIVED_H
#define CONTMOND_MODEL_ARRIVED_H

#include "model.h"

/**
 * arrived_add() - list a container that no sample has yet
 *
 * Returns 0, or -ENOMEM, and then titles may be missing.
 */
int arrived_add(struct model *model, struct scope *scope,
		const struct names *names);

/** arrived_remove() - it is gone; one that a sample has stays until the next */
void arrived_remove(struct model *model, uint64_t cgroup_id);

#endif /* CONTMOND_MODEL_ARRIVED_H */
