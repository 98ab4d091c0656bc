/* SPDX-License-Identifier: GPL-2.0-only */
/* The containers that a ring has numbers of. */
#ifndef CONTMOND_STORE_SLOTS_H
#define CONTMOND_STORE_SLOTS_H

#include <stddef.h>
#include <stdint.h>

#include "contmond/model/rows.h"

/**
 * struct slot - one container
 * @references: samples that have numbers of it; none: the slot is free
 * @cgroup: what it is known by
 */
struct slot {
	unsigned int references;
	char *cgroup;
	char *id;
	char *title;
};

/**
 * struct slots - zero-initialise before the first use
 * @all: a container stays in its slot as long as it has references
 * @by_cgroup: the @nr_used slots in use, sorted
 */
struct slots {
	struct slot *all;
	size_t nr;
	uint32_t *by_cgroup;
	size_t nr_used;
	uint32_t *free;
	size_t nr_free;
};

/** slots_ref() - a container's slot, a new one if it has none; or -ENOMEM */
int slots_ref(struct slots *slots, const struct container_row *row,
	      uint32_t *ret_slot);

void slots_unref(struct slots *slots, uint32_t slot);

/** slots_rename() - a container has another title, if it has a slot */
int slots_rename(struct slots *slots, const struct container_row *row);

void slots_done(struct slots *slots);

#endif /* CONTMOND_STORE_SLOTS_H */
