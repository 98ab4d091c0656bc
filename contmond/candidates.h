/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The containers that policies see: those of the model, and ended ones that
 * engines report
 */
#ifndef CONTMOND_CANDIDATES_H
#define CONTMOND_CANDIDATES_H

#include "base/names.h"
#include "contmond/model/model.h"
#include "contmond/policy/enforce.h"

/** struct candidates_running - id and user of a container of the model */
struct candidates_running {
	const char *id;
	int64_t user_id;
};

/**
 * struct candidates - zero-initialise
 * @all, @targets: of a tick, in the same order
 * @rows: of those that have ended; their titles are malloced
 * @running: those of the model, sorted
 * @names: of the newest call
 */
struct candidates {
	struct policy_candidate *all;
	struct enforce_target *targets;
	size_t nr;
	size_t allocated;
	struct container_row *rows;
	size_t nr_rows;
	size_t allocated_rows;
	struct candidates_running *running;
	size_t nr_running;
	const struct names *names;
};

/**
 * candidates_fill() - fill in those of the newest sample
 *
 * They borrow from @model and @names until the next change of these. Returns
 * -ENOMEM.
 */
int candidates_fill(struct candidates *candidates, const struct model *model,
		    const struct names *names);

void candidates_done(struct candidates *candidates);

#endif /* CONTMOND_CANDIDATES_H */
