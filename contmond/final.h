/* SPDX-License-Identifier: GPL-2.0-only */
/* The final record of a container, made from the events of its run, or names */
#ifndef CONTMOND_FINAL_H
#define CONTMOND_FINAL_H

#include "base/names.h"
#include "contmond/collect/runs.h"
#include "contmond/model/rows.h"
#include "contmond/store/store.h"

/**
 * final_of_run()
 * @row: its row in the newest sample that has it; NULL if none has
 *
 * Prefers values that were read from its cgroup's files when it was empty to
 * sums over processes that ended.
 */
void final_of_run(const struct run *run, const struct container_row *row,
		  struct store_final *ret);

/** final_of_name() - what an engine says of the end of a container */
void final_of_name(const struct container_info *name, struct store_final *ret);

#endif /* CONTMOND_FINAL_H */
