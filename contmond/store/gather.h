/* SPDX-License-Identifier: GPL-2.0-only */
/* A query of the past that is being answered */
#ifndef CONTMOND_STORE_GATHER_H
#define CONTMOND_STORE_GATHER_H

#include "busy_commands.h"
#include "chunk.h"
#include "fold.h"
#include "frames.h"
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

/**
 * asking_begin() - begin to answer @query, which is set
 * @view: begun, until view_end(), if 0 is returned
 *
 * asking_done() is needed in any case. Returns -EINVAL for too many columns or
 * metrics, -ENOMEM, or an error of the database.
 */
int asking_begin(struct asking *asking, struct store *store,
		 struct view *view, size_t max_rows);
void asking_done(struct asking *asking);

/** gather() - fold the cells of all sources */
int gather(struct asking *asking);

/** gather_is_past() - are all moments of a source before this step? */
bool gather_is_past(const struct asking *asking, const struct source *source,
		    uint64_t first_step);

/** gather_wants() - is a moment of a source in the range? */
bool gather_wants(const struct asking *asking, const struct source *source,
		  const struct when *when);

/** gather_step() - the step of a moment that is in the range */
uint64_t gather_step(const struct asking *asking, int64_t t_ms);

/** gather_timeline() - read the moments of a source that is sealed */
int gather_timeline(struct asking *asking, const struct source *source);

/** gather_range() - the wanted containers, as a source numbers them */
struct c_range gather_range(const struct asking *asking,
			    const struct source *source);

/**
 * gather_frames() - begin to read the moments of a source that is not
 * @wanted: as for frame_reader_init()
 */
int gather_frames(struct asking *asking, const struct source *source,
		  const bool *wanted, struct frames *ret);

#endif /* CONTMOND_STORE_GATHER_H */
