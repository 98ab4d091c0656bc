/* SPDX-License-Identifier: GPL-2.0-only */
/* The containers that a ring has numbers of. */
#ifndef CONTMOND_STORE_SLOTS_H
#define CONTMOND_STORE_SLOTS_H

#include <stddef.h>
#include <stdint.h>

#include "contmond/model/rows.h"

/**
 * struct series - one container
 * @references: samples that have numbers of it; none: the slot is free
 * @cgroup: what it is known by
 */
struct series {
	unsigned int references;
	char *cgroup;
	char *id;
	char *label;
};

/**
 * struct series_table - zero-initialise before the first use
 * @slots: a series stays in its slot as long as it has references
 * @by_cgroup: slots in use, sorted
 */
struct series_table {
	struct series *slots;
	size_t nr_slots;
	uint32_t *by_cgroup;
	size_t nr;
	uint32_t *free_slots;
	size_t nr_free;
};

/** series_ref() - the slot of a container, made if need be; or -ENOMEM */
int series_ref(struct series_table *table, const struct container_row *row,
	       uint32_t *ret_slot);

void series_unref(struct series_table *table, uint32_t slot);

/** series_label() - set the label of a container, if it is known */
int series_label(struct series_table *table, const struct container_row *row);

void series_done(struct series_table *table);

#endif /* CONTMOND_STORE_SLOTS_H */
