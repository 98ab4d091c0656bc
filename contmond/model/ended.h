/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The last rows of containers that have ended. They are kept for a while, so
 * that Prometheus gets their final totals.
 */
#ifndef CONTMOND_MODEL_ENDED_H
#define CONTMOND_MODEL_ENDED_H

#include <stddef.h>
#include <stdint.h>

#include "rows.h"

/* Several scrapes at any usual interval */
#define ENDED_KEEP_NS (300ULL * 1000000000)

/* If more containers end within that time, the oldest ones are dropped. */
#define ENDED_MAX 256

/**
 * struct ended - one container that has ended
 * @row: totals, and the texts that are labels in Prometheus, malloced; all else
 *	is unknown
 * @ended_boottime_ns: when it was first missing from a sample
 */
struct ended {
	struct container_row row;
	uint64_t ended_boottime_ns;
};

/** struct ended_list - oldest first; zero-initialise before the first use */
struct ended_list {
	struct ended *all;
	size_t nr;
};

/**
 * ended_add() - copy @row; replaces a row of the same container_place()
 *
 * Returns 0, -ENOMEM.
 */
int ended_add(struct ended_list *list, const struct container_row *row,
	      uint64_t boottime_ns);

/**
 * ended_take() - a container runs again in the same place
 *
 * Removes its row. Returns its OOM kills, 0 without a row.
 */
double ended_take(struct ended_list *list, const char *cgroup);

/** ended_expire() - drop those that ended ENDED_KEEP_NS ago or earlier */
void ended_expire(struct ended_list *list, uint64_t boottime_ns);

struct model;
struct model_container;

/**
 * ended_update() - add those of @old that have ended by the model's new sample
 *
 * Files of a cgroup go before the cgroup does, so the last sample may not have
 * all totals: those known before are taken then. Returns 0, -ENOMEM.
 */
int ended_update(struct model *model, const struct model_container *old,
		 size_t nr_old);

/** totals_fill() - take each total that is unknown in @row from @known */
void totals_fill(struct container_row *row, const struct container_row *known);

void ended_done(struct ended_list *list);

#endif /* CONTMOND_MODEL_ENDED_H */
