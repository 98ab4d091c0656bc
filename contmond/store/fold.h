/* SPDX-License-Identifier: GPL-2.0-only */
/* Cells put together by step and container. */
#ifndef CONTMOND_STORE_FOLD_H
#define CONTMOND_STORE_FOLD_H

#include "moment.h"

/**
 * struct folded - the cells of one metric in one step of one container
 * @sum: of means times ticks; of totals what was gained
 * @weight: ticks; of totals the ms in which it was gained
 * @last_seq: of the tick that @last is of, 0: nothing is known
 */
struct folded {
	double sum;
	double weight;
	double lo;
	double hi;
	double last;
	uint64_t last_seq;
};

/**
 * struct fold - begin with fold_init()
 * @keys: of each part its step and group
 * @parts: for each part its inputs
 * @slots: an open hash table of parts, 0 for none
 * @max_rows: so many are wanted, of whole steps, the newest
 * @first_step: those before it are not wanted any more
 */
struct fold {
	size_t nr_inputs;
	uint64_t *keys;
	struct folded *parts;
	size_t nr;
	size_t allocated;
	uint32_t *slots;
	size_t nr_slots;
	size_t max_rows;
	uint32_t first_step;
};

int fold_init(struct fold *fold, size_t nr_inputs, size_t max_rows);
void fold_done(struct fold *fold);

/**
 * fold_part() - the inputs of a step and group, made if need be
 * @step: counts from the first one
 *
 * It stays until the next call. Returns 0 when the step is not wanted, 1, or
 * -ENOMEM.
 */
int fold_part(struct fold *fold, uint32_t step, uint32_t group,
	      struct folded **ret);

static inline uint32_t fold_step(uint64_t key)
{
	return (uint32_t)(key >> 32);
}

static inline uint32_t fold_group(uint64_t key)
{
	return (uint32_t)key;
}

/** fold_cell() - add a cell whose gauges are means, of the moment @seq */
void fold_cell(struct folded *folded, const struct kept *kept,
	       const struct cell *cell, uint64_t seq);

/** fold_trim() - keep the newest @max_rows, in whole steps; or -ENOMEM */
int fold_trim(struct fold *fold);

/**
 * fold_sort() - indices of the parts by step, then group; free them
 *
 * Returns -ENOMEM.
 */
int fold_sort(const struct fold *fold, uint32_t **ret);

#endif /* CONTMOND_STORE_FOLD_H */
