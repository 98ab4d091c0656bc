/* SPDX-License-Identifier: GPL-2.0-only */
/* Combines cells by step and container */
#ifndef CONTMOND_STORE_FOLD_H
#define CONTMOND_STORE_FOLD_H

#include "moment.h"

/**
 * struct folded - the combined cells of one metric, step and container
 * @sum: of means times ticks; of a total: the gain
 * @weight: ticks; of a total: the ms in which it was gained
 * @unknown_ms: of a total: the ms in which it is not known what was gained,
 *	while the container was there
 * @last_seq: number of the tick of @last; 0 if nothing is known
 */
struct folded {
	double sum;
	double weight;
	double unknown_ms;
	double lo;
	double hi;
	double last;
	uint64_t last_seq;
};

/**
 * struct fold_key - which part it is
 * @step: counted from the first one; since 1970 there may be more than fit in
 *	32 bits
 */
struct fold_key {
	uint64_t step;
	uint32_t group;
};

/**
 * struct fold - initialise with fold_init()
 * @keys: of each part
 * @parts: inputs of each part
 * @slots: open hash table of parts; 0 is empty
 * @max_rows: wanted number of rows: the newest, in whole steps
 * @first_step: earlier steps are no longer wanted
 */
struct fold {
	size_t nr_inputs;
	struct fold_key *keys;
	struct folded *parts;
	size_t nr;
	size_t allocated;
	uint32_t *slots;
	size_t nr_slots;
	size_t max_rows;
	uint64_t first_step;
};

int fold_init(struct fold *fold, size_t nr_inputs, size_t max_rows);
void fold_done(struct fold *fold);

/**
 * fold_part() - the inputs of a step and group; created if necessary
 *
 * The result is valid until the next call. Returns 1, 0 if the step is not
 * wanted, or -ENOMEM.
 */
int fold_part(struct fold *fold, uint64_t step, uint32_t group,
	      struct folded **ret);

/**
 * fold_cell() - add a cell; gauges are means
 * @ms: of its container in the moment
 * @seq: number of the moment's last tick
 */
void fold_cell(struct folded *folded, const struct kept *kept,
	       const struct cell *cell, uint32_t ms, uint64_t seq);

/**
 * fold_trim() - keep the newest @max_rows, in whole steps, or return -ENOMEM
 */
int fold_trim(struct fold *fold);

/**
 * fold_sort() - indices of the parts by step, then group; free the array
 *
 * Returns -ENOMEM.
 */
int fold_sort(const struct fold *fold, uint32_t **ret);

#endif /* CONTMOND_STORE_FOLD_H */
