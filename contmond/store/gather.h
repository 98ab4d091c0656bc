/* SPDX-License-Identifier: GPL-2.0-only */
/* A query of the past that is being answered */
#ifndef CONTMOND_STORE_GATHER_H
#define CONTMOND_STORE_GATHER_H

#include "chunk.h"
#include "fold.h"
#include "history.h"
#include "internal.h"
#include "sources.h"
#include "titles.h"

/* A percentage is computed from two metrics. */
#define HISTORY_MAX_INPUTS (2 * HISTORY_MAX_METRICS)

/* How a column of the answer is computed from stored metrics */
struct output {
	enum derivation how;
	bool of_rate;
	size_t from;
	size_t of;
};

/**
 * struct asking - one query
 * @inputs: the stored metrics to read; those of devices without their slots
 * @first_ms: beginning of the first step
 * @end_ms: end of the last step
 * @resolution_ms: of the coarsest tier that was read
 * @timeline, @roster, @cells: of the batch that is being read
 * @damaged: number of parts that could not be read, which leave gaps
 */
struct asking {
	const struct history_query *query;
	struct view *view;
	struct titles titles;
	struct sources sources;
	struct fold fold;
	struct output outputs[HISTORY_MAX_COLUMNS];
	char inputs[HISTORY_MAX_INPUTS][64];
	size_t nr_inputs;
	int64_t first_ms;
	int64_t end_ms;
	int64_t resolution_ms;
	double nr_cpus;
	struct timeline timeline;
	struct roster roster;
	struct cell *cells;
	size_t nr_cells;
	uint64_t damaged;
};

/** gather() - fold the cells of all sources */
int gather(struct asking *asking);

#endif /* CONTMOND_STORE_GATHER_H */
